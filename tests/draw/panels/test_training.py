"""The picture of ranges in training: the batches, the range, and those that wait."""

import numpy as np

from qnn_edu.draw import style
from qnn_edu.draw.panels.training import Following, Quality, Training
from tests.draw.panels.artists import assert_only_artists_move, updated


def found(outlier, delay):
    sqnr = np.where(np.arange(4) < delay, np.nan, 20.0)
    extremes = [1.0, 2.0, outlier, 2.0]
    return {"extremes": extremes, "range": [1.0, 1.5, 2, 2], "delay": delay, "sqnr_db": sqnr}


def test_the_range_and_the_batches_lie_on_the_picture():
    panel = Following(style.axes(), 4, 10)
    panel.update([1.0, 2.0, 3.0, 2.0], [1.0, 1.5, 2.25, 2.125], 2)
    assert panel.dots.get_xydata().tolist() == [[0, 1], [1, 2], [2, 3], [3, 2]]
    assert list(panel.range.get_ydata()) == [1.0, 1.5, 2.25, 2.125]
    assert (panel.waiting.get_x(), panel.waiting.get_width()) == (-1, 2.5)
    assert panel.name.get_text() == "" and not len(panel.beyond.get_xdata())


def test_an_outlier_above_the_picture_is_marked_and_named():
    panel = Following(style.axes(), 4, 10)
    panel.update([1.0, 2.0, 90.0, 2.0], [1.0, 1.5, 20.0, 15.0], 0)
    assert panel.beyond.get_xdata().tolist() == [2] and panel.name.get_text() == "outlier, 90"
    assert panel.waiting.get_width() == 0


def test_batches_that_are_not_rounded_have_no_point():
    panel = Quality(style.axes(), 3, (0, 50))
    panel.update([np.nan, 20.0, 30.0], 1)
    assert np.isnan(panel.sqnr.get_ydata()[0]) and list(panel.sqnr.get_ydata()[1:]) == [20, 30]
    assert panel.waiting.get_width() == 1.5


def test_both_panels_shade_the_batches_that_wait():
    picture = updated(Training(4), found(3.0, 2))
    assert picture.range.waiting.get_width() == picture.quality.waiting.get_width() == 2.5
    assert list(picture.range.dots.get_ydata()) == [1, 2, 3, 2]
    assert list(picture.range.range.get_ydata()) == [1, 1.5, 2, 2]
    np.testing.assert_array_equal(picture.quality.sqnr.get_ydata(), [np.nan, np.nan, 20, 20])


def test_only_its_artists_move():
    assert_only_artists_move(lambda: Training(4), found(99.0, 0), found(3.0, 2))
