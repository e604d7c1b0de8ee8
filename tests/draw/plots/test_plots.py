"""The plots: what their artists hold is what the package computes."""

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu import QuantParams, fake_quant, params_from_range
from qnn_edu.draw import plots, style
from qnn_edu.draw.panels.histogram import share
from qnn_edu.draw.panels.panel import DRAWN_LEVELS, levels_of, steps

P3 = params_from_range(-1.0, 1.5, bits=3)
EACH = {
    "staircase": lambda ax: plots.staircase(P3, ax=ax),
    "error": lambda ax: plots.error(P3, ax=ax),
    "histogram": lambda ax: plots.histogram(np.arange(9.0), P3, ax=ax),
    "error_against_bits": lambda ax: plots.error_against_bits([2, 3], {"a": [9.0, 15.0]}, ax=ax),
    "channel_ranges": lambda ax: plots.channel_ranges([-1, -2], [1, 0.5], levels=[9, 8], ax=ax),
}


def curves(ax):
    """The lines of a plot that hold a curve: more than the two points of a guide."""
    return [line.get_xydata().T for line in ax.lines if len(line.get_xdata()) > 2]


@given(
    lo=st.floats(-100, 0),
    width=st.floats(0.01, 100),
    bits=st.integers(2, 10),
    narrow=st.booleans(),
)
def test_steps_lie_on_the_transfer_curve_and_miss_no_level(lo, width, bits, narrow):
    p = params_from_range(lo, lo + width, bits=bits, narrow_range=narrow)
    margin = float(p.scale) * 3
    x, y = steps(p, (float(p.lo) - margin, float(p.hi) + margin))
    np.testing.assert_array_equal(y, fake_quant(x, p))
    assert (np.diff(x) >= 0).all()
    levels = levels_of(p)
    assert set(np.float32(levels).tolist()) >= set(np.float32(y).tolist())
    if levels.size <= DRAWN_LEVELS:
        assert len(set(y)) == levels.size


def test_the_staircase_and_its_error_are_drawn_from_fake_quant():
    ((x, y),) = curves(plots.staircase(P3, span=(-2, 2)))
    np.testing.assert_array_equal(y, fake_quant(x, P3))
    ((x, e),) = curves(plots.error(P3, span=(-2, 2)))
    np.testing.assert_array_equal(e, fake_quant(x, P3).astype(float) - x)
    inside = (x > P3.lo) & (x < P3.hi)
    assert np.abs(e[inside]).max() == pytest.approx(P3.scale / 2, rel=1e-3)


def test_lo_hi_and_zero_are_written_on_the_staircase():
    words = {text.get_text() for text in plots.staircase(P3).texts}
    assert {"lo = -1.07", "hi = 1.43", f"0 is exactly q = {P3.zero_point}"} <= words


def test_the_ends_are_written_inside_the_axes_where_the_range_goes_beyond():
    ax = plots.staircase(params_from_range(-9, 9, bits=3), span=(-2, 2))
    places = [text.get_position()[0] for text in ax.texts if text.get_text()[:2] in ("lo", "hi")]
    assert len(places) == 2 and all(-2 < x < 2 for x in places)


@pytest.mark.parametrize(("bits", "lines"), [(2, 4), (6, 64), (7, 2), (16, 2)])
def test_a_histogram_draws_every_level_or_only_the_ends(bits, lines):
    p = params_from_range(-1, 1, bits=bits)
    ax = plots.histogram(np.linspace(-2, 2, 100), p)
    (x, _), *_ = curves(ax)
    assert x.size == 3 * lines
    assert f"{2**bits} levels" in ax.get_title(loc="right")


def test_histogram_bars_are_shares_of_the_data():
    data = np.random.default_rng(0).normal(size=500)
    (bars,) = (p for p in plots.histogram(data).patches if hasattr(p, "get_data"))
    values, edges, _ = bars.get_data()
    np.testing.assert_array_equal(values, share(data, edges))
    assert values.sum() == pytest.approx(1)


def test_the_guide_rises_six_decibels_a_bit_and_lines_are_named():
    ax = plots.error_against_bits([2, 3, 4], {"a": [1, 7, 13], "b": [0, 1, 2]})
    guide, a, b = ax.lines
    assert np.diff(guide.get_ydata()) == pytest.approx([6.0206] * 2, abs=1e-4)
    assert a.get_ydata().tolist() == [1, 7, 13]
    assert (a.get_color(), a.get_marker()) != (b.get_color(), b.get_marker())
    assert {"a", "b", "6.02 dB per bit"} <= {text.get_text() for text in ax.texts}


def test_channel_bars_reach_from_lo_to_hi():
    ax = plots.channel_ranges([-1, -2], [1, 0.5])
    bars = ax.collections[0].get_segments()
    np.testing.assert_array_equal(bars, [[(0, -1), (0, 1)], [(1, -2), (1, 0.5)]])


@pytest.mark.parametrize("name", EACH)
def test_plots_draw_on_the_axes_they_get_and_name_them(name):
    ax = style.figure().subplots()
    assert EACH[name](ax) is ax
    assert EACH[name](None).figure is not ax.figure
    assert ax.get_xlabel() and ax.get_ylabel() and ax.get_title(loc="left")


@pytest.mark.parametrize("name", EACH)
def test_plots_leave_the_settings_alone(name):
    def settings():  # "backend" is settled when it is first asked for
        return {key: matplotlib.rcParams[key] for key in matplotlib.rcParams if key != "backend"}

    before = settings()
    EACH[name](None).figure.canvas.draw()
    assert settings() == before


@pytest.mark.parametrize(
    "plot", [plots.staircase, plots.error, lambda p: plots.histogram([1.0], p)]
)
def test_plots_of_one_quantizer_refuse_many(plot):
    with pytest.raises(ValueError, match="for each of 2 channels"):
        plot(QuantParams([1.0, 2.0], [0, 0], axis=0))


@pytest.mark.parametrize("lines", [{}, {"a": [1.0]}])
def test_error_against_bits_refuses_lines_that_do_not_fit(lines):
    with pytest.raises(ValueError, match="each of 2 values"):
        plots.error_against_bits([2, 3], lines)


def test_colours_of_words_can_be_read_on_white():
    for line in style.SERIES:
        r, g, b = (int(style.ink(line.color)[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (r, g, b)]
        luminance = np.dot(linear, [0.2126, 0.7152, 0.0722])
        assert 1.05 / (luminance + 0.05) >= 4.5, line  # WCAG 2.2, success criterion 1.4.3
