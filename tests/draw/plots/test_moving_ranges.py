"""Ranges that follow their batches: told apart, and as long as they are."""

import pytest

from qnn_edu.draw import plots


def test_every_line_is_told_from_the_others_without_colour():
    lines = {name: [1.0, 2.0] for name in "abc"}
    ax = plots.moving_ranges([1.0, 3.0], lines)
    assert len({line.get_linestyle() for line in ax.lines[1:]}) == 3


@pytest.mark.parametrize("lines", [{}, {"short": [1.0]}])
def test_lines_of_another_length_are_refused(lines):
    with pytest.raises(ValueError, match="lines as long as the 2 extremes"):
        plots.moving_ranges([1.0, 2.0], lines)
