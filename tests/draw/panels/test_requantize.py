"""The picture of requantization: the points are the numbers, and what missed is marked."""

import numpy as np
import pytest

from qnn_edu.draw import style
from qnn_edu.draw.panels.requantize import MOST, AroundZero, Missed, Requantize, thinned
from tests.draw.panels.artists import assert_only_artists_move, updated

EXACT = np.arange(-512, 513) / 4  # accumulators times 0.25


def found(integers):
    error = integers - EXACT
    return {
        "exact": EXACT,
        "integers": integers,
        "error": error,
        "tie": EXACT % 1 == 0.5,
        "wrong": np.abs(error) > 0.5,
    }


FOUND = found(np.ceil(EXACT))


def test_points_around_zero_are_the_integers_and_ties_are_marked():
    panel = updated(AroundZero(style.axes()), FOUND["exact"], FOUND["integers"], FOUND["tie"])
    x, y = panel.points.get_data()
    np.testing.assert_array_equal(y, FOUND["integers"][np.isin(FOUND["exact"], x)])
    ties, _ = panel.ties.get_data()
    assert ties.tolist() == [-4.5, -3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5]


def test_crosses_stand_only_beyond_half_a_step():
    panel = updated(Missed(style.axes()), FOUND["exact"], FOUND["error"], FOUND["wrong"])
    _, errors = panel.wrong.get_data()
    assert errors.size and (np.abs(errors) > 0.5).all()


@pytest.mark.parametrize("size", [1, 2, MOST, MOST + 1, 100_000])
def test_thinning_keeps_the_first_and_no_more_than_asked(size):
    a, b = thinned(np.arange(size), -np.arange(size))
    assert a[0] == 0 and len(a) <= MOST
    np.testing.assert_array_equal(a, -b)
    assert size > MOST or len(a) == size


def test_the_picture_shows_integers_left_and_errors_right():
    picture = updated(Requantize(), FOUND)
    assert set(picture.near.points.get_ydata()) == set(range(-4, 6))
    assert set(picture.far.wrong.get_ydata()) == {0.75}


def test_only_its_artists_move():
    assert_only_artists_move(Requantize, FOUND, found(np.floor(EXACT)))
