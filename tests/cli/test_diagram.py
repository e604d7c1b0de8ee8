"""`qnn-edu diagram`: a picture in each format, text without -o, one line where dot is missing."""

import pytest
from typer.testing import CliRunner

from qnn_edu.cli import app
from qnn_edu.data import asset
from qnn_edu.tflite import read

INT8 = asset("digits_int8.tflite")
BEGINNINGS = {".svg": b"<svg", ".pdf": b"%PDF", ".png": b"\x89PNG", ".dot": b"digraph"}


def diagram(*options):
    return CliRunner().invoke(app, ["diagram", str(INT8), *map(str, options)])


@pytest.mark.parametrize("suffix", list(BEGINNINGS))
def test_each_format_is_written(suffix, tmp_path):
    done = diagram("-o", tmp_path / f"graph{suffix}")
    assert (done.exit_code, done.output) == (0, "")
    (file,) = tmp_path.iterdir()
    assert file.name == f"graph{suffix}"
    assert BEGINNINGS[suffix] in file.read_bytes()[:1000]


def test_text_names_every_operator_and_the_input():
    done = diagram()
    assert (done.exit_code, done.stderr) == (0, "")
    for operator in read(INT8).operators:
        assert operator.name in done.stdout
    assert "serving_default_image" in done.stdout


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("graph.jpeg", "A diagram is written as .svg"),
        ("graph", "A diagram is written as .svg"),
        ("none/graph.svg", "there is no folder"),
        ("", "it is a folder"),
    ],
)
def test_a_place_that_does_not_do_is_refused(place, message, tmp_path):
    done = diagram("-o", tmp_path / place)
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert message in line
    assert list(tmp_path.iterdir()) == []


def test_without_dot_a_picture_is_refused_and_dot_and_text_are_not(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = diagram("-o", tmp_path / "graph.svg")
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert "'dot'" in line and "Graphviz" in line
    assert list(tmp_path.iterdir()) == []
    assert diagram("-o", tmp_path / "graph.dot").exit_code == 0
    assert diagram().exit_code == 0
    assert [file.name for file in tmp_path.iterdir()] == ["graph.dot"]
