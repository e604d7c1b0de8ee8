"""The program `dot`: a limit of time, and what is shown where it fails."""

import os

import pytest

from qnn_edu.data import asset
from qnn_edu.draw import NotDrawn, diagram
from qnn_edu.draw.graphs.picture import dot
from qnn_edu.tflite import read


@pytest.fixture
def picture(request):
    """A picture that no other test draws, so that none is remembered."""
    return diagram(read(asset("digits_int8.tflite")), title=str(id(request)))


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Puts a shell script in the place of `dot`."""

    def put(script):
        (tmp_path / "dot").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "dot").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return put


ENDLESS, BROKEN = "while :; do :; done", "echo 'out of  memory' >&2; exit 1"
CASES = [(ENDLESS, r"in 0\.1 s, so it is told in words"), (BROKEN, r"\(out of memory\), so it is")]


@pytest.mark.parametrize(("script", "sentence"), CASES)
def test_what_takes_too_long_or_fails_is_told_in_words(
    script, sentence, picture, program, monkeypatch
):
    monkeypatch.setattr(dot, "LIMIT", 0.1)
    program(script)
    for draw in (picture.svg, lambda: picture.write("no.png")):
        with pytest.raises(NotDrawn, match=sentence):
            draw()
    data, _ = picture._repr_mimebundle_()
    assert data.keys() == {"text/plain", "text/html"}
    html = data["text/html"]
    assert html.count("so it is told in words") == 1 and "<svg" not in html
    assert "CONV_2D  " in html and html.count("<details") == 1


def test_a_page_is_written_all_the_same(picture, program, tmp_path):
    program(BROKEN)
    page = picture.write(tmp_path / "net.html").read_text()
    assert page.startswith("<!DOCTYPE html>") and "so it is told in words" in page


def test_what_it_says_beside_drawing_is_passed_on(picture, program, capfd):
    program('echo "<svg/>"; echo "careful" >&2')
    assert picture.svg() and capfd.readouterr().err == "careful\n"
