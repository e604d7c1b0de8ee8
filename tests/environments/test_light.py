"""A light installation, made as a reader makes it: how large it is, and what runs in it.

It takes minutes, so it is not a part of the default run:

    QNN_EDU_LIGHT=1 python -m pytest tests/environments/test_light.py -rP
"""

import json
import os
import subprocess
import sys
import time

import nbformat
import pytest

from tests.environments.lessons import LESSONS, LIGHT, MARKED, ROOT, marked_cells

pytestmark = pytest.mark.skipif(
    os.environ.get("QNN_EDU_LIGHT") != "1",
    reason="installs an environment of its own, which takes minutes: QNN_EDU_LIGHT=1 asks for it",
)
MEGABYTES = 700
LACKS = ("tensorflow", "keras", "ai_edge_litert", "sklearn", "skimage", "scipy", "joblib")
EXECUTE = """
import json
import sys

import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
resources = {"metadata": {"path": sys.argv[2]}}
NotebookClient(notebook, timeout=60, allow_errors=True, resources=resources).execute()
code = [cell for cell in notebook.cells if cell.cell_type == "code"]
print(json.dumps([
    [number, output.ename, output.traceback]
    for number, cell in enumerate(code) for output in cell.outputs if output.output_type == "error"
]))
"""


class Environment:
    """What `make lab-light` installs, in a folder of its own, and what runs in it."""

    def __init__(self, folder):
        self.folder, self.python = folder / "venv", folder / "venv" / "bin" / "python"
        strange = ("PYTHONPATH", "VIRTUAL_ENV", "JUPYTER_PATH", "MAKEFLAGS", "MAKELEVEL")
        self.variables = {k: v for k, v in os.environ.items() if k not in strange}
        for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
            self.variables[f"JUPYTER_{name}"] = str(folder / name)

    def run(self, *command, **options):
        return subprocess.run(
            [*map(str, command)], cwd=ROOT, env=self.variables, capture_output=True, text=True
        )

    def make(self, target, *options):
        """`make` of one of the environment's stamps."""
        stamp = self.folder / target
        return self.run("make", *options, f"VENV={self.folder}", f"PYTHON={sys.executable}", stamp)

    def megabytes(self):
        files = [path.lstat() for path in self.folder.rglob("*") if not path.is_symlink()]
        return sum(512 * each.st_blocks for each in files) / 1e6


@pytest.fixture(scope="module")
def light(tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("light"))
    start = time.perf_counter()
    done = environment.make(".light")
    assert done.returncode == 0, done.stdout + done.stderr
    print(f"installed in {time.perf_counter() - start:.0f} s")
    return environment


def test_it_is_small_and_light(light):
    print(f"{light.megabytes():.0f} MB")
    assert light.megabytes() < MEGABYTES
    code = f"from importlib.util import find_spec; print(*filter(find_spec, {LACKS!r}))"
    assert light.run(light.python, "-c", code).stdout == "\n"


@pytest.mark.parametrize(
    "path", [p for p in LESSONS if p.name[:2] in LIGHT | MARKED], ids=lambda path: path.stem
)
def test_a_lesson_runs(light, path):
    start = time.perf_counter()
    done = light.run(light.python, "-c", EXECUTE, path, path.parent)
    print(f"{path.stem}: {time.perf_counter() - start:.1f} s")
    assert done.returncode == 0, done.stderr
    failures = json.loads(done.stdout)
    marked = marked_cells(nbformat.read(path, as_version=4))
    assert [number for number, *_ in failures] == marked
    for _, kind, shown in failures:
        assert kind == "NotInstalled" and len(shown) == 1 and "\n" not in shown[0]


def test_doctor_says_that_it_is_light_and_well(light):
    doctor = light.folder / "bin" / "qnn-edu"
    done = light.run(doctor, "doctor", "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["ok"], answer["installation"]) == (0, True, "light")
    (found,) = (check for check in answer["checks"] if check["name"] == "tensorflow")
    assert found["found"] is None and "`make lab` installs it." in found["advice"]
    assert "A light installation, without" in light.run(doctor, "doctor").stdout


def test_made_again_it_is_left_as_it_is(light):
    assert "is up to date" in light.make(".light").stdout


def test_it_becomes_a_full_one_in_place(light):
    plan = light.make(".installed", "--dry-run").stdout
    assert "'.[full]'" in plan and "rm -rf" not in plan
