"""Layers that put values at other places, and compute with none."""

from __future__ import annotations

import numpy as np

from qnn_edu.chip.arrays import Array
from qnn_edu.chip.layer import Layer
from qnn_edu.chip.refusal import require
from qnn_edu.engine.node import Node


def concatenation(node: Node) -> tuple[Layer, ...]:
    """CONCATENATION: each input in turn moves to its part of the output."""
    axis, shape = node.option("axis"), node.output.shape
    ends = np.cumsum([tensor.shape[axis] for tensor in node.inputs])
    parts = np.split(_places(shape), ends[:-1], axis=axis)
    for tensor, part in zip(node.inputs, parts, strict=True):
        came = f"puts {tensor.shape} into {shape} along {axis}; expected parts that fill it."
        require(tensor.shape == part.shape, node.operator, came)
    return tuple(
        move(node, index, _places(tensor.shape), part, k)
        for k, (index, tensor, part) in enumerate(
            zip(node.operator.inputs, node.inputs, parts, strict=True)
        )
    )


def move(node: Node, operand: int, x: np.ndarray, y: np.ndarray, part: int | None = None) -> Layer:
    """Values of tensor `operand` go from the places `x` to the places `y`, views of one shape.

    A view of a tensor's places is what numpy's slices and transpositions make of them: where it
    begins and its strides are all that the loop needs.
    """
    sizes, x_steps, y_steps = _merged(x.shape, _steps(x), _steps(y))
    values = {"size": sizes, "x_step": x_steps, "y_step": y_steps}
    name = f"{node.operator.index}_{part}"
    numbers = {
        "count": x.size,
        "dimensions": len(sizes),
        "x_start": int(x.ravel()[0]),
        "y_start": int(y.ravel()[0]),
    }
    arrays = {word: Array(f"{word}_{name}", np.int32(v)) for word, v in values.items()}
    return Layer(node, "move", (operand,), numbers | arrays, part)


def _places(shape: tuple[int, ...]) -> np.ndarray:
    """The place in memory of every value of a tensor."""
    return np.arange(np.prod(shape, dtype=int)).reshape(shape)


def _steps(view: np.ndarray) -> list[int]:
    return [stride // view.itemsize for stride in view.strides]


def _merged(*dimensions: tuple[int, ...] | list[int]) -> list[list[int]]:
    """(size, step in x, step in y) of each dimension, those that go on in both places joined."""
    kept = [[1, 0, 0]]
    for size, x_step, y_step in zip(*dimensions, strict=True):
        outer = kept[-1]
        if size == 1:
            continue
        if outer[0] == 1 or outer[1:] == [size * x_step, size * y_step]:
            kept[-1] = [outer[0] * size, x_step, y_step]
        else:
            kept.append([size, x_step, y_step])
    return [list(column) for column in zip(*kept, strict=True)]
