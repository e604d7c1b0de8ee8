"""What a way fits: a whole number has other mistakes than an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def only(fits: Callable, change: Callable) -> Callable:
    """A change of what it fits. It fails for anything else, and what fails is no candidate.

    >>> only(is_whole, lambda v: v + 1)(3)
    4
    """

    def changed(value: Any, *others: Any) -> Any:
        if not fits(value):
            raise TypeError("not for this kind of value")
        return change(value, *others)

    return changed


def is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0


def is_whole_array(value: Any) -> bool:
    return is_array(value) and value.dtype.kind in "iu"


def is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def is_real(value: Any) -> bool:
    return isinstance(value, float)
