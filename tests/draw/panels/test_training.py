"""The pictures of lesson 07: each artist holds the batches and the ranges that it was given."""

import numpy as np
import pytest

from qnn_edu.draw import plots, style
from qnn_edu.draw.panels.training import Following, Quality


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


def test_every_line_is_told_from_the_others_without_colour():
    lines = {name: [1.0, 2.0] for name in "abc"}
    ax = plots.moving_ranges([1.0, 3.0], lines)
    assert len({line.get_linestyle() for line in ax.lines[1:]}) == 3


@pytest.mark.parametrize("lines", [{}, {"short": [1.0]}])
def test_lines_of_another_length_are_refused(lines):
    with pytest.raises(ValueError, match="lines as long as the 2 extremes"):
        plots.moving_ranges([1.0, 2.0], lines)
