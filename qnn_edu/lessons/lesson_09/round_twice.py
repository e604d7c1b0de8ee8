"""The product rounded to 2**shift's, half up; that to whole numbers, half away from zero."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.core import fixed_point
from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.lesson_09.round_once import solution as in_one_step
from qnn_edu.lessons.mistakes import mistake


def solution(acc, multiplier, shift, zero_point, lo, hi):
    high = (acc.astype(np.int64) * multiplier + (1 << 30)) >> 31
    half = 1 << (-shift - 1)
    whole = (high + half - (high < 0)) >> -shift
    return np.clip(whole + zero_point, lo, hi)


def with_where(acc, multiplier, shift, zero_point, lo, hi):
    high = (acc.astype(np.int64) * multiplier + (1 << 30)) >> 31
    half = 1 << (-shift - 1)
    whole = np.where(high < 0, -((half - high) >> -shift), (high + half) >> -shift)
    return np.clip(whole + zero_point, lo, hi)


def _first(acc, multiplier):
    return (acc.astype(np.int64) * multiplier + (1 << 30)) >> 31


def _finished(whole, zero_point, lo, hi):
    return np.clip(whole + zero_point, lo, hi)


@mistake("that is one shift of all places, rounded once. Here are two, each with its own rounding.")
def rounded_once(acc, multiplier, shift, zero_point, lo, hi):
    return in_one_step(acc, multiplier, shift, zero_point, lo, hi)


@mistake(
    "multiplied in floating point and rounded once, ties to even. Here are two shifts of integers, "
    "each with its own rounding."
)
def in_floating_point(acc, multiplier, shift, zero_point, lo, hi):
    return _finished(np.rint(acc * (multiplier * 2.0 ** (shift - 31))), zero_point, lo, hi)


@mistake(
    "in the first step, too, ties of negative numbers went away from zero. There they go up: half "
    "and a shift, no more."
)
def first_away_from_zero(acc, multiplier, shift, zero_point, lo, hi):
    size = solution(np.abs(acc), multiplier, shift, 0, 0, 2**31)
    return _finished(size * np.sign(acc), zero_point, lo, hi)


@mistake(
    "in the second step ties of negative numbers went up. They go away from zero, so down: take 1 "
    "off a negative number before you shift."
)
def ties_up(acc, multiplier, shift, zero_point, lo, hi):
    return _finished((_first(acc, multiplier) + (1 << (-shift - 1))) >> -shift, zero_point, lo, hi)


@mistake(
    "the first step cut off instead of rounding: a bare shift floors. Add 2**30, half of 2**31, "
    "before it."
)
def first_floored(acc, multiplier, shift, zero_point, lo, hi):
    high = (acc.astype(np.int64) * multiplier) >> 31
    return _finished(fixed_point.divide_by_power(high, -shift), zero_point, lo, hi)


@mistake("the second step cut off instead of rounding: add half of 2**-shift before you shift.")
def second_floored(acc, multiplier, shift, zero_point, lo, hi):
    return _finished(_first(acc, multiplier) >> -shift, zero_point, lo, hi)


@mistake("both shifts cut off instead of rounding. Add half of the divisor before each.")
def both_floored(acc, multiplier, shift, zero_point, lo, hi):
    high = (acc.astype(np.int64) * multiplier) >> 31
    return _finished(high >> -shift, zero_point, lo, hi)


@mistake("the 1 was taken off every number. Only the negative ones need it.")
def always_one_less(acc, multiplier, shift, zero_point, lo, hi):
    whole = (_first(acc, multiplier) + (1 << (-shift - 1)) - 1) >> -shift
    return _finished(whole, zero_point, lo, hi)


@mistake(
    "the 1 was added to negative numbers. It is taken off: their ties go down, away from zero."
)
def one_more(acc, multiplier, shift, zero_point, lo, hi):
    high = _first(acc, multiplier)
    return _finished((high + (1 << (-shift - 1)) + (high < 0)) >> -shift, zero_point, lo, hi)


@mistake("in the second step ties went to even, as numpy's round does. They go away from zero.")
def second_to_even(acc, multiplier, shift, zero_point, lo, hi):
    whole = np.rint(_first(acc, multiplier) / (1 << -shift)).astype(np.int64)
    return _finished(whole, zero_point, lo, hi)


@mistake(
    "the product was formed in int32 and wrapped around. Two 32-bit numbers multiply to 64 bits: "
    "acc.astype(np.int64) first."
)
def product_in_int32(acc, multiplier, shift, zero_point, lo, hi):
    high = ((acc.astype(np.int32) * np.int32(multiplier)).astype(np.int64) + (1 << 30)) >> 31
    return _finished(fixed_point.divide_by_power(high, -shift), zero_point, lo, hi)


@mistake("the zero point was added to the accumulator. It counts steps of the output: add it last.")
def zero_point_first(acc, multiplier, shift, zero_point, lo, hi):
    return solution(acc + zero_point, multiplier, shift, 0, lo, hi)


@mistake("the output's zero point was not added.")
def zero_point_left_out(acc, multiplier, shift, zero_point, lo, hi):
    return solution(acc, multiplier, shift, 0, lo, hi)


@mistake("the result was not clamped to lo..hi.")
def no_clamp(acc, multiplier, shift, zero_point, lo, hi):
    return solution(acc, multiplier, shift, zero_point, -(2**31), 2**31)


def _sums(seed, m, zero_point, lo, hi):
    """Sums around zero that meet ties of either step, where m is a power of two, and any others."""
    most = int(200 / m)
    near = np.round(np.arange(-14, 15) / 4 / m)
    acc = np.concatenate([near, default_rng(seed).integers(-most, most, 40)])
    return acc.astype(np.int32), *fixed_point.quantize_multiplier(m), zero_point, lo, hi


round_twice = Exercise(
    "From the accumulator to the output, rounded twice",
    solution,
    cases=[
        _sums(7, 0.25, 0, -128, 127),
        _sums(8, 0.0625, 20, -128, 127),
        _sums(9, 0.0123, 5, 5, 90),
        _sums(10, 0.25, -30, -100, 300),
        _sums(11, 0.31, -3, -100, 300),
        _sums(12, 0.125, 3, -128, 127),
    ],
    mistakes=(
        rounded_once,
        in_floating_point,
        first_away_from_zero,
        ties_up,
        first_floored,
        second_floored,
        both_floored,
        always_one_less,
        one_more,
        second_to_even,
        product_in_int32,
        zero_point_first,
        zero_point_left_out,
        no_clamp,
    ),
    also=(with_where,),
    hints=(
        "First step: acc.astype(np.int64) * multiplier, plus half of 2**31, shifted by 31.",
        "Second step: the same with half = 1 << (-shift - 1), shifted by -shift. That takes ties "
        "up; with one less before it, - (high < 0), those of negative numbers go down.",
        "((high + half - (high < 0)) >> -shift) + zero_point, then np.clip",
    ),
)
