"""Lesson 10's unknown patient: told to nobody who has not found it, and cured whatever it has."""

import pytest

from qnn_edu import data
from qnn_edu.lessons import lesson_10
from tests.lessons.cells import Session
from tools.lessons import build

WAYS = (
    "calibration_scale",
    "input_scale",
    "stretched_channel",
    "outlier_channel",
    "clipped_layer",
    "dead_channel",
    "float_operator",
)
LESSON = build.from_source(next(build.SOURCES.glob("10_*.py")))


def cell(text):
    (source,) = (c.source for c in LESSON.cells if c.cell_type == "code" and text in c.source)
    return source


def told(verdict, kind, capsys):
    session = Session()
    session["sick"] = type("Sick", (), {"kind": kind, "layer": "conv", "channel": 3})
    session.run(f"my_verdict = {verdict!r}")
    session.run(cell("against = {"))
    return capsys.readouterr().out


@pytest.mark.parametrize("kind", WAYS)
def test_only_who_is_right_is_told_what_it_was(kind, capsys):
    assert kind in told(kind, kind, capsys)
    for verdict in ("", "bad luck", *(way for way in WAYS if way != kind)):
        said = told(verdict, kind, capsys)
        assert not any(way in said for way in WAYS) and "conv" not in said


@pytest.fixture(scope="module")
def session():
    pytest.importorskip("tensorflow")
    pytest.importorskip("ai_edge_litert")
    session = Session()
    for text in ("import warnings\n", "def right_answers", "digits_net = keras"):
        session.run(definitions(cell(text)))
    session["odd_ones"] = lesson_10.odd_ones.solution
    session["calibration"] = data.digits("train")[0][:100]
    session.run(cell("def mended("))
    return session


def definitions(source):
    """Of the cell that tries calibration images on the stranger, the function alone."""
    start = source.find("def right_answers")
    return source if start < 0 else source[start : source.index("\n\n", start)]


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_the_cure_for_what_is_found_brings_the_answers_back(session, way):
    session["way"] = way
    session.run(
        "sick = nets.models.broken(digits_net, x_test, calibration, way, seed=1)\n"
        "found = nets.diagnose(sick.model, (sick.x, y_test), calibration=sick.calibration)\n"
        "again = right_answers(*mended(sick, found.findings[0]))"
    )
    assert session["found"].findings[0].kind == way
    assert session["again"] >= (340 if way == "dead_channel" else 348)
