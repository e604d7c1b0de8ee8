"""Pictures of requantization: the points are the numbers, and what missed is marked."""

from types import SimpleNamespace

import numpy as np
import pytest

from qnn_edu.draw import plots, style
from qnn_edu.draw.panels.requantize import MOST, AroundZero, Missed, thinned
from qnn_edu.ui.numbers.requantize import multiplier_of_bits, requantized

FOUND = requantized(0.25, bits=31, rounding="double")
ROWS = [
    SimpleNamespace(name="conv_relu", operator="CONV_2D", share=0.0, largest=0),
    SimpleNamespace(name="batchnorm", operator="DEPTHWISE_CONV_2D", share=0.004, largest=2),
    SimpleNamespace(name="dense", operator="FULLY_CONNECTED", share=1.0, largest=7),
]


def axes():
    return style.figure().add_subplot()


def test_points_around_zero_are_the_integers_and_ties_are_marked():
    panel = AroundZero(axes())
    panel.update(FOUND["exact"], FOUND["integers"], FOUND["tie"])
    x, y = panel.points.get_data()
    np.testing.assert_array_equal(y, FOUND["integers"][np.isin(FOUND["exact"], x)])
    ties, _ = panel.ties.get_data()
    assert ties.tolist() == [-4.5, -3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5]


def test_crosses_stand_only_beyond_half_a_step():
    panel = Missed(axes())
    panel.update(FOUND["exact"], FOUND["error"], FOUND["wrong"])
    _, errors = panel.wrong.get_data()
    assert errors.size and (np.abs(errors) > 0.5).all()


@pytest.mark.parametrize("size", [1, 2, MOST, MOST + 1, 100_000])
def test_thinning_keeps_the_first_and_no_more_than_asked(size):
    a, b = thinned(np.arange(size), -np.arange(size))
    assert a[0] == 0 and len(a) <= MOST
    np.testing.assert_array_equal(a, -b)
    assert size > MOST or len(a) == size


@pytest.mark.parametrize("bits", [2, 8, 31])
def test_multipliers_are_normalised_and_nearest(bits):
    for m in np.random.default_rng(bits).uniform(1e-4, 4, 200):
        multiplier, shift = multiplier_of_bits(m, bits)
        assert 2 ** (bits - 1) <= multiplier < 2**bits
        assert abs(multiplier * 2.0 ** (shift - bits) - m) <= 2.0 ** (shift - bits - 1) * 1.0001


def test_the_error_of_multipliers_lies_below_the_bound_that_is_drawn():
    bits = np.arange(4, 12)
    m = np.random.default_rng(0).uniform(0.001, 0.1, 50)
    pairs = [[multiplier_of_bits(each, n) for each in m] for n in bits]
    error = [
        [q * 2.0 ** (s - n) / v - 1 for (q, s), v in zip(row, m, strict=True)]
        for n, row in zip(bits, pairs, strict=True)
    ]
    bound, *_, worst = plots.multiplier_error(bits, error).lines
    assert (worst.get_ydata() <= bound.get_ydata()).all()


def test_multiplier_error_refuses_rows_that_do_not_fit():
    with pytest.raises(ValueError, match="a row for each of 2 bits"):
        plots.multiplier_error([4, 8], [[0.1]])


def test_a_bar_of_the_snowball_ends_at_its_share_and_equal_layers_have_none():
    ax = plots.snowball(ROWS)
    (bars,) = ax.containers
    ends = [bar.get_x() + bar.get_width() for bar in bars.patches]
    assert ends[1:] == pytest.approx([0.004, 1.0]) and bars.patches[0].get_width() == 0
    words = [text.get_text() for text in ax.texts]
    assert words == ["equal", "0.40 %, 2 LSB", "100.00 %, 7 LSB"]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["conv", "depthwise_conv", "dense"] and ax.yaxis_inverted()


def test_words_of_the_snowball_lie_inside_the_figure():
    ax = plots.snowball(ROWS)
    ax.figure.canvas.draw()
    assert all(text.get_window_extent().x1 <= ax.figure.bbox.x1 for text in ax.texts)


def test_an_empty_snowball_is_refused():
    with pytest.raises(ValueError, match="no rows"):
        plots.snowball([])
