"""The channels of a tensor: each artist holds what `update` was given, under its own name."""

import numpy as np

from qnn_edu.draw import style
from qnn_edu.draw.panels.channels import ChannelRanges, ChannelSqnr
from tests.draw.panels.artists import boxes, updated, ys


def test_the_chosen_channel_is_black_before_the_band_of_the_tensor():
    panel = updated(ChannelRanges(style.axes(), 2), [-1, -3], [2, 1], chosen=1)
    assert [bar.tolist() for bar in panel.chosen.get_segments()] == [[[1, -3], [1, 1]]]
    assert boxes([panel.band], "y") == [(-3, 5)]


def test_per_channel_is_a_circle_and_per_tensor_a_square_and_the_cursor_is_at_the_chosen():
    panel = updated(ChannelSqnr(style.axes(), 2, 50), [30, 31], [10, 11], chosen=1)
    assert (panel.per_channel.get_marker(), panel.per_tensor.get_marker()) == ("o", "s")
    np.testing.assert_array_equal(ys(panel.per_channel, panel.per_tensor), [[30, 31], [10, 11]])
    assert panel.cursor.get_xdata() == [1, 1]
