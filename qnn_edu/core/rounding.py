"""Rounding half away from zero, as C's `round` does; numpy's own goes half to even."""

from __future__ import annotations

import numpy as np


def half_away(x: np.ndarray) -> np.ndarray:
    """`x` rounded half away from zero, in its own float type.

    The largest number below 1/2 is added and the fraction cut off: a tie plus that number rounds
    up to the next integer, and what lies below a tie stays below it.

    >>> half_away(np.array([-0.5, 0.49999999999999994, 2.5]))
    array([-1.,  0.,  3.])
    """
    below_half = np.nextafter(x.dtype.type(0.5), x.dtype.type(0))
    return np.trunc(x + np.copysign(below_half, x))
