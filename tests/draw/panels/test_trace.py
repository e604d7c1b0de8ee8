"""The picture of one output value: its explanation, and its place in the output."""

import numpy as np
import pytest

from qnn_edu.draw import style
from qnn_edu.draw.panels.trace import MarkedMap, Trace
from tests.draw.panels.artists import assert_only_artists_move, updated
from tests.draw.panels.explanations import explained

FOUND = {"explained": explained(1), "map": np.zeros((4, 4), np.int8), "place": (2, 1)}


def test_the_marked_value_is_framed():
    shown = MarkedMap(style.figure(8.8, 4.6).add_subplot())
    shown.update(np.zeros((4, 4), np.int8), (3, 1))
    (x, y), (fx, fy) = shown.mark.get_xy(), shown.frame.get_xy()
    cell = shown.frame.get_width() / 4
    assert x == pytest.approx(fx + cell) and y == pytest.approx(fy)


def test_the_picture_shows_the_explanation_and_the_place():
    picture = updated(Trace(), FOUND)
    assert picture.explained.boxes[-1].number.value == FOUND["explained"].value
    np.testing.assert_array_equal(picture.map.grid.values, FOUND["map"])
    assert picture.map.mark.get_width() == picture.map.frame.get_width() / 4


def test_only_its_artists_move():
    other = {"explained": explained(7), "map": np.ones((1, 10), np.int8), "place": (0, 3)}
    assert_only_artists_move(Trace, FOUND, other)
