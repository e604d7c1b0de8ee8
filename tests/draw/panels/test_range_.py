"""The picture of a range: marks at their places, both errors and their sum, where hi is."""

import numpy as np

from qnn_edu import QuantParams
from qnn_edu.draw import style
from qnn_edu.draw.panels.range_ import ErrorSplit, Marks, Range
from tests.draw.panels.artists import assert_only_artists_move, boxes, updated, ys

FOUND = {
    "x": np.linspace(0, 10, 100),
    "params": QuantParams(scale=0.5, zero_point=0, bits=3),  # from -2 to 1.5
    "methods": {"a": (0.0, 2.0), "b": (0.0, 9.0)},
    "ends": np.array([1.0, 2.0, 3.0]),
    "split": np.array([[3, 2, 1], [0.1, 0.2, 0.3]]),
    "here": (1.5, 2.5, 0.125),
}


def split():
    hi, errors = np.array([1.0, 2, 3]), [[3, 2, 1], [0.1, 0.2, 0.3]]
    return updated(ErrorSplit(style.axes(), (0, 4), (0.01, 10)), hi, errors, (1.5, 2.5, 0.125))


def test_clipping_rounding_and_their_sum_each_have_a_curve_and_a_dot():
    panel = split()
    np.testing.assert_allclose(ys(*panel.curves), [[3, 2, 1], [0.1, 0.2, 0.3], [3.1, 2.2, 1.3]])
    assert [dot.get_xydata().tolist() for dot in panel.dots] == [
        [[1.5, 2.5]],
        [[1.5, 0.125]],
        [[1.5, 2.625]],
    ]
    colors = [curve.get_color() for curve in panel.curves]
    assert colors == [dot.get_color() for dot in panel.dots]
    names = [name.get_color() for name in panel.names]
    assert names == [style.ink(colors[0]), style.ink(colors[1]), colors[2]]
    assert [name.get_text().split()[0] for name in panel.names] == ["clipping", "rounding", "sum"]


def test_the_cursor_stands_at_hi():
    assert split().cursor.get_xdata() == [1.5, 1.5]


def test_marks_stand_at_their_places_as_high_as_their_names():
    panel = Marks(style.axes(), ["a", "b"])
    panel.ax.set_xlim(0, 10)
    updated(panel, {"a": 2.0, "b": 9.0})
    assert {name: line.get_xdata() for name, line in panel.lines.items()} == {
        "a": [2, 2],
        "b": [9, 9],
    }
    tops = {name: line.get_ydata()[1] for name, line in panel.lines.items()}
    assert tops == {name: text.get_position()[1] for name, text in panel.texts.items()}
    assert tops["a"] > tops["b"]  # where one hides the other, the higher one is still seen
    assert panel.texts["a"].get_position()[0] > 2 and panel.texts["b"].get_position()[0] < 9


def test_the_picture_marks_the_ends_shades_what_is_clipped_and_follows_hi():
    picture = updated(Range(["a", "b"]), FOUND)
    assert picture.marks.lines["b"].get_xdata() == [9, 9]
    assert boxes(picture.spread.clipped) == [(-2.5, 0.5), (1.5, 23.5)]
    assert picture.errors.cursor.get_xdata() == [1.5, 1.5]
    np.testing.assert_array_equal(ys(*picture.errors.curves)[:2], FOUND["split"])


def test_only_its_artists_move():
    other = {"x": FOUND["x"] / 2, "here": (3.0, 0.5, 0.25), "methods": {"a": (0, 1), "b": (0, 20)}}
    assert_only_artists_move(lambda: Range(["a", "b"]), FOUND, FOUND | other)
