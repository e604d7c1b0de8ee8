"""What every law of shapes is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from qnn_edu.tflite.graph import Operator, Tensor

Shape = tuple[int, ...]
Inputs = Sequence[Tensor | None]
Law = Callable[[Operator, Inputs], Sequence[Shape]]


class Unknown(Exception):
    """A setting that a law would need is computed."""


class Unfit(ValueError):
    """What a law meets contradicts itself: no output has a shape then."""


def first(inputs: Inputs, place: int = 0) -> Tensor:
    """The input at a place.

    Raises:
        Unfit: it is left out.
    """
    tensor = inputs[place] if place < len(inputs) else None
    if tensor is None:
        raise Unfit
    return tensor


def setting(inputs: Inputs, place: int) -> list[int]:
    """The whole numbers that a constant input holds.

    Raises:
        Unknown: it is computed.
        Unfit: it is left out, or holds no whole numbers.
    """
    data = first(inputs, place).data
    if data is None:
        raise Unknown
    if data.dtype.kind not in "iu":
        raise Unfit
    return [int(n) for n in data.ravel()]


def empty(shape: Shape) -> np.ndarray:
    """An array of a shape that takes no memory: numpy's own functions tell what they make of it."""
    return np.broadcast_to(np.int8(0), shape)


def axis_of(number: int, dimensions: int) -> int:
    """An axis, counted from the end where it is below 0.

    Raises:
        Unfit: there is no such axis.

    >>> axis_of(-1, 4)
    3
    """
    if not -dimensions <= number < dimensions:
        raise Unfit
    return number % dimensions
