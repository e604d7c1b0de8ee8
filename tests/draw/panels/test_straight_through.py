"""The pictures of lesson 06: each artist holds the walk, the window and the levels it was given."""

import numpy as np
import pytest

from qnn_edu import QuantParams
from qnn_edu.draw import plots, style
from qnn_edu.draw.panels.panel import steps
from qnn_edu.draw.panels.straight_through import Descent, Walks, Window, moving_levels, ways

BEFORE = QuantParams(scale=4.0, zero_point=0, bits=2)
NOW = QuantParams(scale=2.5, zero_point=0, bits=2)  # from -5 to 2.5


def shaded(panel):
    return [(band.get_x(), band.get_width()) for band in panel.clipped]


def test_the_walk_lies_on_the_picture_from_start_to_now():
    panel = Descent(style.axes(), (-10, 10))
    panel.update(BEFORE, NOW, [-3.0, -1.0, 2.0], [-4.0, 0.0, 2.5], 2.5)
    np.testing.assert_array_equal(panel.before.get_xydata().T, steps(BEFORE, (-10, 10)))
    np.testing.assert_array_equal(panel.stairs.get_xydata().T, steps(NOW, (-10, 10)))
    assert panel.path.get_xydata().tolist() == [[-3, -4], [-1, 0], [2, 2.5]]
    assert panel.start.get_xydata().tolist() == [[-3, -4]]
    assert panel.now.get_xydata().tolist() == [[2, 2.5]]
    assert [text.get_text() for text in panel.names] == ["target", "start", "now"]
    assert shaded(panel) == [(-10, 5), (2.5, 7.5)]


def test_a_weight_that_stands_is_named_once():
    panel = Descent(style.axes(), (-10, 10))
    panel.update(BEFORE, BEFORE, [-3.0, -3.0], [-4.0, -4.0], 2.5)
    assert [text.get_text() for text in panel.names] == ["target", "", "now"]


def test_the_window_shows_a_gradient_to_the_step_only_where_there_is_one():
    panel, x = Window(style.axes(), (-10, 10)), np.array([-9.0, 0.0, 9.0])
    panel.update(-5, 2.5, 1.0, weight=x, to_weight=[0, 1, 0], to_step=[-2, 0, 1], here=1.0)
    assert panel.to_weight.get_ydata() == [0, 1, 0] and panel.to_step.get_ydata() == [-2, 0, 1]
    assert panel.now.get_xydata().tolist() == [[1, 1]]
    assert shaded(panel) == [(-10, 5), (2.5, 7.5)]
    panel.update(-5, 2.5, 1.0, weight=x, to_weight=[0, 1, 0], to_step=None, here=1.0)
    assert len(panel.to_step.get_xdata()) == 0 and panel.names[1].get_text() == ""


def test_the_descent_that_is_shown_is_thick_and_in_front():
    panel = Walks(style.axes(), ["a", "b"], 2, (-5, 5))
    panel.update({"a": [0, 1, 2], "b": [2, 1, 0]}, 1.5, [[0, 1, 2], [3, 3, 3]], "b")
    assert panel.lines["a"].get_linewidth() < panel.lines["b"].get_linewidth()
    assert panel.lines["a"].get_zorder() < panel.lines["b"].get_zorder()
    assert panel.lines["b"].get_xydata().tolist() == [[0, 2], [1, 1], [2, 0]]
    assert [line.tolist() for line in panel.grid.get_segments()] == [
        [[0, 0], [1, 1], [2, 2]],
        [[0, 3], [1, 3], [2, 3]],
    ]
    assert set(panel.target.get_ydata()) == {1.5}


def test_levels_move_with_the_scale():
    levels = moving_levels(BEFORE, [4.0, 2.5])
    np.testing.assert_array_equal(levels, [[-8, -5], [-4, -2.5], [0, 0], [4, 2.5]])


def test_walks_are_told_apart_by_colour_dashes_and_marker():
    for kind in zip(*ways(3), strict=True):
        assert len(set(kind)) >= 2
    assert len({way.marker for way in ways(3)}) == len({way.color for way in ways(3)}) == 3


def test_the_plot_of_walks_names_all_that_it_shows():
    ax = plots.walks({"a": [0, 1], "b": [0, 2]}, 3.0, levels=[-1, 4], grey="edges")
    words = " ".join(text.get_text() for text in ax.texts)
    assert all(word in words for word in ("a", "b", "target", "edges"))
    assert ax.get_ylim()[0] < -1 and ax.get_ylim()[1] > 4
    assert "edges" not in " ".join(t.get_text() for t in plots.walks({"a": [0, 0]}, 0.0).texts)


def test_the_plot_of_gradients_holds_its_lines_and_shades_what_is_clipped():
    ax = plots.gradients([-9.0, 0.0, 9.0], {"to x": [0, 1, 0], "to s": [-2, 0, 1]}, NOW)
    lines = {line.get_label(): list(line.get_ydata()) for line in ax.lines}
    assert lines["to x"] == [0, 1, 0] and lines["to s"] == [-2, 0, 1]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["to x", "to s"]
    assert [(band.get_x(), band.get_width()) for band in ax.patches] == [(-9, 4), (2.5, 6.5)]


@pytest.mark.parametrize(
    "call",
    [
        lambda: plots.walks({}, 1.0),
        lambda: plots.walks({"a": [1], "b": [1, 2]}, 1.0),
        lambda: plots.walks(dict.fromkeys("abcd", [1, 2]), 1.0),
        lambda: plots.gradients([1.0, 2.0], {}, NOW),
        lambda: plots.gradients([1.0, 2.0], {"a": [1.0]}, NOW),
        lambda: plots.gradients([1.0], {"a": [1.0]}, QuantParams([1.0], [0], axis=0)),
    ],
)
def test_what_cannot_be_drawn_is_refused(call):
    with pytest.raises(ValueError, match="needs"):
        call()
