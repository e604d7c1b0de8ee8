"""(acc * multiplier + half) >> places, plus the zero point, clipped: rounded once, half up."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.core import fixed_point
from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(acc, multiplier, shift, zero_point, lo, hi):
    places = 31 - shift
    half = 1 << (places - 1)
    whole = (acc.astype(np.int64) * multiplier + half) >> places
    return np.clip(whole + zero_point, lo, hi)


def _exactly(acc, multiplier, shift):
    return acc.astype(np.float64) * (multiplier * 2.0 ** (shift - 31))


@mistake(
    "a right shift floors: it rounds every number down, the negative ones away from zero. Add "
    "half of the divisor, 1 << (places - 1), before you shift."
)
def floor_of_negative(acc, multiplier, shift, zero_point, lo, hi):
    whole = (acc.astype(np.int64) * multiplier) >> (31 - shift)
    return np.clip(whole + zero_point, lo, hi)


@mistake("cut off towards zero instead of rounded.")
def toward_zero(acc, multiplier, shift, zero_point, lo, hi):
    return np.clip(np.trunc(_exactly(acc, multiplier, shift)) + zero_point, lo, hi)


@mistake("ties went to even, as numpy's round does. Here they go up.")
def half_to_even(acc, multiplier, shift, zero_point, lo, hi):
    return np.clip(np.round(_exactly(acc, multiplier, shift)) + zero_point, lo, hi)


@mistake("ties went away from zero. Half, added before a shift, takes them up.")
def half_away(acc, multiplier, shift, zero_point, lo, hi):
    y = _exactly(acc, multiplier, shift)
    return np.clip(np.trunc(y + np.copysign(0.5, y)) + zero_point, lo, hi)


@mistake("ties went down. Half, added before a shift, takes them up.")
def half_down(acc, multiplier, shift, zero_point, lo, hi):
    return np.clip(np.ceil(_exactly(acc, multiplier, shift) - 0.5) + zero_point, lo, hi)


@mistake("rounded up, always. Half of the divisor, added before the shift, rounds to the nearest.")
def always_up(acc, multiplier, shift, zero_point, lo, hi):
    return np.clip(np.ceil(_exactly(acc, multiplier, shift)) + zero_point, lo, hi)


@mistake("that is double rounding. Here is only one shift, of all places.")
def rounded_twice(acc, multiplier, shift, zero_point, lo, hi):
    whole = fixed_point.requantize(acc, multiplier, shift, rounding="double")
    return np.clip(whole + zero_point, lo, hi)


@mistake("that is rounded twice, once for each of two shifts. Here is only one, of all places.")
def two_shifts(acc, multiplier, shift, zero_point, lo, hi):
    high = (acc.astype(np.int64) * multiplier + (1 << 30)) >> 31
    return np.clip((high + ((1 << -shift) >> 1) >> -shift) + zero_point, lo, hi)


@mistake(
    "the product was formed in int32 and wrapped around. Two 32-bit numbers multiply to 64 bits: "
    "acc.astype(np.int64) first."
)
def product_in_int32(acc, multiplier, shift, zero_point, lo, hi):
    product = acc.astype(np.int32) * np.int32(multiplier)
    whole = (product.astype(np.int64) + (1 << (30 - shift))) >> (31 - shift)
    return np.clip(whole + zero_point, lo, hi)


@mistake(
    "the zero point was added to the accumulator. It counts steps of the output: add it after the "
    "shift."
)
def zero_point_first(acc, multiplier, shift, zero_point, lo, hi):
    return solution(acc + zero_point, multiplier, shift, 0, lo, hi)


@mistake("the output's zero point was not added.")
def zero_point_left_out(acc, multiplier, shift, zero_point, lo, hi):
    return solution(acc, multiplier, shift, 0, lo, hi)


@mistake("the result was not clamped to lo..hi.")
def no_clamp(acc, multiplier, shift, zero_point, lo, hi):
    return solution(acc, multiplier, shift, zero_point, -(2**31), 2**31)


def _sums(seed, m, zero_point, lo, hi):
    most = int(200 / m)
    ties = np.round(np.arange(-7, 8) / 2 / m)  # where m is a power of two
    acc = np.concatenate([ties, default_rng(seed).integers(-most, most, 40)])
    return acc.astype(np.int32), *fixed_point.quantize_multiplier(m), zero_point, lo, hi


round_once = Exercise(
    "From the accumulator to the output, rounded once",
    solution,
    cases=[
        _sums(7, 0.5, 0, -128, 127),
        _sums(8, 0.0625, 20, -128, 127),
        _sums(9, 0.0123, 5, 5, 90),
        _sums(10, 0.25, -30, -128, 127),
        _sums(11, 0.31, -3, -100, 300),
    ],
    mistakes=(
        floor_of_negative,
        toward_zero,
        half_to_even,
        half_away,
        half_down,
        always_up,
        rounded_twice,
        two_shifts,
        product_in_int32,
        zero_point_first,
        zero_point_left_out,
        no_clamp,
    ),
    hints=(
        "In all, the product is shifted right by places = 31 - shift.",
        "Add 1 << (places - 1), half of the divisor, before the shift; use np.int64.",
        "((acc.astype(np.int64) * multiplier + half) >> places) + zero_point, then np.clip",
    ),
)
