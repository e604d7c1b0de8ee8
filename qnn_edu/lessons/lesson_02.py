"""Exercises of lesson 02: quantize and dequantize."""

from __future__ import annotations

import math

import numpy as np

from qnn_edu.lessons.exercise import Exercise, Mistake


def _scale_and_zero_point(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    zero_point = round(qmin - lo / scale)
    return scale, zero_point


def _divides_by_levels(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin + 1)
    return scale, round(qmin - lo / scale)


def _float_zero_point(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return scale, qmin - lo / scale


def _max_only(lo, hi, qmin, qmax):
    scale = hi / (qmax - qmin)
    return scale, round(qmin - lo / scale)


def _forgets_qmin(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return scale, round(-lo / scale)


def _truncated_zero_point(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return scale, int(qmin - lo / scale)


def _floored_zero_point(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return scale, math.floor(qmin - lo / scale)


scale_and_zero_point = Exercise(
    "Scale and zero point",
    _scale_and_zero_point,
    [
        (-1.0, 2.0, -128, 127),
        (0.0, 6.0, 0, 255),
        (-0.7, 5.3, -128, 127),
        (-3.0, 0.25, -8, 7),
        (-2.0, 1.1, 0, 15),
    ],
    (
        Mistake(
            _divides_by_levels,
            "you divided by the number of levels. n levels have n - 1 steps between them: the "
            "range is qmax - qmin steps wide.",
        ),
        Mistake(
            _float_zero_point,
            "the zero point is not a whole number. Then 0.0 lies between two levels and can never "
            "be stored exactly. Round it.",
        ),
        Mistake(
            _max_only,
            "your scale uses hi alone. The steps have to cover everything from lo to hi.",
        ),
        Mistake(
            _forgets_qmin,
            "your zero point counts from 0, as if the grid began there. It begins at qmin.",
        ),
        Mistake(
            _truncated_zero_point,
            "int() cuts the fraction off; the nearest whole number is round().",
        ),
        Mistake(
            _floored_zero_point,
            "floor always goes down; the nearest whole number is round().",
        ),
    ),
    (
        "How many steps lie between qmin and qmax, and how wide is the range that they must cover?",
        "The zero point is the q at which x is 0. You know one pair already: x = lo at q = qmin.",
        "scale = (hi - lo) / (qmax - qmin); zero_point = round(qmin - lo / scale).",
    ),
    tolerance=1e-6,
)


def _quantize(x, scale, zero_point, qmin, qmax):
    q = np.round(x / scale) + zero_point
    return np.clip(q, qmin, qmax).astype(int)


def _no_clip(x, scale, zero_point, qmin, qmax):
    return (np.round(x / scale) + zero_point).astype(int)


def _wraps_around(x, scale, zero_point, qmin, qmax):
    return (np.round(x / scale) + zero_point).astype(int).astype(np.int8)


def _truncates(x, scale, zero_point, qmin, qmax):
    return np.clip((x / scale).astype(int) + zero_point, qmin, qmax)


def _truncates_at_the_end(x, scale, zero_point, qmin, qmax):
    return np.clip((x / scale + zero_point).astype(int), qmin, qmax)


def _multiplies(x, scale, zero_point, qmin, qmax):
    return np.clip(np.round(x * scale) + zero_point, qmin, qmax).astype(int)


def _floors(x, scale, zero_point, qmin, qmax):
    return np.clip(np.floor(x / scale) + zero_point, qmin, qmax).astype(int)


def _no_zero_point(x, scale, zero_point, qmin, qmax):
    return np.clip(np.round(x / scale), qmin, qmax).astype(int)


def _clips_before_zero_point(x, scale, zero_point, qmin, qmax):
    return np.clip(np.round(x / scale), qmin, qmax).astype(int) + zero_point


def _subtracts_zero_point(x, scale, zero_point, qmin, qmax):
    return np.clip(np.round(x / scale) - zero_point, qmin, qmax).astype(int)


def _without_ties(scale: float, size: int = 200) -> np.ndarray:
    """Values well beyond the range on both sides, none half way between two levels."""
    steps = np.random.default_rng(size).integers(-400, 400, size)
    return (steps + np.random.default_rng(1).uniform(-0.45, 0.45, size)) * scale


quantize = Exercise(
    "Quantize",
    _quantize,
    [
        (_without_ties(0.1), 0.1, 3, -128, 127),
        (_without_ties(0.02, 300), 0.02, -60, -128, 127),
        (_without_ties(1.5, 50), 1.5, 9, 0, 15),
    ],
    (
        Mistake(
            _no_clip,
            "a forgotten clip. A value beyond the range got an integer beyond the grid: 8 bits "
            "have no room for it.",
        ),
        Mistake(
            _wraps_around,
            "a forgotten clip, and astype(np.int8) then wrapped around: large positive numbers "
            "came out negative. Clip before you convert.",
        ),
        Mistake(
            _truncates,
            "astype(int) cuts the fraction off, towards zero. The nearest level needs np.round.",
        ),
        Mistake(
            _truncates_at_the_end,
            "astype(int) at the end cuts the fraction off, towards zero. Round before.",
        ),
        Mistake(
            _multiplies,
            "you multiplied by the scale. The way from real numbers to integers divides by it.",
        ),
        Mistake(
            _floors,
            "np.floor always rounds down: on average every value loses half a step. Use np.round.",
        ),
        Mistake(_no_zero_point, "the zero point is missing."),
        Mistake(
            _clips_before_zero_point,
            "you clipped before adding the zero point. The limits qmin and qmax are limits for q.",
        ),
        Mistake(
            _subtracts_zero_point,
            "the zero point has the wrong sign. From x = scale * (q - zero_point), solve for q.",
        ),
    ),
    (
        "Solve x = scale * (q - zero_point) for q.",
        "q must be a whole number of the grid: round first, then add, then keep it within limits.",
        "np.clip(np.round(x / scale) + zero_point, qmin, qmax).astype(int)",
    ),
)


def _dequantize(q, scale, zero_point):
    return scale * (q.astype(np.int32) - zero_point)


def _eight_bit_subtraction(q, scale, zero_point):
    return scale * (q - q.dtype.type(zero_point))


def _forgets_zero_point(q, scale, zero_point):
    return scale * q.astype(float)


def _scales_first(q, scale, zero_point):
    return scale * q.astype(float) - zero_point


dequantize = Exercise(
    "Dequantize",
    _dequantize,
    [
        (np.arange(0, 256, 5).astype(np.uint8), 0.05, 128),
        (np.arange(-128, 128, 3).astype(np.int8), 0.25, 100),
    ],
    (
        Mistake(
            _eight_bit_subtraction,
            "q - zero_point overflowed. 8 bits minus 8 bits need 9: convert q to int32 first.",
        ),
        Mistake(_forgets_zero_point, "the zero point is missing."),
        Mistake(
            _scales_first,
            "you subtracted the zero point after scaling. It is an integer like q, not a real "
            "number: subtract it from q.",
        ),
    ),
    (
        "It is the law itself: x = scale * (q - zero_point).",
        "q is an array of 8-bit integers. What is 3 - 128 in uint8?",
        "scale * (q.astype(np.int32) - zero_point)",
    ),
    tolerance=1e-6,
)


def _sqnr_db(x, y):
    return 10 * math.log10(np.sum(x**2) / np.sum((y - x) ** 2))


def _twenty_log(x, y):
    return 20 * math.log10(np.sum(x**2) / np.sum((y - x) ** 2))


def _natural_log(x, y):
    return 10 * math.log(np.sum(x**2) / np.sum((y - x) ** 2))


def _upside_down(x, y):
    return 10 * math.log10(np.sum((y - x) ** 2) / np.sum(x**2))


def _ratio_only(x, y):
    return np.sum(x**2) / np.sum((y - x) ** 2)


def _standard_deviations(x, y):
    return 20 * math.log10(np.std(x) / np.std(y - x))


def _quantized_as_signal(x, y):
    return 10 * math.log10(np.sum(y**2) / np.sum((y - x) ** 2))


def _pair(bits: int) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(bits).normal(0, 1, 500)
    step = 8 / 2**bits
    return x, np.round(x / step) * step


sqnr_db = Exercise(
    "SQNR in dB",
    _sqnr_db,
    [_pair(4), _pair(8), _pair(2)],
    (
        Mistake(
            _twenty_log,
            "20 log10 is for a ratio of amplitudes. These sums of squares are energies: 10 log10.",
        ),
        Mistake(_natural_log, "decibels use the logarithm to base 10, log10."),
        Mistake(_upside_down, "the ratio stands upside down: signal over noise."),
        Mistake(_ratio_only, "that is the plain ratio; decibels are 10 log10 of it."),
        Mistake(
            _standard_deviations,
            "np.std takes the mean away first. Energy is the plain sum of squares.",
        ),
        Mistake(_quantized_as_signal, "the signal is x, before quantization, not y."),
    ),
    (
        "The noise is y - x. Compare its energy (sum of squares) with that of x.",
        "10 * log10(energy of x / energy of the noise)",
    ),
    tolerance=1e-6,
)
