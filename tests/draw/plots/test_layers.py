"""The pictures of a layer report: how much signal is left, and who made the noise."""

from types import SimpleNamespace

import numpy as np
import pytest

from qnn_edu.draw import picture, plots, style

REPORT = [
    SimpleNamespace(name="conv", sqnr_db=40.0, share_made=1.0),
    SimpleNamespace(name="depthwise", sqnr_db=12.0, share_made=0.75),
    SimpleNamespace(name="pointwise", sqnr_db=-3.0, share_made=0.0),
]
BOTH = pytest.mark.parametrize("plot", [plots.layer_sqnr, plots.layer_shares])


def row(sqnr_db, share_made=1.0):
    return SimpleNamespace(name="x", sqnr_db=sqnr_db, share_made=share_made)


def words(ax):
    return {text.get_text(): text.get_weight() for text in ax.texts}


def test_a_bar_of_the_sqnr_begins_at_0_db_and_ends_at_it():
    ax = plots.layer_sqnr(REPORT)
    for container, each in zip(ax.containers, REPORT, strict=True):
        (bar,) = container.patches
        assert (bar.get_x(), bar.get_width()) == (0, each.sqnr_db)
    low, high = ax.get_xlim()
    assert -10 < low < -3 and 40 < high < 60


def test_what_is_broken_has_another_colour_and_bold_words():
    ax = plots.layer_sqnr(REPORT)
    fine, also_fine, broken = (container.patches[0].get_facecolor() for container in ax.containers)
    assert fine == also_fine != broken
    found = words(ax)
    assert [found[word] for word in ("40.0 dB", "12.0 dB", "-3.0 dB")] == [
        "normal",
        "normal",
        "bold",
    ]


def test_the_shares_fill_each_bar_to_the_whole():
    made, inherited = plots.layer_shares(REPORT).containers
    for first, second, each in zip(made.patches, inherited.patches, REPORT, strict=True):
        assert (first.get_x(), first.get_width()) == (0, each.share_made)
        assert second.get_x() == each.share_made
        assert first.get_width() + second.get_width() == 1


def test_the_parts_differ_by_hatch_as_well_as_colour_and_are_named():
    ax = plots.layer_shares(REPORT)
    made, inherited = (container.patches[1] for container in ax.containers)
    assert made.get_hatch() and not inherited.get_hatch()
    assert made.get_facecolor() != inherited.get_facecolor()
    legend = ax.get_legend()
    names = {
        text.get_text(): patch.get_hatch()
        for text, patch in zip(legend.get_texts(), legend.get_patches(), strict=True)
    }
    assert names["made here"] and not names["inherited"]
    found = words(ax)
    assert (found["75 %"], found["0 %"]) == ("bold", "normal")


@BOTH
def test_layers_stand_in_order_from_the_top(plot):
    ax = plot(REPORT)
    assert [label.get_text() for label in ax.get_yticklabels()] == [r.name for r in REPORT]
    assert ax.yaxis_inverted()


@BOTH
def test_a_marked_layer_is_told_by_its_weight_and_a_band_behind_its_row(plot):
    plain, marked = plot(REPORT), plot(REPORT, mark="depthwise")
    assert len(marked.patches) == len(plain.patches) + 1
    weights = [label.get_weight() for label in marked.get_yticklabels()]
    assert weights == ["normal", "bold", "normal"]


@pytest.mark.parametrize(
    ("rows", "level", "share"),
    [
        ([row(np.inf, 0.0), row(20.0)], "no noise", "no noise"),
        ([row(-np.inf), row(20.0)], "-inf dB", "100 %"),
        ([row(np.inf, 0.0)], "no noise", "no noise"),
    ],
)
def test_no_noise_and_no_signal(rows, level, share):
    left, right = plots.layer_sqnr(rows), plots.layer_shares(rows)
    assert level in words(left) and share in words(right)
    assert picture.pixels(left).any() and picture.pixels(right).any()
    made, inherited = (container.patches[0].get_width() for container in right.containers)
    assert made + inherited == (share != "no noise")


@BOTH
def test_words_lie_inside_the_figure(plot):
    ax = plot(REPORT)
    ax.figure.canvas.draw()
    for text in ax.texts:
        assert text.get_window_extent().x1 <= ax.figure.bbox.x1, text


@BOTH
def test_it_draws_on_the_axes_it_gets_or_on_a_figure_as_high_as_the_report(plot):
    ax = style.figure().subplots()
    assert plot(REPORT, ax=ax) is ax
    low, high = (plot(REPORT * n).figure.get_figheight() for n in (1, 10))
    assert high - low == pytest.approx(0.3 * 27)


@BOTH
def test_an_empty_report_and_a_layer_that_is_not_there_are_refused(plot):
    with pytest.raises(ValueError, match="no rows"):
        plot([])
    with pytest.raises(ValueError, match="no layer 'dense' to mark; there are conv, depthwise"):
        plot(REPORT, mark="dense")
