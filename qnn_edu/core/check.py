"""What counts as an array of real numbers: the one gate through which all input of `core` comes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from numbers import Integral
from typing import Any

import numpy as np


def real_array(name: str, value: Any) -> np.ndarray:
    """`value` as a non-empty array of booleans, integers or floats; `name` stands in the errors.

    Raises:
        ValueError: text, complex numbers or objects, ragged lists, masks, an empty array.

    >>> real_array("x", [1, 2.5])
    array([1. , 2.5])
    >>> real_array("x", "1.5")
    Traceback (most recent call last):
    ValueError: x must hold real numbers, got str of dtype <U3.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} is not a regular array of numbers: {error}") from None
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array, whose mask would be lost. Fill it first.")
    if array.dtype.kind not in "biuf":
        kind = type(value).__name__
        raise ValueError(f"{name} must hold real numbers, got {kind} of dtype {array.dtype}.")
    if array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}); at least one number is needed.")
    return array


def is_whole(value: Any) -> bool:
    """Is `value` an integer, of Python or numpy? True and False are not.

    >>> is_whole(np.int8(3)), is_whole(3.0), is_whole(True)
    (True, False, False)
    """
    return isinstance(value, Integral) and not isinstance(value, bool)


def channel_axis(axis: int, ndim: int) -> int:
    """`axis` counted from the front.

    Raises:
        ValueError: an axis that is not whole, or that `ndim` dimensions do not have.

    >>> channel_axis(-1, 4)
    3
    """
    if not (is_whole(axis) and -ndim <= axis < ndim):
        raise ValueError(f"axis={axis!r} does not fit an array of {ndim} dimensions.")
    return axis % ndim


def is_choice(value: Any, choices: Collection[str]) -> bool:
    """Is `value` one of these words? What is no word, such as an array, is none of them.

    >>> is_choice("b", ("a", "b")), is_choice(np.zeros(2), ("a", "b"))
    (True, False)
    """
    return isinstance(value, str) and value in choices


def flag(name: str, value: Any) -> bool:
    """`value` as True or False; `name` stands in the error.

    Raises:
        ValueError: anything else, such as an array, of which it is not clear whether it is true.

    >>> flag("keep", np.True_)
    True
    """
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {value!r}.")
    return bool(value)


def words(name: str, value: Any) -> tuple[str, ...]:
    """`value` as a tuple of words; `name` stands in the error.

    Raises:
        ValueError: one word instead of several, and what is none.

    >>> words("keep_float", ["conv", "dense"])
    ('conv', 'dense')
    """
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    found = tuple(value) if several else (None,)
    if not all(isinstance(each, str) for each in found):
        raise ValueError(f"{name} must be a list of names, such as ['conv'], got {value!r}.")
    return found
