"""The logistic function in int16: what a cell with memory needs without floats or tables.

Q0.15 is an int16 that counts in steps of 2**-15, Q3.12 one that counts in steps of 2**-12. The laws
are those of `fixed_functions` at half the width. Source: gemmlowp's `fixedpoint.h`.
"""

from __future__ import annotations

import numpy as np

from qnn_edu.core.fixed_point import divide_by_power

ONE = 2**15 - 1  # 1 in Q0.15, as near as it goes
FRACTION_BITS = 12
_EXP_OF_STEPS = [round(np.exp(-(2.0**k)) * 2**15) for k in range(-2, 3)]  # in Q0.15
_EXP_EIGHTH = round(np.exp(-0.125) * 2**15)
_THIRD = round(2**15 / 3)
_START, _SLOPE = round(48 / 17 * 2**13), round(-32 / 17 * 2**13)  # in Q2.13


def logistic(a: np.ndarray) -> np.ndarray:
    """`1 / (1 + exp(-a))` in Q0.15 for a in Q3.12, int64 arrays.

    >>> np.round(logistic(np.int64([-8, -1, 0, 1, 7]) << 12) / 2.0**15, 4)
    array([0.0003, 0.269 , 0.5   , 0.731 , 0.9991])
    """
    positive = _one_over_one_plus(_exp_of_negative(-np.abs(a)))
    return np.where(a == 0, 2**14, np.where(a > 0, positive, ONE - positive))


def _exp_of_negative(a: np.ndarray) -> np.ndarray:
    """exp(a) in Q0.15, for a <= 0 in Q3.12: see `fixed_functions.exp_of_negative`."""
    quarter = 1 << (FRACTION_BITS - 2)
    r = (a & (quarter - 1)) - quarter
    s = r - a
    result = _exp_from_minus_quarter(r << 3)
    for k, factor in zip(range(-2, 3), _EXP_OF_STEPS, strict=True):
        result = np.where(s >> (FRACTION_BITS + k) & 1, _high_multiply(result, factor), result)
    return np.where(a == 0, ONE, result)


def _exp_from_minus_quarter(a: np.ndarray) -> np.ndarray:
    """exp(a) in Q0.15 for a from -1/4 to 0 in Q0.15: Taylor's series around -1/8, to x**4."""
    x = a + (1 << 12)
    x2 = _high_multiply(x, x)
    x3, x4 = _high_multiply(x2, x), _high_multiply(x2, x2)
    sixth = _high_multiply(divide_by_power(x4, 2) + x3, _THIRD)
    sum_ = _EXP_EIGHTH + _high_multiply(x + divide_by_power(sixth + x2, 1), _EXP_EIGHTH)
    return np.minimum(sum_, ONE)


def _one_over_one_plus(a: np.ndarray) -> np.ndarray:
    """1 / (1 + a) in Q0.15 for a from 0 to 1 in Q0.15: Newton and Raphson, three steps."""
    d = (a + ONE + 1) // 2
    x = _START + _high_multiply(d, _SLOPE)
    for _ in range(3):
        correction = _high_multiply(x, (1 << 13) - _high_multiply(d, x))  # in Q4.11
        x = x + np.clip(correction << 2, -ONE - 1, ONE)
    return np.clip(x << 1, -ONE - 1, ONE)


def _high_multiply(a: np.ndarray, b: np.ndarray | int) -> np.ndarray:
    """`a * b / 2**15` rounded half up."""
    return (a * b + (1 << 14)) >> 15
