"""The course without make and without a clone: its wheel, in an environment that has nothing else.

Asked for by QNN_EDU_TRY_WHEEL=1, since it installs every package that the course needs anew, from
where pip is told to look: some minutes, and a network.
"""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.environments.serving import assert_serves_lesson_00, served

pytestmark = [
    pytest.mark.more,
    pytest.mark.skipif(
        os.environ.get("QNN_EDU_TRY_WHEEL") != "1",
        reason="installs the wheel in an empty environment, for minutes: QNN_EDU_TRY_WHEEL=1 asks",
    ),
]
ROOT = Path(__file__).parents[2]
LESSONS = {
    path.name: path.read_text(encoding="utf-8")
    for path in ROOT.glob("notebooks/[0-9][0-9]_*.ipynb")
}
RUN = ["00_start_here", "02_quantize_and_dequantize", "03_choosing_the_range"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An empty folder outside the clone."""
    return tmp_path_factory.mktemp("without a clone")


@pytest.fixture(scope="module")
def environment(folder):
    """What a process there sees of this one's environment: nothing of the clone, or of a user."""
    shut = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    kept = {name: value for name, value in os.environ.items() if name not in shut}
    own = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    return (
        kept | own | {"JUPYTER_RUNTIME_DIR": str(folder / "run"), "IPYTHONDIR": str(folder / "i")}
    )


@pytest.fixture(scope="module")
def wheel(folder):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT]
    subprocess.run(command, check=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def scripts(folder, environment, wheel):
    """The folder of the programs of an environment in which the wheel alone was installed."""
    venv.create(folder / "env", with_pip=True)
    scripts = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    pip = [scripts / "python", "-m", "pip", "install", "--quiet"]
    command = [*pip, "-c", ROOT / "requirements.lock", wheel]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    yield scripts
    shutil.rmtree(folder / "env")  # gigabytes, of which pytest would keep three


@pytest.fixture(scope="module")
def lessons(folder, environment, scripts):
    """The reader's folder, which `qnn-edu lab` filled; its server was asked and stopped."""
    command = [scripts / "qnn-edu", "lab", "mine", "--no-browser"]
    with served(command, environment, cwd=folder) as (_, _, ask):
        assert_serves_lesson_00(ask, LESSONS["00_start_here.ipynb"])
    return folder / "mine"


def test_the_wheel_carries_every_lesson_as_it_is(wheel):
    with zipfile.ZipFile(wheel) as archive:
        carried = {
            Path(name).name: archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith("qnn_edu/notebooks/")
        }
    assert carried == LESSONS


def test_an_editable_installation_has_no_copy_that_grows_stale(folder):
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*command, "--target", folder / "editable", "-e", ROOT], check=True)
    assert not list((folder / "editable").rglob("*.ipynb"))


def test_the_package_is_that_of_the_wheel(folder, environment, scripts):
    command = [scripts / "python", "-c", "import qnn_edu; print(qnn_edu.__file__)"]
    done = subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    assert Path(done.stdout.strip()).is_relative_to(folder / "env")


def test_the_reader_has_every_lesson(lessons):
    copied = {path.name: path.read_text(encoding="utf-8") for path in lessons.glob("*.ipynb")}
    assert copied == LESSONS


@pytest.mark.parametrize("name", RUN)
def test_a_lesson_runs_to_its_end(name, environment, scripts, lessons):
    """`jupyter execute` fails at the first cell that does."""
    command = [scripts / "python", "-m", "jupyter", "execute", f"{name}.ipynb"]
    done = subprocess.run(command, cwd=lessons, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
