"""The natural logarithm in int32: what a log softmax needs without floats."""

from __future__ import annotations

import numpy as np

from qnn_edu.core.fixed_functions import one_over_one_plus
from qnn_edu.core.fixed_point import INT32_MAX, INT32_MIN, divide_by_power, high_multiply

# In Q0.31.
_LOG_2 = round(np.log(2) * 2**31)
_SQRT_HALF, _FOURTH_ROOT_HALF = round(2**-0.5 * 2**31), round(2**-0.25 * 2**31)
_A_N, _A_D = round(11 / 240 * 2**0.25 * 2**31), round(1 / 20 * 2**0.25 * 2**31)
_A_I, _A_F = round((2 / 2**0.25 - 2**0.25) * 2**31), round(1 / 4 * 2**0.25 * 2**31)
_BITS = 25  # after the point of a sum, one fewer than in the result: room to add
_QUARTER = 1 << (_BITS - 2)


def logarithm(x: np.ndarray, integer_bits: int) -> np.ndarray:
    """log(x) in Q5.26, for x >= 1 with so many bits before the point (Q12.19 for 12).

    x = 2**k r with r from 2**-1/2 to 1, so log x = (k - 1/4) log 2 + log(2**1/4 r), and the last
    is n(q) / d(q), two polynomials of q = 2 (r - 2**-1/4). x is parted twice, half a power apart;
    the smaller r counts.

    Source: LiteRT's `log_x_for_x_greater_than_or_equal_to_1`, whose order of roundings this is.

    >>> np.round(logarithm(np.int64([1, 3, 1000]) << 19, 12) / 2.0**26, 6)
    array([0.      , 1.098612, 6.907755])
    """
    zeros = _leading_zeros(x)
    a = _shifted(high_multiply(_shifted(x, zeros - 1), _SQRT_HALF), 1)
    a_power = _shifted(integer_bits - zeros, _BITS) + _QUARTER
    headroom = _leading_zeros(high_multiply(x, _SQRT_HALF)) - 1
    b = _shifted(x, headroom)
    b_power = _shifted(integer_bits - headroom, _BITS) - _QUARTER
    whole = high_multiply(np.maximum(a_power, b_power), _LOG_2)
    return _shifted(whole + _log_near_one(np.minimum(a, b)), 1)


def _log_near_one(r: np.ndarray) -> np.ndarray:
    """log(2**1/4 r) = n(q) / d(q), in steps of 2**-25."""
    p = (r + _FOURTH_ROOT_HALF + 1) // 2
    q = 2 * (r - _FOURTH_ROOT_HALF)
    square = high_multiply(q, q)
    numerator = high_multiply(q, r) + high_multiply(high_multiply(q, square), _A_N)
    inner = _A_I + q + high_multiply(square, _A_D)
    denominator_less_one = high_multiply(p, inner) + high_multiply(q, _A_F)
    share = divide_by_power(numerator, 31 - _BITS)
    return high_multiply(share, one_over_one_plus(denominator_less_one))


def _leading_zeros(x: np.ndarray) -> np.ndarray:
    """How many of 32 bits come before the first that is set."""
    return 32 - np.frexp(x.astype(np.float64))[1].astype(np.int64)


def _shifted(x: np.ndarray, places: np.ndarray | int) -> np.ndarray:
    """`x * 2**places`, saturated to 32 bits."""
    return np.clip(x << places, INT32_MIN, INT32_MAX)
