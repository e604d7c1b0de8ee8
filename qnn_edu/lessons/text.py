"""Numbers, shapes and arguments as text that fits into a line."""

from __future__ import annotations

from typing import Any

import numpy as np

SHOWN = 6


def row(values: np.ndarray, digits: int = 6) -> str:
    """The first values, to so many significant digits.

    >>> row(np.arange(8) / 3, digits=3)
    '0, 0.333, 0.667, 1, 1.33, 1.67, ...'
    """
    shown = ", ".join(f"{v:.{digits}g}" for v in values.ravel()[:SHOWN])
    return shown + (", ..." if values.size > SHOWN else "")


def shape(array: np.ndarray) -> str:
    """The shape of an array; a number has none.

    >>> shape(np.zeros((3, 1))), shape(np.float32(0))
    ('shape (3, 1)', 'one number')
    """
    return f"shape {array.shape}" if array.ndim else "one number"


def argument(value: Any) -> str:
    """A value as a reader would type it, a large array by its shape and first values.

    >>> argument(np.int8([3, 7])), argument(0.5)
    ('[3, 7]', '0.5')
    >>> argument(np.zeros((2, 4)))
    'array of shape (2, 4): 0, 0, 0, 0, 0, 0, ...'
    """
    if isinstance(value, np.ndarray) and value.size > SHOWN:
        return f"array of shape {value.shape}: {row(value, 4)}"
    if isinstance(value, np.ndarray | np.generic):
        return str(value.tolist())
    return repr(value)
