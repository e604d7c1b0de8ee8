"""Numbers, shapes and arguments as text that fits into a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

SHOWN = 6


def row(values: np.ndarray, digits: int = 6, shown: int = SHOWN) -> str:
    """The first values, to so many significant digits.

    >>> row(np.arange(8) / 3, digits=3)
    '0, 0.333, 0.667, 1, 1.33, 1.67, ...'
    """
    text = ", ".join(f"{v:.{digits}g}" for v in values.ravel()[:shown])
    return text + (", ..." if values.size > shown else "")


def shape(array: np.ndarray) -> str:
    """The shape of an array; a number has none.

    >>> shape(np.zeros((3, 1))), shape(np.float32(0))
    ('shape (3, 1)', 'one number')
    """
    return f"shape {array.shape}" if array.ndim else "one number"


def arguments(names: Iterable[str], case: tuple) -> str:
    """The arguments of a case; of several long arrays only the first values of each.

    >>> arguments("xs", (np.arange(9.0), 1 / 3))
    'x = array of shape (9,): 0, 1, 2, 3, 4, 5, ...; s = 0.3333'
    """
    long = sum(isinstance(value, np.ndarray) and value.size > SHOWN for value in case)
    shown = SHOWN if long < 2 else 3
    return "; ".join(f"{n} = {argument(v, shown)}" for n, v in zip(names, case, strict=True))


def argument(value: Any, shown: int = SHOWN) -> str:
    """A value much as a reader would type it, rounded; a long array by shape and first values.

    >>> argument(np.int8([3, 7])), argument(0.5), argument([np.zeros((2, 4)), np.ones(2)])
    ('[3, 7]', '0.5', '[array of shape (2, 4): 0, 0, 0, 0, 0, 0, ...; [1, 1]]')
    """
    if isinstance(value, np.ndarray) and value.ndim and value.size > SHOWN:
        return f"array of shape {value.shape}: {row(value, 4, shown)}"
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return f"[{row(value, 4)}]"
    if isinstance(value, np.ndarray) and value.ndim:
        return str(np.round(value, 4).tolist())
    if isinstance(value, list) and any(isinstance(part, np.ndarray) for part in value):
        return f"[{'; '.join(argument(part, shown) for part in value)}]"
    if isinstance(value, float | np.generic):
        return f"{value:.4g}"
    return repr(value)
