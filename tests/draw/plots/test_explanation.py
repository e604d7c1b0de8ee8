"""The plot of one output value: where it stands, and how many products can be read."""

import numpy as np
import pytest

from qnn_edu.draw import picture, plots, style
from tests.draw.panels.explanations import explained


def words(ax):
    return {text.get_text() for text in ax.texts}


def test_a_static_picture_names_the_place_and_shows_something():
    ax = plots.explanation(explained(0))
    assert {"CONV_2D", "conv_relu", "at (0, 2, 1, 3)"} <= words(ax)
    axes = style.figure(8.8, 4.6).add_subplot()
    assert plots.explanation(explained(7), ax=axes) is axes
    assert len(np.unique(picture.pixels(axes).reshape(-1, 4), axis=0)) > 20


def test_more_products_than_can_be_read_are_refused():
    class Large:
        products = np.zeros((3, 3, 16))

    with pytest.raises(ValueError, match="up to 64 products, got 144"):
        plots.explanation(Large())
