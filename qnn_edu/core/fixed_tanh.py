"""The hyperbolic tangent in int16, without floats or tables.

Q0.15 is an int16 that counts in steps of 2**-15, Q3.12 one that counts in steps of 2**-12. The laws
are those of `fixed_functions` at half the width. Source: gemmlowp's `fixedpoint.h`.
"""

from __future__ import annotations

import numpy as np

from qnn_edu.core.fixed_point import divide_by_power

LOWEST, HIGHEST = -(2**15), 2**15 - 1
_EXP_OF_STEPS = [round(np.exp(-(2.0**k)) * 2**15) for k in range(-2, 4)]  # in Q0.15
_EXP_EIGHTH = round(np.exp(-0.125) * 2**15)
_THIRD = round(2**15 / 3)
_ONE, _START, _SLOPE = 1 << 13, round(48 / 17 * 2**13), round(-32 / 17 * 2**13)  # in Q2.13


def tanh(a: np.ndarray, integer_bits: int = 3) -> np.ndarray:
    """tanh(a) in Q0.15, for int64 arrays with so many bits before the point (Q3.12 for 3).

    `tanh(a) = (1 - e) / (1 + e)` with `e = exp(-2 a)` for a > 0, and the same below, negated.

    >>> np.round(tanh(np.int64([-7, -1, 0, 1, 7]) << 12) / 2.0**15, 3)
    array([-1.   , -0.762,  0.   ,  0.762,  1.   ])
    """
    e = _exp_of_negative(-np.abs(a), integer_bits + 1)  # one bit more before the point doubles
    return np.sign(a) * _one_minus_over_one_plus(e)


def _one_minus_over_one_plus(a: np.ndarray) -> np.ndarray:
    """(1 - a) / (1 + a) = 1 / d - 1 in Q0.15, with d = (1 + a) / 2, for a from 0 to 1 in Q0.15.

    Newton and Raphson, three steps to x near 1 / d, in Q2.13.
    """
    d = (a + HIGHEST + 1) // 2
    x = _START + _high_multiply(d, _SLOPE)
    for _ in range(3):
        x = x + _saturated(_high_multiply(x, _ONE - _high_multiply(d, x)) << 2)
    return _saturated((x - _ONE) << 2)


def _exp_of_negative(a: np.ndarray, integer_bits: int) -> np.ndarray:
    """exp(a) in Q0.15, for a <= 0: see `fixed_functions.exp_of_negative`."""
    fraction_bits = 15 - integer_bits
    quarter = 1 << (fraction_bits - 2)
    r = (a & (quarter - 1)) - quarter
    s = r - a
    result = _exp_from_minus_quarter(r << integer_bits)
    for k, factor in zip(range(-2, integer_bits), _EXP_OF_STEPS, strict=False):
        result = np.where(s >> (fraction_bits + k) & 1, _high_multiply(result, factor), result)
    return np.where(a == 0, HIGHEST, result)


def _exp_from_minus_quarter(a: np.ndarray) -> np.ndarray:
    """exp(a) in Q0.15 for a from -1/4 to 0 in Q0.15: Taylor's series around -1/8, to x**4."""
    x = a + (1 << 12)
    x2 = _high_multiply(x, x)
    x3, x4 = _high_multiply(x2, x), _high_multiply(x2, x2)
    sixth = _high_multiply(divide_by_power(x4, 2) + x3, _THIRD)
    return _EXP_EIGHTH + _high_multiply(x + divide_by_power(sixth + x2, 1), _EXP_EIGHTH)


def _saturated(x: np.ndarray) -> np.ndarray:
    return np.clip(x, LOWEST, HIGHEST)


def _high_multiply(a: np.ndarray, b: np.ndarray | int) -> np.ndarray:
    """`a * b / 2**15` rounded half up."""
    return (a * b + (1 << 14)) >> 15
