"""As if a package were not installed: what still runs, and what says so in one sentence."""

import json
import subprocess
import sys

import nbformat
import pytest

from qnn_edu.ui import explorers
from tests.environments.lessons import LESSONS, LIGHT, MARKED, ROOT, marked_cells

HELPERS = ("distributed", "h5py", "ml_dtypes", "scipy")  # what those of the full one bring along
LEFT_OUT = ("tensorflow", "keras", "ai_edge_litert", "sklearn", "skimage", "joblib", *HELPERS)
# Found by no import and by no find_spec: exactly as where it was never installed.
BLIND = """
import sys
from importlib.machinery import PathFinder


class Blind(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] not in {left_out!r}:
            return super().find_spec(name, path, target)


sys.meta_path[sys.meta_path.index(PathFinder)] = Blind
"""
IMPORT_ROOMS = """
import pkgutil
from importlib import import_module

import qnn_edu

for found in pkgutil.walk_packages(qnn_edu.__path__, "qnn_edu."):
    if not found.name.startswith("qnn_edu.nets."):
        import_module(found.name)
        print(found.name)
"""
# Each code cell as a kernel runs it; the number of each that fails, what it raised, what was shown.
RUN_LESSON = """
import json
import os

import nbformat
from IPython.core.interactiveshell import InteractiveShell

shell, failures, shown = InteractiveShell.instance(), [], []
shell._showtraceback = lambda kind, error, lines: shown.extend(lines)
cells = nbformat.read({notebook!r}, as_version=4).cells
os.chdir({folder!r})
for number, cell in enumerate(cell for cell in cells if cell.cell_type == "code"):
    error = shell.run_cell(cell.source).error_in_exec
    if error is not None:
        failures.append([number, type(error).__name__, str(error), list(shown)])
        shown.clear()
        if {stop}:
            break
print()
print(json.dumps(failures))
"""
MAKE_EXPLORERS = """
import json

from qnn_edu.ui import explorers

said = {}
for name in explorers.__all__:
    try:
        made = getattr(explorers, name)()
    except Exception as error:
        made = error
    said[name] = [type(made).__name__, str(made)]
print(json.dumps(said))
"""
NUMBERS = "qnn_edu/assets/digits_activations.npz"
RUNS = {
    "run": ["run", "qnn_edu/assets/digits_int8.tflite", "--input", "images/range_explorer.png"],
    "convert": ["convert", "qnn_edu/assets/digits.keras", "-o", "/dev/null"],
    "diagnose": ["diagnose", "qnn_edu/assets/digits.keras", "--data", NUMBERS],
    "train": ["train", "--epochs", "1"],
    "sweep": ["sweep", "--jobs", "2"],
}
LACKS = {
    "folding": "tensorflow",
    "mixed_bits": "tensorflow",
    "placement": "tensorflow",
    "recipe": "tensorflow",
    "sensitivity": "tensorflow",
    "side_by_side": "ai-edge-litert",
}


def run(code):
    command = [sys.executable, "-c", BLIND.format(left_out=LEFT_OUT) + code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def output(code):
    done = run(code)
    assert done.returncode == 0, done.stderr
    return done.stdout


def failures(path, *, stop):
    folder = str(path.parent)
    shown = output(RUN_LESSON.format(notebook=str(path), folder=folder, stop=stop))
    return json.loads(shown.splitlines()[-1])


def test_every_room_but_nets_is_imported_without():
    """`nets` too, as far as a room above it imports it."""
    imported = output(IMPORT_ROOMS).split()
    rooms = {path.name for path in (ROOT / "qnn_edu").iterdir() if (path / "__init__.py").is_file()}
    assert rooms >= {"core", "data", "tflite", "ptq", "engine", "draw", "ui", "lessons", "cli"}
    assert {name.split(".")[1] for name in imported} >= rooms


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_or_says_in_one_sentence_what_it_needs(path):
    number = path.name[:2]
    found = failures(path, stop=number not in MARKED)
    for _, kind, text, shown in found:
        assert kind == "NotInstalled", f"{kind}: {text}"
        assert shown == [f"NotInstalled: {text}"] and "\n" not in text
        assert text.endswith("or `make lab` installs it.")
    if number in LIGHT:
        assert not found
    elif number in MARKED:
        notebook = nbformat.read(path, as_version=4)
        assert [failure[0] for failure in found] == marked_cells(notebook)
    else:
        assert len(found) == 1


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_marked_cell_is_compared_or_the_next_one_is(path):
    """nbval takes no notice of a failure where a cell is marked and its output ignored."""
    code = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    marked = marked_cells(nbformat.read(path, as_version=4))
    assert bool(marked) == (path.name[:2] in MARKED)
    for k in marked:
        if "nbval-ignore-output" in code[k].metadata.tags:
            assert k + 1 in marked and "assert" in code[k + 1].source
            assert "nbval-ignore-output" not in code[k + 1].metadata.tags


@pytest.fixture(scope="module")
def said_by_explorers():
    return json.loads(output(MAKE_EXPLORERS).splitlines()[-1])


@pytest.mark.parametrize("name", explorers.__all__)
def test_an_explorer_works_or_says_what_it_lacks(name, said_by_explorers):
    kind, text = said_by_explorers[name]
    if name in LACKS:
        assert kind == "NotInstalled" and f" {LACKS[name]}, which is not installed: " in text
    else:
        assert kind == "Live"


@pytest.mark.parametrize("command", RUNS)
def test_a_command_says_it_on_one_line(command, tmp_path):
    out = ["--out", str(tmp_path)] if command in ("train", "sweep") else []
    done = run(f"from qnn_edu.cli import main; main({RUNS[command] + out!r})")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("qnn-edu: ") and line.endswith("or `make lab` installs it.")
