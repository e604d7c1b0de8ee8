"""The picture of a layer report: bars as long as the noise, parts as large as their shares."""

from types import SimpleNamespace

import numpy as np
import pytest

from qnn_edu.draw import picture, plots, style

REPORT = [
    SimpleNamespace(name="conv", sqnr_db=40.0, rmse_steps=0.29, share_made=1.0),
    SimpleNamespace(name="depthwise", sqnr_db=12.0, rmse_steps=3.5, share_made=0.75),
    SimpleNamespace(name="left_in_float", sqnr_db=11.0, rmse_steps=None, share_made=0.0),
]


def row(sqnr_db, rmse_steps=None):
    return SimpleNamespace(name="x", sqnr_db=sqnr_db, rmse_steps=rmse_steps, share_made=1.0)


def bars(ax):
    inherited, made = ax.containers
    return list(zip(inherited.patches, made.patches, strict=True))


def test_a_bar_ends_at_minus_sqnr_and_is_split_by_the_share():
    ax = plots.layer_losses(REPORT)
    for (inherited, made), each in zip(bars(ax), REPORT, strict=True):
        assert made.get_x() + made.get_width() == pytest.approx(-each.sqnr_db)
        assert inherited.get_x() == ax.get_xlim()[0] == -50
        whole = inherited.get_width() + made.get_width()
        assert made.get_width() == pytest.approx(each.share_made * whole)


def test_the_parts_differ_by_hatch_as_well_as_colour_and_are_named():
    ax = plots.layer_losses(REPORT)
    inherited, made = bars(ax)[1]
    assert not inherited.get_hatch() and made.get_hatch()
    assert inherited.get_facecolor() != made.get_facecolor()
    names = {text.get_text(): patch for text, patch in _legend(ax)}
    assert names["made here"].get_hatch() and not names["inherited"].get_hatch()


def _legend(ax):
    return zip(ax.get_legend().get_texts(), ax.get_legend().get_patches(), strict=True)


def test_layers_stand_in_order_from_the_top_with_their_figures():
    ax = plots.layer_losses(REPORT)
    assert [label.get_text() for label in ax.get_yticklabels()] == [r.name for r in REPORT]
    assert ax.yaxis_inverted()
    words = {text.get_text(): text for text in ax.texts}
    assert {"40.0 dB", "12.0 dB", "11.0 dB", "0.29", "3.50"} < set(words)
    assert (words["0.29"].get_weight(), words["3.50"].get_weight()) == ("normal", "bold")


@pytest.mark.parametrize(
    ("rows", "words", "widths"),
    [
        ([row(np.inf), row(20.0)], {"no noise", "20.0 dB"}, [False, True]),
        ([row(-np.inf), row(20.0)], {"-inf dB", "20.0 dB"}, [True, True]),
        ([row(np.inf)], {"no noise"}, [False]),
        ([row(-4.0, 30.0)], {"-4.0 dB", "30.00"}, [True]),
    ],
)
def test_no_noise_no_signal_and_noise_above_the_signal(rows, words, widths):
    ax = plots.layer_losses(rows)
    assert words <= {text.get_text() for text in ax.texts}
    assert [made.get_width() > 0 for _, made in bars(ax)] == widths
    assert picture.pixels(ax).any()


def test_words_at_the_right_lie_inside_the_figure_and_clear_of_the_legend():
    ax = plots.layer_losses(REPORT)
    ax.figure.canvas.draw()
    legend = ax.get_legend().get_window_extent()
    for text in ax.texts:
        box = text.get_window_extent()
        assert box.x1 <= ax.figure.bbox.x1 and not box.overlaps(legend), text


def test_it_draws_on_the_axes_it_gets_or_on_a_figure_as_high_as_the_report():
    ax = style.figure().subplots()
    assert plots.layer_losses(REPORT, ax=ax) is ax
    low, high = (plots.layer_losses(REPORT * n).figure.get_figheight() for n in (1, 10))
    assert high - low == pytest.approx(0.3 * 27)


def test_an_empty_report_is_refused():
    with pytest.raises(ValueError, match="no rows"):
        plots.layer_losses([])
