"""Fixed-point arithmetic against Python's own integers, which know no overflow and no rounding."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu.core.fixed_point import (
    ROUNDINGS,
    accumulator_bits,
    double_rounding,
    quantize_multiplier,
    requantize,
)

INT32 = st.integers(-(2**31), 2**31 - 1)
MULTIPLIERS = st.one_of(st.just(0), st.integers(2**30, 2**31 - 1))
SHIFTS = st.integers(-31, 30)
LOWEST, HIGHEST = -(2**31), 2**31 - 1


def half_away(x):
    """A Fraction to the nearest whole number, ties away from zero."""
    whole = int(abs(x) + Fraction(1, 2))
    return whole if x >= 0 else -whole


def half_up(x):
    return (x + Fraction(1, 2)).__floor__()


def clamped(n):
    return min(max(n, LOWEST), HIGHEST)


def double(acc, multiplier, shift):
    """gemmlowp's two steps as written: nudge and truncate, then divide by a power of two."""
    product = clamped(acc * 2 ** max(shift, 0)) * multiplier
    nudged = product + (2**30 if product >= 0 else 1 - 2**30)
    high = abs(nudged) // 2**31 * (1 if nudged >= 0 else -1)
    return clamped(half_away(Fraction(high, 2 ** max(-shift, 0))))


def single(acc, multiplier, shift):
    return clamped(half_up(Fraction(acc * multiplier) * Fraction(2) ** (shift - 31)))


def float32(acc, multiplier, shift):
    scale = np.float32(float(multiplier) * 2.0 ** (shift - 31))
    return clamped(int(np.rint(np.float32(acc) * scale)))


LAWS = {"double": double, "single": single, "float32": float32}


@given(INT32, MULTIPLIERS, SHIFTS)
def test_every_rule_over_all_of_int32(acc, multiplier, shift):
    for rule in ROUNDINGS:
        result = requantize(acc, multiplier, shift, rule)
        assert result.dtype == np.int32
        assert int(result) == LAWS[rule](acc, multiplier, shift), rule


@pytest.mark.parametrize("rule", ROUNDINGS)
def test_extremes_and_ties(rule):
    accs = [LOWEST, LOWEST + 1, -3, -2, -1, 0, 1, 2, 3, HIGHEST - 1, HIGHEST]
    accs += [sign * (2 * k + 1) << n for k in range(4) for n in (0, 5, 20) for sign in (1, -1)]
    for multiplier in (2**30, 2**30 + 1, 3 * 2**29, HIGHEST, 0):
        for shift in (-31, -30, -20, -8, -1, 0, 1, 15, 30):
            expected = [LAWS[rule](acc, multiplier, shift) for acc in accs]
            assert requantize(accs, multiplier, shift, rule).tolist() == expected, (
                multiplier,
                shift,
            )


@pytest.mark.parametrize("rule", ["double", "single"])
def test_a_million_random_cases(rule):
    rng = np.random.default_rng(0)
    size = 10**6
    acc = rng.integers(LOWEST, HIGHEST + 1, size) >> rng.integers(0, 31, size)
    multiplier, shift = rng.integers(2**30, 2**31, size), rng.integers(-31, 12, size)
    found = requantize(acc, multiplier, shift, rule).tolist()
    # Python's integers have no width, so these two lines cannot overflow.
    for a, m, s, q in zip(*(v.tolist() for v in (acc, multiplier, shift)), found, strict=True):
        if rule == "single":
            assert q == min(max((a * m + (1 << (30 - s))) >> (31 - s), LOWEST), HIGHEST)
        else:
            high = (min(max(a << max(s, 0), LOWEST), HIGHEST) * m + 2**30) >> 31
            half = 1 << max(-s, 0) >> 1
            assert q == (1 if high >= 0 else -1) * ((abs(high) + half) >> max(-s, 0))


@given(INT32, MULTIPLIERS, SHIFTS)
def test_ties_up_differs_on_ties_of_the_second_step_alone(acc, multiplier, shift):
    rule = (np.int64(acc), multiplier, shift)
    away, up = (int(double_rounding(*rule, ties_up=ties)) for ties in (False, True))
    assert up - away in (0, 1)
    if up != away:
        assert acc < 0 and shift < 0


def test_channels_have_multipliers_of_their_own():
    multiplier, shift = quantize_multiplier([0.25, 0.003, 1.5])
    acc = np.arange(-30, 30).reshape(20, 3)
    each = [requantize(acc[:, c], multiplier[c], shift[c]) for c in range(3)]
    np.testing.assert_array_equal(requantize(acc, multiplier, shift), np.stack(each, axis=1))


@given(st.floats(2.0**-31, 2.0**30))
def test_a_multiplier_has_31_bits(m):
    multiplier, shift = quantize_multiplier(m)
    assert 2**30 <= multiplier < 2**31
    assert abs(multiplier * 2.0 ** (shift - 31) / m - 1) <= 2.0**-31


def test_a_mantissa_that_rounds_up_to_a_power_of_two_is_halved():
    assert quantize_multiplier(np.nextafter(1.0, 0)) == (2**30, 1)


def test_what_is_too_small_becomes_zero():
    assert quantize_multiplier(2.0**-33) == quantize_multiplier(0) == (0, 0)
    assert quantize_multiplier(2.0**-32) == (2**30, -31)


@pytest.mark.parametrize("m", [-0.5, np.nan, np.inf, 2.0**31, [0.5, -1]])
def test_no_multiplier(m):
    with pytest.raises(ValueError, match="from 0 to below 2\\*\\*31"):
        quantize_multiplier(m)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.5, 2**30, 0), "acc must hold integers"),
        ((2**31, 2**30, 0), "acc must lie from -2147483648 to 2147483647; got 2147483648"),
        ((1, -1, 0), "multiplier must lie from 0"),
        ((1, 2**30, 31), "shift must lie from -31 to 30"),
        ((1, 2**30, 0, "up"), "No rounding 'up'; choose one of double, single, float32"),
    ],
)
def test_mistakes_of_requantize(arguments, message):
    with pytest.raises(ValueError, match=message):
        requantize(*arguments)


@given(st.lists(st.integers(-128, 127), min_size=1, max_size=4), st.integers(0, 255))
def test_accumulator_bits_are_enough_and_no_more(weights, highest):
    lo, hi = -(255 - highest), highest
    sums = [
        sum(w * (hi if (w > 0) == up else lo) for w in weights if w != 0) for up in (True, False)
    ]
    bits = accumulator_bits(np.int8(weights).reshape(-1, 1), (lo, hi))
    assert -(2 ** (bits - 1)) <= min(sums) and max(sums) < 2 ** (bits - 1)
    if bits > 1:
        assert not (-(2 ** (bits - 2)) <= min(sums) and max(sums) < 2 ** (bits - 2))


@pytest.mark.parametrize(
    ("weights", "input_range", "message"),
    [
        ([0.5], (-1, 1), "weights must be integers"),
        ([1], (1, 2), "with 0 inside"),
        ([1], (-0.5, 2), "with 0 inside"),
    ],
)
def test_mistakes_of_accumulator_bits(weights, input_range, message):
    with pytest.raises(ValueError, match=message):
        accumulator_bits(weights, input_range)
