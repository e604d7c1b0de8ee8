"""Quantizing real numbers when they come, by their own range: what dynamic range means.

A way takes rows of real numbers and gives integers less their zero point, and a scale for each row,
(rows, 1). Rows of nothing but 0 stay 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Way = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
LEVELS = 127


def in_fours(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As `symmetric`, the scale and its inverse divided in float64, and every value rounded so.

    For weights of 4 bits, whose vectors LiteRT fills so.
    """
    largest = np.abs(x).max(axis=1, keepdims=True).astype(np.float64)
    largest = np.where(largest == 0, LEVELS, largest)
    steps = (x * (LEVELS / largest).astype(np.float32)).astype(np.float64)
    return np.trunc(steps + np.copysign(0.5, steps)), (largest / LEVELS).astype(np.float32)


def symmetric(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`S = max |x| / 127`, `q = round(x (127 / max |x|))`, half away from zero.

    >>> q, scale = symmetric(np.float32([[-1, 0.5, 2]]))
    >>> q, np.round(scale, 4)
    (array([[-64.,  32., 127.]]), array([[0.0157]], dtype=float32))
    """
    largest = np.abs(x).max(axis=1, keepdims=True)
    largest = np.where(largest == 0, np.float32(LEVELS), largest)
    q = _rounded(x * (np.float32(LEVELS) / largest))
    return np.clip(q, -LEVELS, LEVELS), largest / np.float32(LEVELS)


def asymmetric(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The range, 0 in it, onto -128..127: `q = round(x / S)`, half away from zero, clamped.

    The zero point is that of the end of the range that it fits better, in float64.

    >>> q, scale = asymmetric(np.float32([[-1, 0, 3]]))
    >>> q, np.round(scale, 4)
    (array([[-64.,   0., 191.]]), array([[0.0157]], dtype=float32))
    """
    low = np.minimum(x.min(axis=1, keepdims=True), np.float32(0))
    high = np.maximum(x.max(axis=1, keepdims=True), np.float32(0))
    span = np.where(high == low, 255, (high - low).astype(np.float64))
    scale = span / 255
    from_low, from_high = -128 - low / scale, 127 - high / scale
    nearer = 128 + np.abs(low / scale) < 127 + np.abs(high / scale)
    exact = np.where(nearer, from_low, from_high)
    zero_point = np.clip(np.trunc(exact + np.copysign(0.5, exact)), -128, 127)
    zero_point = np.where(high == low, 0, zero_point)
    short = scale.astype(np.float32)
    steps = _rounded(x * (1 / short.astype(np.float64)).astype(np.float32))
    return np.clip(steps + zero_point, -128, 127) - zero_point, short


def in_float32(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """XNNPACK's: as `asymmetric`, but in float32, all of it rounded half to even."""
    q, zero_point, scale = with_zero_point(x)
    return q - zero_point, scale


def with_zero_point(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What `in_float32` makes: the integers, their zero point and scale, both (rows, 1).

    >>> with_zero_point(np.float32([[-1, 0, 3]]))[:2]
    (array([[-128.,  -64.,  127.]], dtype=float32), array([[-64.]], dtype=float32))
    """
    low = np.minimum(x.min(axis=1, keepdims=True), np.float32(0))
    high = np.maximum(x.max(axis=1, keepdims=True), np.float32(0))
    one, ends = np.float32(1), (np.float32(-128), np.float32(127))
    inverse = np.where(high == low, one, np.float32(255) / np.where(high == low, one, high - low))
    at_low, at_high = low * inverse, high * inverse
    exact = np.where(
        (ends[0] + at_low) + (ends[1] + at_high) > 0, ends[0] - at_low, ends[1] - at_high
    )
    zero_point = np.rint(np.clip(exact, *ends))
    q = np.clip(np.rint(x * inverse) + zero_point, *ends)
    return q, zero_point, one / inverse


def _rounded(x: np.ndarray) -> np.ndarray:
    """Half away from zero; eight at a time in float32, where a half is added and the rest cut off.

    So the float32 just below 1/2 becomes 1, but for the last values of a row.
    """
    fast = np.trunc(x + np.copysign(np.float32(0.5), x))
    exact = np.trunc(x.astype(np.float64) + np.copysign(0.5, x))
    count = x.shape[1]
    return np.where(np.arange(count) < count // 8 * 8, fast, exact)
