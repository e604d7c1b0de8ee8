"""Accuracy against bits: lines through means, a dot for each seed."""

import pytest

from qnn_edu.draw import plots


def test_means_and_seeds_stand_where_they_are():
    curves = {"trained": {2: [70.0, 80.0], 8: [90.0, 91.0]}, "not": {8: [89.0]}}
    ax = plots.accuracy_against_bits(curves, float_accuracy=[91.0, 92.0], title="Net")
    lines = {line.get_label(): line for line in ax.lines}
    assert list(lines["trained"].get_ydata()) == [90.5, 75.0]
    assert list(lines["not"].get_xdata()) == [8]
    dots = sorted(y for line in ax.lines if line.get_marker() == "." for y in line.get_ydata())
    assert dots == [70.0, 80.0, 89.0, 90.0, 91.0]
    assert [label.get_text() for label in ax.get_xticklabels()] == list("8765432")
    assert ax.get_xlim() == (8.3, 1.7)
    assert {text.get_text() for text in ax.texts} == {"float", "guessing"}
    assert ax.get_title(loc="left") == "Net"


@pytest.mark.parametrize(("curves", "right"), [({}, [90.0]), ({"a": {8: [1.0]}}, [])])
def test_nothing_to_show_is_refused(curves, right):
    with pytest.raises(ValueError, match="at least"):
        plots.accuracy_against_bits(curves, float_accuracy=right)
