"""The plot of descents names all that it shows."""

import pytest

from qnn_edu.draw import plots


def test_the_plot_of_walks_names_all_that_it_shows():
    ax = plots.walks({"a": [0, 1], "b": [0, 2]}, 3.0, levels=[-1, 4], grey="edges")
    words = " ".join(text.get_text() for text in ax.texts)
    assert all(word in words for word in ("a", "b", "target", "edges"))
    assert ax.get_ylim()[0] < -1 and ax.get_ylim()[1] > 4
    assert "edges" not in " ".join(t.get_text() for t in plots.walks({"a": [0, 0]}, 0.0).texts)


@pytest.mark.parametrize("lines", [{}, {"a": [1], "b": [1, 2]}, dict.fromkeys("abcd", [1, 2])])
def test_walks_that_cannot_be_drawn_are_refused(lines):
    with pytest.raises(ValueError, match="needs one to three lines of one length"):
        plots.walks(lines, 1.0)
