"""Fixed-point arithmetic: multiplying an integer by a real number without floating point.

A processor without floating point multiplies an int32 accumulator by `M = multiplier * 2**(shift -
31)`: one 32 x 32 bit product, and a shift. Runtimes round on the way in three different ways.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.core.check import is_whole, real_array

ROUNDINGS = ("double", "single", "float32")
INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1


def quantize_multiplier(m: Any) -> tuple[Any, Any]:
    """`m = multiplier * 2**(shift - 31)` with `multiplier` in [2**30, 2**31), or 0 and 0.

    `m`: real numbers from 0 to 2**31, one (Python ints come back) or an array (int32 arrays come
    back, of its shape). The mantissa is rounded half away from zero to 31 bits; numbers below
    2**-32 become 0, as no shift brings them into 32 bits.

    Raises:
        ValueError: negative numbers, NaN, infinity, 2**31 or more, an empty array.

    Source: Jacob et al. 2018, equation 6.

    >>> quantize_multiplier(0.25)
    (1073741824, -1)
    >>> multiplier, shift = quantize_multiplier(0.003)
    >>> multiplier * 2.0 ** (shift - 31)
    0.0030000000006111804
    """
    m = real_array("m", m).astype(np.float64)
    if not ((m >= 0) & (m < 2**31)).all():  # NaN is not
        raise ValueError(f"A multiplier must be a number from 0 to below 2**31, got {m}.")
    mantissa, shift = np.frexp(m)
    multiplier = np.floor(mantissa * 2.0**31 + 0.5).astype(np.int64)
    full = multiplier == 2**31  # rounding went up to the next power of two
    multiplier, shift = np.where(full, 2**30, multiplier), shift + full
    small = shift < -31
    multiplier, shift = np.where(small, 0, multiplier), np.where(small, 0, shift)
    if m.ndim == 0:
        return int(multiplier), int(shift)
    return multiplier.astype(np.int32), shift.astype(np.int32)


def requantize(acc: Any, multiplier: Any, shift: Any, rounding: str = "double") -> np.ndarray:
    """`acc * multiplier * 2**(shift - 31)` as whole numbers, int32.

    `acc`: integers of any shape, in the range of int32. `multiplier` (0 to 2**31 - 1) and `shift`
    (-31 to 30) are single integers, or arrays that broadcast against `acc`: one for each channel
    of its last axis. `rounding`:

    - "double": rounds the product to a whole number of 2**shift's, half up, then that to a whole
      number, half away from zero. LiteRT's reference kernels do this.
    - "single": rounds once, half up.
    - "float32": float32(acc) times float32 M in float32, rounded half to even. XNNPACK does this
      (where S_in * S_w / S_out was rounded to float32 at once, M can be one float32 step away).

    Results beyond int32 saturate; "double" also saturates where a left shift leaves int32.

    Raises:
        ValueError: no integers, numbers outside those ranges, another rounding.

    Source: Jacob et al. 2018, section 2.2; gemmlowp's and LiteRT's `MultiplyByQuantizedMultiplier`.

    >>> m = quantize_multiplier(0.25)
    >>> [requantize([-10, -6, 6, 10], *m, rounding=r).tolist() for r in ROUNDINGS]
    [[-3, -2, 2, 3], [-2, -1, 2, 3], [-2, -2, 2, 2]]
    """
    if rounding not in ROUNDINGS:
        raise ValueError(f"No rounding {rounding!r}; choose one of {', '.join(ROUNDINGS)}.")
    acc = _integers("acc", acc, INT32_MIN, INT32_MAX)
    multiplier = _integers("multiplier", multiplier, 0, INT32_MAX)
    shift = _integers("shift", shift, -31, 30)
    rule = {"double": double_rounding, "single": single_rounding, "float32": _float32_rounding}
    whole = np.clip(rule[rounding](acc, multiplier, shift), INT32_MIN, INT32_MAX)
    return whole.astype(np.int32)


def double_rounding(
    acc: np.ndarray, multiplier: Any, shift: Any, *, ties_up: Any = False
) -> np.ndarray:
    """The law of `requantize`'s "double" on int64 arrays, unchecked.

    Where `ties_up` is true the second step, too, rounds half up: LiteRT's vectorized kernels do so.

    >>> double_rounding(np.int64([6, -6]), 2**30, -1)
    array([ 2, -2])
    >>> double_rounding(np.int64([6, -6]), 2**30, -1, ties_up=True)
    array([ 2, -1])
    """
    left, right = np.maximum(shift, 0), np.maximum(-np.asarray(shift, np.int64), 0)
    high = high_multiply(np.clip(np.left_shift(acc, left), INT32_MIN, INT32_MAX), multiplier)
    away = divide_by_power(high, right)
    if not np.any(ties_up):
        return away
    return np.where(ties_up, (high + (np.left_shift(np.int64(1), right) >> 1)) >> right, away)


def single_rounding(acc: np.ndarray, multiplier: Any, shift: Any) -> np.ndarray:
    """The law of `requantize`'s "single" on int64 arrays, unchecked.

    >>> single_rounding(np.int64([6, -6]), 2**30, -1)
    array([ 2, -1])
    """
    total = 31 - np.asarray(shift, np.int64)
    return (acc * np.int64(multiplier) + np.left_shift(np.int64(1), total - 1)) >> total


def high_multiply(a: np.ndarray, b: Any) -> np.ndarray:
    """`a * b / 2**31` rounded half up, on int64 arrays that hold int32 values.

    gemmlowp's saturating rounding doubling high multiply adds 2**30 to a product n >= 0, 1 - 2**30
    to a negative one, and divides by 2**31, truncating. For n < 0 that is -floor((-n + 2**30 - 1) /
    2**31) = floor((n + 2**30) / 2**31), since -floor((p - 1) / q) = ceil((1 - p) / q) = floor((q -
    p) / q) for whole p and q. So one law, half up, holds for both signs. Only a = b = -2**31
    would saturate, and no multiplier is negative enough.

    >>> high_multiply(np.int64([3, -3]), 2**30)
    array([ 2, -1])
    """
    return (a * np.int64(b) + (1 << 30)) >> 31


def divide_by_power(x: np.ndarray, exponent: Any) -> np.ndarray:
    """`x / 2**exponent` rounded half away from zero, on int64 arrays.

    Half of the divisor and a shift would round half up; a negative x is one less first, so that its
    ties go down. With exponent 0 nothing is added, by the shift that drops the 1.

    >>> divide_by_power(np.int64([6, -6, 5]), 2)
    array([ 2, -2,  1])
    """
    half = np.left_shift(np.int64(1), exponent) >> 1
    negative_one = np.where(half > 0, x >> 63, 0)
    return (x + negative_one + half) >> exponent


def accumulator_bits(weights: Any, input_range: tuple[int, int]) -> int:
    """The width of a signed accumulator that no sum of products overflows, in bits.

    `weights`: integers, output channels on the last axis; every other axis is summed over.
    `input_range`: the lowest and highest integer, zero point taken off, that meets a weight. The
    largest sum has every input at the end that its weight's sign makes worst. It bounds the partial
    sums too, in any order, if the range holds 0.

    Raises:
        ValueError: no integers, a range that does not hold 0.

    >>> accumulator_bits(np.full((3, 3, 3, 1), 127), (-255, 255))
    21
    >>> accumulator_bits(np.full((1, 1, 1024, 1), 127), (-255, 255))
    26
    """
    weights = real_array("weights", weights)
    if weights.dtype.kind not in "iu":
        raise ValueError(f"weights must be integers, got {weights.dtype}.")
    lo, hi = input_range
    if not (is_whole(lo) and is_whole(hi) and lo <= 0 <= hi):
        raise ValueError(f"input_range must be whole numbers (lo, hi) with 0 inside: {input_range}")
    columns = weights.reshape(-1, weights.shape[-1] if weights.ndim else 1).astype(object)
    positive = np.where(columns > 0, columns, 0).sum(axis=0)
    negative = np.where(columns < 0, columns, 0).sum(axis=0)
    highest = max(positive * hi + negative * lo)
    lowest = min(positive * lo + negative * hi)
    return 1 + max(int(highest).bit_length(), int(-1 - lowest).bit_length() if lowest < 0 else 0)


def _float32_rounding(acc: np.ndarray, multiplier: Any, shift: Any) -> np.ndarray:
    scale = np.ldexp(np.float64(multiplier), np.asarray(shift) - 31).astype(np.float32)
    return np.rint(acc.astype(np.float32) * scale).astype(np.float64)


def _integers(name: str, value: Any, lowest: int, highest: int) -> np.ndarray:
    array = real_array(name, value)
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} must hold integers, got {array.dtype}.")
    if array.min() < lowest or array.max() > highest:
        raise ValueError(
            f"{name} must lie from {lowest} to {highest}; got {array.min()} to {array.max()}."
        )
    return array.astype(np.int64)
