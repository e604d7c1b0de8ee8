"""The inverse square root in int32: what a norm and RSQRT need without floats."""

from __future__ import annotations

import numpy as np

from qnn_edu.core.fixed_point import INT32_MAX, divide_by_power, high_multiply

_HALF_SQRT_2 = round(2**-0.5 * 2**31)  # in Q0.31
_ONE, _THREE_HALVES = 1 << 28, 3 << 27  # in Q3.28


def inverse_square_root(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`1 / sqrt(x) = multiplier * 2**(shift - 31)` for whole x >= 0, in int64 arrays.

    x = a 4**k with a in Q3.28 from 1/4 to 1; Newton and Raphson make five steps from y = 1, each `y
    <- 3/2 y - a/2 y**3`, and the last factor, 1 / sqrt(2), stands for the bit that a lost. 0 counts
    as 1, the largest number that fits.

    Source: LiteRT's `GetInvSqrtQuantizedMultiplierExp`, whose order of roundings this is.

    >>> multiplier, shift = inverse_square_root(np.int64([1, 2, 25]))
    >>> np.round(multiplier * 2.0 ** (shift - 31), 6)
    array([1.      , 0.707107, 0.2     ])
    """
    large = x >= 1 << 29
    a = np.where(large, x >> 2, np.maximum(x, 2))
    pairs = (31 - np.frexp(a.astype(np.float64))[1].astype(np.int64)) // 2 - 1
    a = a << 2 * pairs >> 1
    y = np.full_like(a, _ONE)
    for _ in range(5):
        cube = high_multiply(high_multiply(y, y), y) << 6
        y = (high_multiply(_THREE_HALVES, y) - high_multiply(divide_by_power(a, 1), cube)) << 3
    y = high_multiply(y, _HALF_SQRT_2)
    shift = pairs - 11 - large
    y, shift = y << np.maximum(shift, 0), np.minimum(shift, 0)
    one = x <= 1
    return np.where(one, INT32_MAX, y), np.where(one, 0, shift)
