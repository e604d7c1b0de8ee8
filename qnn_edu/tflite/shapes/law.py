"""What every law of shapes is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from qnn_edu.tflite.graph import Operator, Tensor

Shape = tuple[int, ...]
Inputs = Sequence[Tensor | None]
Law = Callable[[Operator, Inputs], Sequence[Shape]]


class Unknown(Exception):
    """What a law would need is computed, or is not there."""


def first(inputs: Inputs, place: int = 0) -> Tensor:
    """The input at a place.

    Raises:
        Unknown: it is left out.
    """
    tensor = inputs[place] if place < len(inputs) else None
    if tensor is None:
        raise Unknown
    return tensor


def setting(inputs: Inputs, place: int) -> list[int]:
    """The whole numbers that a constant input holds.

    Raises:
        Unknown: it is computed, or left out.
    """
    data = first(inputs, place).data
    if data is None or data.dtype.kind not in "iu":
        raise Unknown
    return [int(n) for n in data.ravel()]


def empty(shape: Shape) -> np.ndarray:
    """An array of a shape that takes no memory: numpy's own functions tell what they make of it."""
    return np.broadcast_to(np.int8(0), shape)


def axis_of(number: int, dimensions: int) -> int:
    """An axis, counted from the end where it is below 0.

    Raises:
        Unknown: there is no such axis.

    >>> axis_of(-1, 4)
    3
    """
    if not -dimensions <= number < dimensions:
        raise Unknown
    return number % dimensions
