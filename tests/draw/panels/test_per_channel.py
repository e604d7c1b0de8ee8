"""The picture of channels: each panel holds its part of the numbers, all of them one channel."""

from itertools import pairwise

import numpy as np
from matplotlib.text import Text

from qnn_edu.draw import style
from qnn_edu.draw.panels.per_channel import OneChannel, PerChannel
from tests.draw.panels.artists import assert_only_artists_move, tops, updated, ys

WEIGHT = np.array([[4.0, -2.0], [1.0, 3.0]])  # (channel, value)


def found(channel, worse=0):
    return {
        "lo": WEIGHT.min(axis=1),
        "hi": WEIGHT.max(axis=1),
        "sqnr_per_channel": [30 - worse, 31],
        "sqnr_per_tensor": [10 - worse, 11],
        "weight": WEIGHT,
        "per_channel": WEIGHT / 2,
        "per_tensor": 0 * WEIGHT,
        "channel": channel,
    }


def weights():
    return updated(OneChannel(style.axes(), 2), [4, -2], [4, -1], [2, 0], note="n")


def test_per_channel_is_a_circle_and_per_tensor_a_square():
    panel = weights()
    assert (panel.per_channel.get_marker(), panel.per_tensor.get_marker()) == ("o", "s")
    np.testing.assert_array_equal(ys(panel.per_channel, panel.per_tensor), [[1, -0.25], [0.5, 0]])


def test_the_real_weights_of_a_channel_are_bars_of_its_largest():
    panel = weights()
    assert tops(panel.real) == [(0, 1), (1, -0.5)]
    assert panel.note.get_text() == "n"


def test_the_chosen_channel_is_black_under_the_cursor_and_shown_whole():
    picture = updated(PerChannel(2, 2), found(1))
    assert tops(picture.ranges.bars) == [(0, 4), (1, 3)]
    assert tops(picture.ranges.chosen) == [(1, 3)]
    np.testing.assert_array_equal(
        ys(picture.sqnr.per_channel, picture.sqnr.per_tensor), [[30, 31], [10, 11]]
    )
    assert picture.sqnr.cursor.get_xdata() == [1, 1]
    assert tops(picture.one.real) == [(0, 1 / 3), (1, 1)]
    np.testing.assert_allclose(picture.one.per_channel.get_ydata(), [1 / 6, 1 / 2])
    assert picture.one.note.get_text() == "channel 1"


def test_the_names_of_both_quantizers_stand_above_the_axes_beside_the_title():
    picture = PerChannel(8, 9)
    picture.figure.canvas.draw()
    for ax in (picture.sqnr.ax, picture.one.ax):
        title = ax.get_title(loc="left")
        words = [child for child in ax.get_children() if isinstance(child, Text)]
        row = [text for text in words if text.get_text() == title or " per " in text.get_text()]
        places = sorted((text.get_window_extent() for text in row), key=lambda place: place.x0)
        assert len(places) == 3 and all(place.y0 >= ax.bbox.y1 for place in places)
        assert all(a.x1 < b.x0 for a, b in pairwise(places))


def test_only_its_artists_move():
    assert_only_artists_move(lambda: PerChannel(2, 2), found(0), found(1, worse=7))
