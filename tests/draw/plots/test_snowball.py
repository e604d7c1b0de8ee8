"""A bar for each layer that differs, as long as the share of its values."""

from types import SimpleNamespace

import pytest

from qnn_edu.draw import plots

ROWS = [
    SimpleNamespace(name="conv_relu", operator="CONV_2D", share=0.0, largest=0),
    SimpleNamespace(
        name="StatefulPartitionedCall", operator="DEPTHWISE_CONV_2D", share=0.004, largest=2
    ),
    SimpleNamespace(name="dense", operator="FULLY_CONNECTED", share=1.0, largest=7),
]


def test_a_bar_of_the_snowball_ends_at_its_share_and_equal_layers_have_none():
    ax = plots.snowball(ROWS)
    (bars,) = ax.containers
    ends = [bar.get_x() + bar.get_width() for bar in bars.patches]
    assert ends[1:] == pytest.approx([0.004, 1.0]) and bars.patches[0].get_width() == 0
    words = [text.get_text() for text in ax.texts]
    assert words == ["equal", "0.40 %, 2 LSB", "100.00 %, 7 LSB"]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["conv", "depthwise_conv", "dense"] and ax.yaxis_inverted()


def test_words_of_the_snowball_lie_inside_the_figure():
    ax = plots.snowball(ROWS)
    ax.figure.canvas.draw()
    assert all(text.get_window_extent().x1 <= ax.figure.bbox.x1 for text in ax.texts)


def test_an_empty_snowball_is_refused():
    with pytest.raises(ValueError, match="no rows"):
        plots.snowball([])
