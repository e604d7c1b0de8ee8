"""Every explorer has one name on all floors, is exported, and keeps the laws of all."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from qnn_edu.ui import explorers, numbers
from tests.environments.test_without import LACKS
from tests.ui.explorers.laws import Laws

ROOT = Path(__file__).parents[3]
PLACES = (
    "qnn_edu/ui/numbers/{}.py",
    "qnn_edu/draw/panels/{}.py",
    "qnn_edu/ui/explorers/{}.py",
    "tests/draw/panels/test_{}.py",
    "tests/ui/explorers/test_{}.py",
)


@pytest.mark.parametrize("name", explorers.__all__)
def test_an_explorer_has_its_name_on_every_floor_and_keeps_the_laws_of_all(name):
    files = [place.format(name) for place in PLACES]
    missing = [file for file in files if not (ROOT / file).exists()]
    assert not missing, f"The explorer {name!r} needs {', '.join(missing)}; see CONTRIBUTING.md."
    module = importlib.import_module(f"tests.ui.explorers.test_{name}")
    classes = [each for each in vars(module).values() if isinstance(each, type)]
    held = [each.__name__ for each in classes if issubclass(each, Laws) and each != Laws]
    assert any(each.startswith("Test") for each in held), (
        f"{files[-1]} needs a class Test...(Laws) with is_right(self, values, found)."
    )


def test_what_has_a_module_is_exported():
    folder = ROOT / "qnn_edu/ui/explorers"
    assert sorted(explorers.__all__) == sorted(_modules(folder))
    assert sorted(numbers.__all__) == sorted(_modules(folder.with_name("numbers")))


@pytest.mark.slow
def test_explorers_load_neither_pyplot_nor_tensorflow():
    light = [name for name in explorers.__all__ if LACKS.get(name) != "tensorflow"]
    made = ", ".join(f"e.{name}()" for name in light)
    code = (
        f"import sys; from qnn_edu.ui import explorers as e; "
        f"[made._repr_mimebundle_() for made in ({made},)]; "
        "print([m for m in ('matplotlib.pyplot', 'tensorflow', 'keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _modules(folder):
    return [path.stem for path in folder.glob("[!_]*.py")]
