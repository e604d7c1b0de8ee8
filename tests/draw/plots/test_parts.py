"""The drawing of one value that is computed three times."""

import pytest
from matplotlib.patches import FancyBboxPatch

from qnn_edu.draw import plots, style


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def test_three_boxes_one_below_the_other():
    ax = plots.error_parts(1.0, 0.25, 0.5, layer="conv")
    boxes = [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]
    heights = [box.get_y() for box in boxes]
    assert len(boxes) == 3 and heights == sorted(heights, reverse=True)
    assert texts(ax).count("float conv") == 2 and texts(ax).count("int8 conv") == 1


def test_the_two_differences_add_up_to_the_whole_error():
    words = texts(plots.error_parts(1.0, 0.25, 0.5))
    assert {"y_float = 1.00", "y_came = 0.25", "y_int8 = 0.50"} < set(words)
    differences = [float(each.split("\n")[1]) for each in words if "\n" in each]
    assert differences == [-0.75, 0.25] and sum(differences) == pytest.approx(0.5 - 1.0)


def test_all_words_lie_inside_the_figure():
    ax = plots.error_parts(-100.0, 0.25, -12.5, layer="block2_pointwise")
    ax.figure.canvas.draw()
    for text in ax.texts:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= ax.figure.bbox.x1, text


def test_it_draws_on_the_axes_it_gets():
    ax = style.figure().subplots()
    assert plots.error_parts(1, 2, 3, ax=ax) is ax
