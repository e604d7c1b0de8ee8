"""Who may import what: the contracts of pyproject.toml, and what is loaded when."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "IPython",
    "PIL",
    "ai_edge_litert",
    "ipywidgets",
    "keras",
    "matplotlib",
    "pooch",
    "scipy",
    "skimage",
    "sklearn",
    "tensorflow",
}


def loaded_by(statement):
    """The modules in sys.modules after a statement, in a new process."""
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_import_contracts_hold():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_package_loads_numpy_and_nothing_heavier():
    loaded = loaded_by("import qnn_edu")
    assert "numpy" in loaded
    assert not loaded & HEAVY


ROOMS = sorted(path.parent.name for path in (ROOT / "qnn_edu").glob("*/__init__.py"))
FULL = {"ai_edge_litert", "joblib", "keras", "scipy", "skimage", "sklearn", "tensorflow"}


@pytest.mark.parametrize("room", ROOMS)
def test_importing_a_room_loads_nothing_that_a_light_installation_lacks(room):
    """Without it everything but nets also runs: `tests/environments/test_without.py`."""
    assert not loaded_by(f"import qnn_edu.{room}") & FULL


@pytest.mark.parametrize("room", ["data", "ptq", "tflite"])
def test_importing_a_low_room_is_light_too(room):
    assert not loaded_by(f"import qnn_edu.{room}") & (HEAVY - {"pooch"})


def test_core_imports_numpy_alone():
    allowed = sys.stdlib_module_names | {"numpy", "qnn_edu"}
    for file in sorted((ROOT / "qnn_edu" / "core").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            else:
                continue
            assert {name.split(".")[0] for name in names} <= allowed, f"{file.name}: {names}"


def test_reading_a_model_file_starts_no_runtime():
    model = "qnn_edu/assets/digits_int8.tflite"
    loaded = loaded_by(f"from qnn_edu import tflite; tflite.read({model!r})")
    assert "ai_edge_litert" not in loaded
    assert "tensorflow" not in loaded
