"""Shifts by more places than there are: where LiteRT's arithmetic goes wrong, and how."""

from __future__ import annotations

import numpy as np

from qnn_edu.core.fixed_point import divide_by_power


def shifted_back(x: np.ndarray, places: np.ndarray | int) -> np.ndarray:
    """`divide_by_power(x, places)` as a PC does it, for int64 arrays that hold int32 values.

    Beyond 31 places, and below 0, C says nothing, and LiteRT does not look. A PC shifts by `places`
    modulo 32, and the half to compare with is lost: every x from 0 up counts as above it.

    >>> shifted_back(np.int64([80, -80, 0]), 4)
    array([ 5, -5,  0])
    >>> shifted_back(np.int64([80, -80, 0]), 36)
    array([ 6, -5,  1])
    """
    places = np.asarray(places, np.int64)
    there = (places >= 0) & (places < 32)
    right = divide_by_power(x, np.where(there, places, 0))
    return np.where(there, right, (x >> places % 32) + (x >= 0))
