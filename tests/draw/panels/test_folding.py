"""The picture of folding: ranges before and after, and the channels that the layer has."""

import numpy as np

from qnn_edu.draw.panels.folding import Folding
from tests.draw.panels.artists import assert_only_artists_move, tops, updated


def found(channels, widest, narrowest=0.1):
    high = np.linspace(narrowest, 1, channels)
    return {
        "lo": -high,
        "hi": high,
        "before": (-high, high),
        "after": (-high / 2, high / 2),
        "sqnr_per_channel": 30 * high,
        "sqnr_per_tensor": 10 * high,
        "widest": widest,
    }


def test_the_widest_channel_is_marked_in_all_panels():
    picture = updated(Folding(), found(4, 3))
    assert tops(picture.before.chosen) == [(3, 1)] and tops(picture.after.chosen) == [(3, 0.5)]
    assert picture.sqnr.cursor.get_xdata() == [3, 3]


def test_all_panels_end_with_the_last_channel_and_stay_where_they_are():
    picture = Folding()
    panels = (picture.before, picture.after, picture.sqnr)
    places = [panel.ax.get_position().bounds for panel in panels]
    for channels in (64, 16):
        picture.update(found(channels, 0))
        picture.figure.canvas.draw()
        assert {panel.ax.get_xlim() for panel in panels} == {(-0.7, channels - 0.3)}
        assert [panel.ax.get_position().bounds for panel in panels] == places


def test_only_its_artists_move():
    for channels in (16, 64):
        assert_only_artists_move(Folding, found(16, 3), found(channels, 5, narrowest=0.5))
