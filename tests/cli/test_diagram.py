"""`qnn-edu diagram`: a picture in each format, text without -o, one line where dot is missing."""

import pytest
from typer.testing import CliRunner

from qnn_edu.cli import app
from qnn_edu.data import asset
from qnn_edu.tflite import read

INT8 = asset("digits_int8.tflite")
BEGINNINGS = {
    ".svg": b"<svg",
    ".html": b"<!DOCTYPE html",
    ".pdf": b"%PDF",
    ".png": b"\x89PNG",
    ".dot": b"digraph",
}


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


def test_what_dot_does_not_draw_is_told_in_words_with_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "dot").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    done = diagram("--merge", "-o", tmp_path / "graph.svg")
    assert done.exit_code == 1 and not (tmp_path / "graph.svg").exists()
    (line,) = done.stderr.splitlines()
    assert "cannot draw this network" in line and "told in words" in line
    assert "DEPTHWISE_CONV_2D" in done.stdout
    assert diagram("-o", tmp_path / "graph.html").exit_code == 0


def test_patterns_are_merged_on_request(tmp_path):
    merged, plain = tmp_path / "merged.dot", tmp_path / "plain.dot"
    assert diagram("--merge", "-o", merged).exit_code == 0
    assert diagram("--no-merge", "-o", plain).exit_code == 0
    assert merged.read_text().count("separable convolution") == 3
    assert plain.read_text().count("<B>DEPTHWISE_CONV_2D</B>") == 3
