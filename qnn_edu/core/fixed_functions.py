"""Exponential and reciprocal in int32: what a softmax needs without floats.

Q0.31 is an int32 that counts in steps of 2**-31, Q5.26 one that counts in steps of 2**-26, and so
on: sign, bits before the point, bits after it. All functions work on int64 arrays that hold int32
values. Source: gemmlowp's `fixedpoint.h`, whose constants and order of roundings these are.
"""

from __future__ import annotations

import numpy as np

from qnn_edu.core.fixed_point import INT32_MAX, INT32_MIN, divide_by_power, high_multiply

ONE = INT32_MAX  # 1 in Q0.31, as near as it goes
_EXP_OF_STEPS = [round(np.exp(-(2.0**k)) * 2**31) for k in range(-2, 5)]  # in Q0.31
_EXP_EIGHTH = round(np.exp(-0.125) * 2**31)
_THIRD = round(2**31 / 3)
_START, _SLOPE = round(48 / 17 * 2**29), round(-32 / 17 * 2**29)  # in Q2.29


def exp_of_negative(a: np.ndarray, integer_bits: int = 5) -> np.ndarray:
    """exp(a) in Q0.31, for a <= 0 with so many bits before the point (Q5.26 for 5).

    a = r - s with r in [-1/4, 0) and s a sum of some 2**k, k from -2 up: a product of one
    polynomial and of up to seven constants.

    >>> np.round(exp_of_negative(np.int64([0, -(2**26), -3 * 2**26])) / 2.0**31, 6)
    array([1.      , 0.36788 , 0.049787])
    """
    fraction_bits = 31 - integer_bits
    quarter = 1 << (fraction_bits - 2)
    r = (a & (quarter - 1)) - quarter
    s = r - a
    result = _exp_from_minus_quarter(r << integer_bits)
    for k, factor in zip(range(-2, integer_bits), _EXP_OF_STEPS, strict=False):
        result = np.where(s >> (fraction_bits + k) & 1, high_multiply(result, factor), result)
    return np.where(a == 0, ONE, result)


def reciprocal(x: np.ndarray, integer_bits: int) -> tuple[np.ndarray, np.ndarray]:
    """`1 / x = y * 2**-bits` for x > 0 with so many bits before the point: y in Q0.31, and bits.

    >>> y, bits = reciprocal(np.int64([3 << 19]), 12)  # 3 in Q12.19
    >>> np.round(y / 2.0**31 / 2.0**bits, 6)
    array([0.333333])
    """
    leading = 32 - np.frexp(x.astype(np.float64))[1].astype(np.int64)  # zeros before the first bit
    return one_over_one_plus((x << leading) - (1 << 31)), integer_bits - leading


def _exp_from_minus_quarter(a: np.ndarray) -> np.ndarray:
    """exp(a) in Q0.31 for a from -1/4 to 0 in Q0.31: Taylor's series around -1/8, to x**4."""
    x = a + (1 << 28)
    x2 = high_multiply(x, x)
    x3, x4 = high_multiply(x2, x), high_multiply(x2, x2)
    sixth = high_multiply(divide_by_power(x4, 2) + x3, _THIRD)
    return _EXP_EIGHTH + high_multiply(x + divide_by_power(sixth + x2, 1), _EXP_EIGHTH)


def one_over_one_plus(a: np.ndarray) -> np.ndarray:
    """1 / (1 + a) in Q0.31 for a from 0 to 1 in Q0.31: Newton and Raphson, three steps.

    d = (1 + a) / 2 lies in [1/2, 1]; x = 48/17 - 32/17 d is near 1/d, and x + x (1 - d x) nearer. x
    is in Q2.29; in the end 1/d is halved, which only moves the point.
    """
    d = (a + ONE + 1) // 2
    x = _START + high_multiply(d, _SLOPE)
    for _ in range(3):
        correction = high_multiply(x, (1 << 29) - high_multiply(d, x))  # in Q4.27
        x = x + np.clip(correction << 2, INT32_MIN, INT32_MAX)
    return np.clip(x << 1, INT32_MIN, INT32_MAX)
