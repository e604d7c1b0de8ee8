"""`qnn-edu lab`: which folder, what it says of the lessons there, what JupyterLab is told."""

import os
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qnn_edu.cli import app, lab
from qnn_edu.lessons import stored
from tests.environments.serving import assert_serves_lesson_00, served

ROOT = Path(__file__).parents[2]
LESSONS = {path.name: path.read_text() for path in ROOT.glob("notebooks/[0-9][0-9]_*.ipynb")}
SECOND = "02_quantize_and_dequantize.ipynb"


@pytest.fixture
def started(monkeypatch):
    """The options of each JupyterLab that would have been started."""
    calls = []
    monkeypatch.setattr(lab, "start", calls.append)
    return calls


@pytest.fixture
def reader(tmp_path, monkeypatch, started):
    """Types `qnn-edu lab ...` in an empty folder, at home there; gives what was said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    def types(*arguments):
        done = CliRunner().invoke(app, ["lab", *arguments])
        assert done.exit_code == 0, done.stderr
        return done.stdout.splitlines()

    return types


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Publishes an edition of the course: lessons by name."""

    def publish(**lessons):
        folder = tmp_path / "installed"
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        for name, text in ({"00_start_here": "start"} | lessons).items():
            (folder / f"{name}.ipynb").write_text(text)
        monkeypatch.setattr(stored, "PLACES", (folder,))

    return publish


def test_a_clone_s_own_lessons_are_found():
    assert stored.stored_folder() == ROOT / "notebooks"
    assert dict(stored.stored_lessons()) == LESSONS


def test_a_wheel_s_lessons_come_first_and_none_is_said(tmp_path, monkeypatch):
    wheel, clone = tmp_path / "wheel", tmp_path / "clone"
    monkeypatch.setattr(stored, "PLACES", (wheel, clone))
    with pytest.raises(ValueError, match="This installation has no lessons"):
        stored.stored_folder()
    for place in (clone, wheel):
        place.mkdir()
        (place / stored.FIRST).touch()
        assert stored.stored_folder() == place


def test_every_lesson_is_copied_and_the_first_opened(reader, started, tmp_path):
    said = reader("mine")
    assert {path.name: path.read_text() for path in (tmp_path / "mine").glob("*.ipynb")} == LESSONS
    assert said == [f"Lessons in {tmp_path / 'mine'}: {len(LESSONS)}, {len(LESSONS)} of them new."]
    assert started == [
        [
            f"--ServerApp.root_dir={tmp_path / 'mine'}",
            "--LabApp.default_url=/lab/tree/00_start_here.ipynb",
        ]
    ]
    assert reader("mine") == [f"Lessons in {tmp_path / 'mine'}: {len(LESSONS)}, 0 of them new."]


@pytest.mark.parametrize(
    ("arguments", "folder", "options"),
    [
        ([], "qnn-edu", []),
        (["--no-browser"], "qnn-edu", ["--no-browser"]),
        (["~/a b"], "a b", []),
        (["--", "--port=1"], "qnn-edu", ["--port=1"]),
        (["--", "--port=1", "--debug"], "qnn-edu", ["--port=1", "--debug"]),
        (["a", "--no-browser", "--", "--port=1"], "a", ["--no-browser", "--port=1"]),
        (["a", "--"], "a", []),
    ],
)
def test_the_folder_and_what_jupyterlab_is_told(
    reader, started, course, tmp_path, arguments, folder, options
):
    course()
    reader(*arguments)
    ((root, _, *told),) = started
    assert root == f"--ServerApp.root_dir={tmp_path / folder}" and told == options
    assert (tmp_path / folder / "00_start_here.ipynb").read_text() == "start"


def test_jupyterlab_s_options_without_the_dashes_are_wrong_usage(started):
    assert CliRunner().invoke(app, ["lab", "mine", "--port=1"]).exit_code == 2
    assert not started


def test_an_update_from_an_older_edition(reader, course, tmp_path):
    course(**{"02_a": "old", "03_b": "old", "04_c": "old"})
    reader("mine")
    (tmp_path / "mine" / "02_a.ipynb").write_text("mine")
    course(**{"02_a": "new", "03_b": "new", "05_d": "new"})
    where = tmp_path / "mine"
    assert reader("mine")[1:] == [
        "Newer editions are here of 02_a.ipynb, 03_b.ipynb. "
        f'`qnn-edu lab --update "{where}"` brings them and keeps what you wrote.'
    ]
    assert (where / "02_a.ipynb").read_text() == "mine"
    assert (where / "03_b.ipynb").read_text() == "old"
    assert reader("--update", "mine") == [
        f"Lessons in {where}: 4, 0 of them new.",
        "Replaced by their newer editions: 03_b.ipynb.",
        "02_a.ipynb is yours and stays; the newer edition is 02_a.new.ipynb.",
        "No longer part of the course, and left as they are: 04_c.ipynb.",
    ]
    assert {path.name: path.read_text() for path in where.glob("*.ipynb")} == {
        "00_start_here.ipynb": "start",
        "02_a.ipynb": "mine",
        "02_a.new.ipynb": "new",
        "03_b.ipynb": "new",
        "04_c.ipynb": "old",
        "05_d.ipynb": "new",
    }
    assert reader("--update", "mine") == [
        f"Lessons in {where}: 4, 0 of them new.",
        "No longer part of the course, and left as they are: 04_c.ipynb.",
    ]


def test_an_update_leaves_what_a_reader_keeps(reader, course, tmp_path):
    course(**{"02_a": "old"})
    reader("mine")
    kept = {name: f"# {name}" for name in ("my_qnn.py", "my_qnn.py.bak", "my_qnn.py.bak-2")}
    for name, text in kept.items():
        (tmp_path / "mine" / name).write_text(text)
    course(**{"02_a": "new", "my_qnn": "another"})
    assert reader("--update", "mine")[1:] == ["Replaced by their newer editions: 02_a.ipynb."]
    assert {name: (tmp_path / "mine" / name).read_text() for name in kept} == kept


def test_in_the_course_s_own_folder_nothing_is_copied(reader, started):
    where = ROOT / "notebooks"
    before = sorted(where.iterdir())
    for arguments in ([str(where)], ["--update", str(where)]):
        assert reader(*arguments) == [f"{where}: the course's own lessons, opened as they are."]
    assert sorted(where.iterdir()) == before
    assert {root for root, _ in started} == {f"--ServerApp.root_dir={where}"}


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("notes.txt", "notes.txt is a file. Name a folder"),
        ("notes.txt/a", "of that path is a file"),
    ],
)
def test_a_folder_that_cannot_be_ends_with_1_and_one_line(tmp_path, started, folder, words):
    (tmp_path / "notes.txt").write_text("mine")
    done = CliRunner().invoke(app, ["lab", str(tmp_path / folder)])
    assert (done.exit_code, done.stdout, started) == (1, "", [])
    assert words in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_it_serves_lesson_00_until_it_is_stopped(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
        environment[f"JUPYTER_{name}"] = str(tmp_path / name)
    command = [sys.executable, "-m", "qnn_edu.cli", "lab", "mine", "--no-browser"]
    with served(command, environment, cwd=tmp_path) as (process, said, ask):
        assert said.splitlines()[0].endswith(f"{len(LESSONS)} of them new.")
        assert_serves_lesson_00(ask, LESSONS["00_start_here.ipynb"])
        assert process.poll() is None
    assert process.returncode == 0
    assert (tmp_path / "mine" / SECOND).read_text() == LESSONS[SECOND]
