"""The picture of a descent: the stairs hold the walk, the window, and the levels of now."""

from types import SimpleNamespace

import numpy as np

from qnn_edu import QuantParams
from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import steps
from qnn_edu.draw.panels.straight_through import Descent, StraightThrough, Window, moving_levels
from tests.draw.panels.artists import assert_only_artists_move, boxes, updated

SPAN = (-10, 10)
BEFORE = QuantParams(scale=4.0, zero_point=0, bits=2)
NOW = QuantParams(scale=2.5, zero_point=0, bits=2)  # from -5 to 2.5
X = np.array([-9.0, 0.0, 9.0])


def found(method, target):
    still = SimpleNamespace(weight=[1.0] * 3, value=[0.0] * 3, scale=[4.0] * 3)
    moved = SimpleNamespace(weight=[-3.0, -1, 2], value=[-4.0, 0, 2.5], scale=[4.0, 3, 2.5])
    return {
        "method": method,
        "target": target,
        "walks": {"still": still, "moved": moved},
        "before": BEFORE,
        "now": NOW if method == "moved" else BEFORE,
        "weights": (-9.0, 5.0),
        "values": (-9.0, target + 4),
        "window": {"weight": X, "to_weight": [0, 1, 0], "to_step": None, "here": 1.0},
    }


def test_the_walk_lies_on_the_picture_from_start_to_now():
    panel = Descent(style.axes(), SPAN)
    panel.update(BEFORE, NOW, [-3.0, -1.0, 2.0], [-4.0, 0.0, 2.5], 2.5)
    np.testing.assert_array_equal(panel.before.get_xydata().T, steps(BEFORE, SPAN))
    np.testing.assert_array_equal(panel.stairs.get_xydata().T, steps(NOW, SPAN))
    assert panel.path.get_xydata().tolist() == [[-3, -4], [-1, 0], [2, 2.5]]
    assert panel.start.get_xydata().tolist() == [[-3, -4]]
    assert panel.now.get_xydata().tolist() == [[2, 2.5]]
    assert [text.get_text() for text in panel.names] == ["target", "start", "now"]
    assert boxes(panel.clipped) == [(-10, 5), (2.5, 7.5)]


def test_a_weight_that_stands_is_named_once():
    panel = Descent(style.axes(), SPAN)
    panel.update(BEFORE, BEFORE, [-3.0, -3.0], [-4.0, -4.0], 2.5)
    assert [text.get_text() for text in panel.names] == ["target", "", "now"]


def test_the_window_shows_a_gradient_to_the_step_only_where_there_is_one():
    panel = Window(style.axes(), SPAN)
    panel.update(-5, 2.5, 1.0, weight=X, to_weight=[0, 1, 0], to_step=[-2, 0, 1], here=1.0)
    assert panel.to_weight.get_ydata() == [0, 1, 0] and panel.to_step.get_ydata() == [-2, 0, 1]
    assert panel.now.get_xydata().tolist() == [[1, 1]]
    assert boxes(panel.clipped) == [(-10, 5), (2.5, 7.5)]
    panel.update(-5, 2.5, 1.0, weight=X, to_weight=[0, 1, 0], to_step=None, here=1.0)
    assert len(panel.to_step.get_xdata()) == 0 and panel.names[1].get_text() == ""


def test_levels_move_with_the_scale():
    levels = moving_levels(BEFORE, [4.0, 2.5])
    np.testing.assert_array_equal(levels, [[-8, -5], [-4, -2.5], [0, 0], [4, 2.5]])


def test_the_picture_shows_one_method_left_and_all_of_them_right():
    picture = updated(StraightThrough(["still", "moved"], 40), found("moved", 2.5))
    assert picture.stairs.path.get_xydata().tolist() == [[-3, -4], [-1, 0], [2, 2.5]]
    assert picture.window.now.get_xydata().tolist() == [[2, 1]]
    for panel, name in ((picture.weight, "weight"), (picture.value, "value")):
        walks = found("moved", 2.5)["walks"]
        assert {key: line.get_ydata() for key, line in panel.lines.items()} == {
            key: getattr(walk, name) for key, walk in walks.items()
        }
        assert panel.lines["moved"].get_linewidth() > panel.lines["still"].get_linewidth()
    levels = [line[:, 1].tolist() for line in picture.value.grid.get_segments()]
    assert levels == [[-8, -6, -5], [-4, -3, -2.5], [0, 0, 0], [4, 3, 2.5]]
    edges = [line[:, 1].tolist() for line in picture.weight.grid.get_segments()]
    assert edges == [[-6, -4.5, -3.75], [-2, -1.5, -1.25], [2, 1.5, 1.25]]


def test_axes_reach_as_far_as_the_numbers_say():
    picture = updated(StraightThrough(["still", "moved"], 40), found("moved", 2.5))
    across = [panel.ax.get_xlim() for panel in (picture.stairs, picture.window)]
    assert across == [picture.weight.ax.get_ylim()] * 2 == [(-9, 5)] * 2
    assert picture.stairs.ax.get_ylim() == picture.value.ax.get_ylim() == (-9, 6.5)
    assert boxes(picture.stairs.clipped) == [(-9, 4), (2.5, 2.5)]


def test_only_its_artists_move():
    names = ["still", "moved"]
    states = found("still", 2.5), found("moved", -4.0)
    assert_only_artists_move(lambda: StraightThrough(names, 40), *states)
