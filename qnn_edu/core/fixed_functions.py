"""Exponential, reciprocal, logistic function and tanh in integers: what needs no float.

Q0.31 is an int32 that counts in steps of 2**-31, Q5.26 one that counts in steps of 2**-26, and so
on: sign, bits before the point, bits after it; an int16 has Q0.15 or Q3.12. All functions work on
int64 arrays that hold values of `width` bits, 32 unless it says 16. Source: gemmlowp's
`fixedpoint.h`, whose constants and order of roundings these are.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from qnn_edu.core.fixed_point import INT32_MAX, divide_by_power

ONE = INT32_MAX  # 1 in Q0.31, as near as it goes
_EXP_OF_STEPS = [round(np.exp(-(2.0**k)) * 2**31) for k in range(-2, 5)]  # in Q0.31
_EXP_EIGHTH = round(np.exp(-0.125) * 2**31)
_THIRD = round(2**31 / 3)
_START, _SLOPE = round(48 / 17 * 2**29), round(-32 / 17 * 2**29)  # in Q2.29
_FARTHEST = 5  # bits before the point: exp(-32) and what is below is 0


def exp_of_negative(a: np.ndarray, integer_bits: int = 5, *, width: int = 32) -> np.ndarray:
    """exp(a) in Q0.31, for a <= 0 with so many bits before the point (Q5.26 for 5).

    a = r - s with r in [-1/4, 0) and s a sum of some 2**k, k from -2 up: a product of one
    polynomial and of up to seven constants.

    >>> np.round(exp_of_negative(np.int64([0, -(2**26), -3 * 2**26])) / 2.0**31, 6)
    array([1.      , 0.36788 , 0.049787])
    """
    fraction_bits = width - 1 - integer_bits
    quarter = 1 << (fraction_bits - 2)
    r = (a & (quarter - 1)) - quarter
    s = r - a
    result = _exp_from_minus_quarter(r << integer_bits, width)
    for k, factor in zip(range(-2, integer_bits), _EXP_OF_STEPS, strict=False):
        product = _times(result, _constant(factor, width), width)
        result = np.where(s >> (fraction_bits + k) & 1, product, result)
    if integer_bits > _FARTHEST:
        result = np.where(a < -(1 << (fraction_bits + _FARTHEST)), 0, result)
    return np.where(a == 0, _one(width), result)


def reciprocal(x: np.ndarray, integer_bits: int) -> tuple[np.ndarray, np.ndarray]:
    """`1 / x = y * 2**-bits` for x > 0 with so many bits before the point: y in Q0.31, and bits.

    >>> y, bits = reciprocal(np.int64([3 << 19]), 12)  # 3 in Q12.19
    >>> np.round(y / 2.0**31 / 2.0**bits, 6)
    array([0.333333])
    """
    leading = 32 - np.frexp(x.astype(np.float64))[1].astype(np.int64)  # zeros before the first bit
    return one_over_one_plus((x << leading) - (1 << 31)), integer_bits - leading


def logistic(a: np.ndarray, integer_bits: int, *, width: int = 32) -> np.ndarray:
    """1 / (1 + exp(-a)) in Q0.31 or Q0.15; exactly 1/2 at 0, and the same distance from 0 and 1.

    >>> np.round(logistic(np.int64([-(2**12), 0, 2**13]), 3, width=16) / 2.0**15, 4)
    array([0.269 , 0.5   , 0.8809])
    """
    positive = one_over_one_plus(exp_of_negative(-np.abs(a), integer_bits, width=width), width)
    share = np.where(a > 0, positive, _one(width) - positive)
    return np.where(a == 0, 1 << (width - 2), share)


def tanh(a: np.ndarray, integer_bits: int, *, width: int = 32) -> np.ndarray:
    """(1 - e) / (1 + e) in Q0.31 or Q0.15 with e = exp(-2 |a|), and the sign of a.

    >>> np.round(tanh(np.int64([-(2**12), 0, 2**13]), 3, width=16) / 2.0**15, 3)
    array([-0.762,  0.   ,  0.964])
    """
    e = exp_of_negative(-np.abs(a), integer_bits + 1, width=width)  # the point moves: 2 a
    share = _saturated((_over_one_plus(e, width) - (1 << (width - 3))) << 2, width)
    return np.sign(a) * share


def _exp_from_minus_quarter(a: np.ndarray, width: int) -> np.ndarray:
    """exp(a) in Q0.31 for a from -1/4 to 0 in Q0.31: Taylor's series around -1/8, to x**4."""
    x = a + (1 << (width - 4))
    x2 = _times(x, x, width)
    x3, x4 = _times(x2, x, width), _times(x2, x2, width)
    sixth = _times(divide_by_power(x4, 2) + x3, _constant(_THIRD, width), width)
    eighth = _constant(_EXP_EIGHTH, width)
    product = _times(x + divide_by_power(sixth + x2, 1), eighth, width)
    return _saturated(eighth + product, width)


def one_over_one_plus(a: np.ndarray, width: int = 32) -> np.ndarray:
    """1 / (1 + a) in Q0.31 for a from 0 to 1 in Q0.31; 2 / (1 + a) is halved by moving the point.

    >>> np.round(one_over_one_plus(np.int64([0, 2**30, 2**31 - 1])) / 2.0**31, 6)
    array([1.      , 0.666667, 0.5     ])
    """
    return _saturated(_over_one_plus(a, width) << 1, width)


def _over_one_plus(a: np.ndarray, width: int) -> np.ndarray:
    """2 / (1 + a) in Q2.29 for a from 0 to 1 in Q0.31: Newton and Raphson, three steps.

    d = (1 + a) / 2 lies in [1/2, 1]; x = 48/17 - 32/17 d is near 1/d, and x + x (1 - d x) nearer.
    """
    d = (a + _one(width) + 1) // 2
    x = _constant(_START, width) + _times(d, _constant(_SLOPE, width), width)
    for _ in range(3):
        rest = (1 << (width - 3)) - _times(d, x, width)
        x = x + _saturated(_times(x, rest, width) << 2, width)  # the product is in Q4.27
    return x


def _one(width: int) -> int:
    return (1 << (width - 1)) - 1


@cache
def _constant(value: int, width: int) -> int:
    """A constant of 32 bits in `width` bits."""
    return int(divide_by_power(np.array(value), 32 - width))


def _times(a: np.ndarray, b: np.ndarray | int, width: int) -> np.ndarray:
    """`core.fixed_point.high_multiply` at any width: `a * b / 2**(width - 1)`, half up."""
    return (a * b + (1 << (width - 2))) >> (width - 1)


def _saturated(a: np.ndarray, width: int) -> np.ndarray:
    return np.clip(a, -_one(width) - 1, _one(width))
