"""Several descents: the one that is shown stands in front, and none needs its colour."""

from qnn_edu.draw import style
from qnn_edu.draw.panels.walks import Walks, ways


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


def test_walks_are_told_apart_by_colour_dashes_and_marker():
    for kind in zip(*ways(3), strict=True):
        assert len(set(kind)) >= 2
    assert len({way.marker for way in ways(3)}) == len({way.color for way in ways(3)}) == 3
