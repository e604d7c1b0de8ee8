"""Every public name of every room is seen: by `dir`, by completers, and by type checkers."""

import ast
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import qnn_edu

ROOT = Path(__file__).parents[2]
ROOMS = sorted(file.parent.name for file in (ROOT / "qnn_edu").glob("*/__init__.py"))
COMPLETE = """
import json, sys
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

jedi, first, *texts = json.loads(sys.argv[1])
shell = InteractiveShell.instance()
shell.Completer.use_jedi = jedi
shell.Completer.jedi_compute_type_timeout = 0  # to name a thing's type, Jedi loads it
shell.run_cell(first)
with provisionalcompleter():
    offered = {t: [c.text for c in shell.Completer.completions(t, len(t))] for t in texts}
print(json.dumps([offered, [name for name in ("keras", "tensorflow") if name in sys.modules]]))
"""


def completions(*request):
    """What IPython offers behind each text, in a new process, and what it loaded for that."""
    command = [sys.executable, "-c", COMPLETE, json.dumps(request)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    offered, loaded = json.loads(done.stdout.splitlines()[-1])
    return {t: {word.removeprefix(".") for word in words} for t, words in offered.items()}, loaded


def test_the_package_knows_its_rooms():
    assert sorted(qnn_edu.ROOMS) == ROOMS
    assert set(qnn_edu.ROOMS) | set(qnn_edu.__all__) <= set(dir(qnn_edu))
    assert all(f"`{room}`" in qnn_edu.__doc__ for room in ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_an_attribute_of_the_package_and_says_what_is_public(room):
    module = getattr(qnn_edu, room)
    assert module is import_module(f"qnn_edu.{room}")
    assert module.__all__ and set(module.__all__) <= set(dir(module))
    assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.parametrize("name", ["qnn_edu", "qnn_edu.nets", "qnn_edu.lessons"])
def test_a_name_that_is_not_there_is_refused(name):
    with pytest.raises(AttributeError, match=f"module '{name}' has no attribute 'nothing'"):
        import_module(name).nothing  # noqa: B018


@pytest.mark.slow
@pytest.mark.parametrize("jedi", [True, False])
def test_a_completer_offers_every_public_name_of_every_room(jedi):
    rooms = [f"qnn_edu.{room}." for room in ROOMS]
    offered, loaded = completions(jedi, "import qnn_edu", "qnn_edu.", *rooms)
    assert {*qnn_edu.ROOMS, *qnn_edu.__all__} <= offered.pop("qnn_edu.")
    for text, words in offered.items():
        public = set(import_module(text.removesuffix(".")).__all__)
        assert public <= words, f"{text} lacks {public - words}"
    assert not loaded


@pytest.mark.slow
@pytest.mark.parametrize("jedi", [True, False])
def test_a_completer_knows_a_room_imported_by_name(jedi):
    first = f"from qnn_edu import {', '.join(ROOMS)}"
    offered, _ = completions(jedi, first, *(f"{room}." for room in ROOMS), "nets.models.")
    assert {"digits_net", "mobilenet_v1", "resnet"} <= offered.pop("nets.models.")
    for room in ROOMS:
        assert set(import_module(f"qnn_edu.{room}").__all__) <= offered[f"{room}."]


def seen_by_type_checkers(module):
    """What a module imports for type checkers alone: the name, and where it comes from."""
    for node in ast.parse(Path(module.__file__).read_text()).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return {alias.name: each.module for each in node.body for alias in each.names}
    return {}


def test_type_checkers_see_what_is_loaded_when_it_is_asked_for():
    nets = import_module("qnn_edu.nets")
    home = {name: f"qnn_edu.nets.{module}" for name, module in nets._HOME.items()}
    modules = {
        name: f"qnn_edu.nets.{module}".rpartition(".")[0] for name, module in nets._MODULES.items()
    }
    assert seen_by_type_checkers(nets) == home | modules
    assert set(nets.__all__) == set(home | modules)
    assert set(seen_by_type_checkers(qnn_edu)) == set(ROOMS)


def test_every_lesson_is_a_public_name():
    folder = ROOT / "qnn_edu" / "lessons"
    lessons = {path.parent.name for path in folder.glob("lesson_*/__init__.py")}
    assert lessons == {name for name in qnn_edu.lessons.__all__ if name.startswith("lesson_")}


def test_type_checkers_are_told_that_the_package_has_types():
    assert (ROOT / "qnn_edu" / "py.typed").is_file()
