"""The picture of equalization: three places with their steps, the way, and the answers."""

import numpy as np
import pytest

from qnn_edu.draw import style
from qnn_edu.draw.panels.equalization import (
    DEPTH,
    PLACES,
    SQNR,
    Answers,
    ChannelWidths,
    Equalization,
    Way,
)
from tests.draw.panels.artists import assert_only_artists_move, tops, updated, ys

SHARES = [0.0, 1.0, 2.0]


def found(share=0.0, *, chosen=1, real=130.0):
    widths = {place: np.array([1.0, 0.5, 1e-3]) for place in PLACES}
    return {
        "widths": widths,
        "halves": {place: np.full(3, 4e-3) for place in PLACES},
        "channel": chosen,
        "share": share,
        "sqnr_db": 3.0 + share,
        "float_db": real,
        "way": ([3.0, 31.0, 2.0], [real] * 3),
        "answers": ([0.0, 2.0], [0.0, 2.0], [0.5, 1.0 + share]),
    }


def test_a_channel_below_half_its_step_is_crossed_out():
    panel = updated(ChannelWidths(style.axes(), 3, "a"), [1, 0.5, 1e-3], [4e-3] * 3, chosen=1)
    assert tops(panel.bars) == [(0, 1), (1, 0.5), (2, 1e-3)] and tops(panel.chosen) == [(1, 0.5)]
    np.testing.assert_array_equal(panel.lost.get_data(), [[2], [1e-3]])
    assert all((steps.get_data().values == 4e-3).all() for steps in panel.steps)


def test_what_is_smaller_than_the_axes_reach_stands_at_their_foot():
    panel = updated(ChannelWidths(style.axes(), 2, "a"), [1, 1e-9], [1e-9, 1e-2], chosen=0)
    assert tops(panel.bars)[1] == (1, DEPTH[0])
    assert panel.lost.get_ydata() > DEPTH[0]
    assert panel.steps[0].get_data().values.min() == DEPTH[0]


@pytest.mark.parametrize(("real", "words"), [(130.0, "same"), (20.0, "other")])
def test_the_way_says_whether_float_stands_still_and_keeps_it_in_sight(real, words):
    panel = updated(Way(style.axes(), SHARES), [3, 31, 2], [real] * 3, here=(1.0, 31.0, real))
    assert words in panel.word.get_text()
    assert max(panel.real.get_ydata()) < SQNR[1]
    np.testing.assert_array_equal(ys(*panel.dots), [[min(real, SQNR[1] - 2)], [31]])


def test_float_and_int8_differ_in_marker_and_colour():
    panel = updated(Answers(style.axes()), [0, 2], [0, 2], [1, 1])
    assert (panel.real.get_marker(), panel.integer.get_marker()) == ("D", "o")
    assert panel.real.get_color() != panel.integer.get_color()
    np.testing.assert_array_equal(ys(panel.real, panel.integer), [[0, 2], [1, 1]])


def test_all_places_show_the_chosen_channel():
    picture = updated(Equalization(3, SHARES), found(chosen=2))
    assert [tops(panel.chosen) for panel in picture.places.values()] == [[(2, 1e-3)]] * 3


def test_only_its_artists_move():
    other = found(2.0, chosen=0, real=20.0)
    assert_only_artists_move(lambda: Equalization(3, SHARES), found(), other)
