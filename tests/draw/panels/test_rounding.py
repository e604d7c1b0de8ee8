"""The picture of rounding: choices and errors, parts that add up, and marks among all roundings."""

import numpy as np
import pytest

from qnn_edu.draw import style
from qnn_edu.draw.panels.rounding import BESIDE, BEYOND, ENDS, Choices, Parts, Rounding
from tests.draw.panels.artists import assert_only_artists_move, tops, updated

WAYS = ("nearest", "gptq", "descend", "best of all")
WEIGHT, DOWN = np.array([0.4, -1.2]), np.array([0.0, -2.0])


def found(levels=(0.0, -1.0), sum_=1.0):
    return {
        "weight": WEIGHT,
        "down": DOWN,
        "levels": np.array(levels),
        "parts": np.array([0.7, sum_ - 0.7, sum_]),
        "every": np.array([[0.3, 0.4, 0.5], [1.0, 0.4, 6.0]]),
        "marks": {way: np.array([0.3 + 0.01 * k, 1.0]) for k, way in enumerate(WAYS)},
        "here": np.array([0.3, sum_]),
    }


def test_a_weight_stands_between_its_levels_and_its_error_reaches_to_the_one_it_takes():
    panel = updated(Choices(style.axes(), 2), WEIGHT, DOWN, np.array([0.0, -1.0]))
    np.testing.assert_allclose(panel.weights.get_ydata(), [0.4, 0.8])
    np.testing.assert_array_equal(panel.taken.get_ydata(), [0, 1])
    assert tops(panel.errors) == [(-BESIDE, 0), (1 - BESIDE, 1)]
    down, up, beyond = panel.numbers
    assert [[words.get_text() for words in row] for row in (down, up)] == [
        ["0", "\u22122"],
        ["1", "\u22121"],
    ]
    assert [words.get_color() for words in up] == [style.REAL, "#FFFFFF"]
    assert not any(words.get_visible() for words in beyond)


@pytest.mark.parametrize(("level", "y"), [(-1.0, -BEYOND), (3.0, 1 + BEYOND)])
def test_a_level_farther_away_has_a_box_of_its_own(level, y):
    panel = updated(Choices(style.axes(), 2), WEIGHT, DOWN, np.array([level, -1.0]))
    assert panel.taken.get_ydata().tolist() == [y, 1]
    beyond = panel.numbers[2]
    assert [words.get_visible() for words in beyond] == [True, False]
    assert beyond[0].get_text() == f"{level:.0f}".replace("-", "\u2212")


def test_the_sum_stands_below_its_parts_and_long_bars_end_in_sight():
    panel = updated(Parts(style.axes()), [40.0, -3.0, 37.0])
    assert [end for end, _ in tops(panel.bars)] == [ENDS[1], ENDS[0], ENDS[1]]
    assert [words.get_text().strip() for words in panel.numbers] == [
        "+40.00",
        "\u22123.00",
        "37.00",
    ]


def test_every_way_has_a_marker_of_its_own():
    picture = updated(Rounding(2, WAYS), found())
    marks = picture.every.marks
    assert len({mark.get_marker() for mark in marks.values()}) == len(WAYS)
    places = [mark.get_xdata()[0] for mark in marks.values()]
    np.testing.assert_allclose(places, [0.3, 0.31, 0.32, 0.33])
    assert picture.every.here.get_xydata().tolist() == [[0.3, 1.0]]
    assert len(picture.every.dots.get_xdata()) == 3


def test_only_its_artists_move():
    assert_only_artists_move(lambda: Rounding(2, WAYS), found((3.0, -2.0)), found(sum_=0.2))
