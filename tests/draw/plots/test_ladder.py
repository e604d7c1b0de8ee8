"""A ladder: a bar for each rung, the first on top."""

import pytest

from qnn_edu.draw import plots


def test_bars_are_as_long_as_accuracies_from_the_top_down():
    ax = plots.ladder({"low": 20.0, "high": 75.5}, float_accuracy=80.04, title="Net")
    assert [(bar.get_y() + bar.get_height() / 2, bar.get_width()) for bar in ax.patches] == [
        (0, 20.0),
        (1, 75.5),
    ]
    top, bottom = ax.get_ylim()[::-1]
    assert top < bottom
    assert [label.get_text() for label in ax.get_yticklabels()] == ["low", "high"]
    assert [line.get_xdata()[0] for line in ax.lines] == [10.0, 80.04]
    assert [text.get_text() for text in ax.texts] == ["20.0", "75.5", "guessing", "float 80.0"]


def test_no_rung_is_refused():
    with pytest.raises(ValueError, match="a rung at least"):
        plots.ladder({}, float_accuracy=90.0)
