"""What a multiplier of n bits and a rounding rule do to every accumulator of an int8 output."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.core.fixed_point import requantize

REACH = 128  # LSB: an int8 output sees no more


def multiplier_of_bits(m: float, bits: int) -> tuple[int, int]:
    """`m = multiplier * 2**(shift - bits)` with `multiplier` in [2**(bits - 1), 2**bits).

    The mantissa is rounded half up; with 31 bits it is `fixed_point.quantize_multiplier`.

    >>> multiplier_of_bits(0.3, 4), multiplier_of_bits(0.999, 4)
    ((10, -1), (8, 1))
    """
    mantissa, shift = np.frexp(m)
    multiplier = int(np.floor(mantissa * 2.0**bits + 0.5))
    if multiplier == 2**bits:  # rounding went up to the next power of two
        multiplier, shift = multiplier // 2, shift + 1
    return multiplier, int(shift)


def requantized(m: float, *, bits: int, rounding: str) -> dict[str, Any]:
    """All accumulators whose product with `m` lies within 128 LSB, requantized.

    `exact` (acc * m), `integers` and `error` (integers - exact) in LSB, 1-D; `tie` and `wrong` mark
    products halfway between two integers, and results that are not an integer nearest to theirs.
    `relative` is the error of the multiplier over m. `rounding` as in `fixed_point.requantize`.

    >>> found = requantized(0.25, bits=31, rounding="double")
    >>> found["exact"].size, int(found["tie"].sum()), int(found["wrong"].sum())
    (1025, 256, 128)
    """
    multiplier, shift = multiplier_of_bits(m, bits)
    most = int(REACH / m)
    acc = np.arange(-most, most + 1)
    exact = acc * m
    integers = requantize(acc, multiplier << (31 - bits), shift, rounding)
    error = integers - exact
    return {
        "multiplier": multiplier,
        "shift": shift,
        "relative": multiplier * 2.0 ** (shift - bits) / m - 1,
        "exact": exact,
        "integers": integers,
        "error": error,
        "tie": exact - np.floor(exact) == 0.5,
        "wrong": np.abs(error) > 0.5,
    }
