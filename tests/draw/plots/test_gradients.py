"""The plot of gradients holds its lines and shades what is clipped."""

import pytest

from qnn_edu import QuantParams
from qnn_edu.draw import plots

NOW = QuantParams(scale=2.5, zero_point=0, bits=2)  # from -5 to 2.5


def test_the_plot_of_gradients_holds_its_lines_and_shades_what_is_clipped():
    ax = plots.gradients([-9.0, 0.0, 9.0], {"to x": [0, 1, 0], "to s": [-2, 0, 1]}, NOW)
    lines = {line.get_label(): list(line.get_ydata()) for line in ax.lines}
    assert lines["to x"] == [0, 1, 0] and lines["to s"] == [-2, 0, 1]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["to x", "to s"]
    assert [(band.get_x(), band.get_width()) for band in ax.patches] == [(-9, 4), (2.5, 6.5)]


@pytest.mark.parametrize(
    ("x", "lines", "params"),
    [
        ([1.0, 2.0], {}, NOW),
        ([1.0, 2.0], {"a": [1.0]}, NOW),
        ([1.0], {"a": [1.0]}, QuantParams([1.0], [0], axis=0)),
    ],
)
def test_gradients_that_cannot_be_drawn_are_refused(x, lines, params):
    with pytest.raises(ValueError, match="needs lines of shape"):
        plots.gradients(x, lines, params)
