"""Diagrams in a notebook and as files, with the program `dot` and without it."""

from xml.etree import ElementTree

import pytest

from qnn_edu.data import asset
from qnn_edu.draw import Diagram, diagram
from qnn_edu.tflite import read

WIDGET = "application/vnd.jupyter.widget-view+json"
BEGINNINGS = {".svg": b"<svg ", ".pdf": b"%PDF", ".png": b"\x89PNG", ".dot": b"digraph network"}


@pytest.fixture(scope="module")
def picture():
    return diagram(read(asset("digits_int8.tflite")), title="digits")


@pytest.fixture
def no_dot(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


def test_a_notebook_gets_svg_that_says_what_it_shows(picture):
    data, _ = picture._repr_mimebundle_()
    assert data.keys() == {"text/plain", "image/svg+xml"} and data["text/plain"] == picture.text
    root = ElementTree.fromstring(data["image/svg+xml"])
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title.text == picture.alt and picture.alt.startswith("digits: 10 operators (4 CONV_2D,")
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", title.get("id"))
    assert "max-width:100%" in root.get("style")


def test_without_dot_the_browser_draws(picture, no_dot):
    data, _ = picture._repr_mimebundle_()
    assert data.keys() == {"text/plain", WIDGET} and data["text/plain"] == picture.text


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_files_by_suffix(picture, suffix, tmp_path):
    path = tmp_path / f"net{suffix}"
    path.write_text("old")
    assert picture.write(str(path)) == path
    assert path.read_bytes().startswith(BEGINNINGS[suffix])
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_without_dot_only_dot_files_can_be_written(picture, no_dot, tmp_path):
    assert picture.write(tmp_path / "net.dot").read_text() == picture.source
    for suffix in (".svg", ".pdf", ".png"):
        with pytest.raises(ValueError, match="apt install graphviz.*or write a .dot file"):
            picture.write(tmp_path / f"net{suffix}")
    assert [file.name for file in tmp_path.iterdir()] == ["net.dot"]


@pytest.mark.parametrize("name", ["net.jpg", "net", "net.svg.gz"])
def test_other_suffixes_are_refused(picture, name, tmp_path):
    with pytest.raises(ValueError, match=r"written as \.svg, \.pdf, \.png, \.dot; got"):
        picture.write(tmp_path / name)


def test_a_diagram_is_a_digraph(picture):
    picture = picture.copy()
    picture.node("a note")
    assert '"a note"' in picture.source and picture.text.startswith("digits\ninput")
    assert repr(Diagram()) == "" and picture.pipe("png").startswith(b"\x89PNG")
