"""CONCATENATION and PACK: arrays side by side, or one behind the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from qnn_edu.engine.kernel import ALL, Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finisher
from qnn_edu.engine.rules import along, axis_option, of_shapes
from qnn_edu.tflite.graph import Tensor


def concatenation(node: Node, first: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """Arrays side by side along `axis`. int16: whatever their scales, integers stay as they are."""
    arrays, axis = (first, *others), axis_option(node)
    return np.concatenate(_once_an_image(arrays, axis % first.ndim), axis)


def concatenation_rescaled(node: Node, first: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """uint8: what has another scale than the output is brought to it, and then `concatenation`.

    `q = clamp(round(q_x m - Z_x m) + Z)` with `m = S_x (1 / S)`, the products and the difference in
    float32, a tie away from zero. LiteRT refuses several scales for int8.
    """
    arrays = zip((first, *others), node.inputs, strict=True)
    return concatenation(node, *(_rescaled(node, q, tensor) for q, tensor in arrays))


def _rescaled(node: Node, q: np.ndarray, tensor: Tensor) -> np.ndarray:
    scale, zero_point = tensor.scale, tensor.zero_point
    if (scale, zero_point) == (node.output.scale, node.output.zero_point):
        return q
    m = scale * (1 / node.output.scale)
    steps = (q.astype(np.float32) * m - np.float32(zero_point) * m).astype(np.float64)
    return finisher(node, lambda steps: np.trunc(steps + np.copysign(0.5, steps)))(steps)


def pack(node: Node, first: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """Arrays of one shape, one behind the other along a new dimension."""
    arrays, axis = (first, *others), axis_option(node)
    return np.stack(_once_an_image(arrays, axis % (first.ndim + 1)), axis)


def _once_an_image(arrays: Sequence[np.ndarray], axis: int) -> Sequence[np.ndarray]:
    """In a batch each image gets its own copy of a constant, which is there once."""
    if axis == 0:
        return arrays
    images = max(len(array) for array in arrays)
    return [np.broadcast_to(array, (images, *array.shape[1:])) for array in arrays]


def _side_by_side(node: Node) -> Iterator[str]:
    """Along all other dimensions they have the same sizes."""
    shapes = [tensor.shape for tensor in node.inputs]
    others = [_without(shape, axis_option(node)) for shape in shapes]
    if any(other != others[0] for other in others) or len({len(each) for each in shapes}) > 1:
        yield f"its inputs {shapes} do not fit together along axis {axis_option(node)}"


def _joined(node: Node) -> Iterator[list[int]]:
    axis, shape = axis_option(node), list(node.inputs[0].shape)
    shape[axis] = sum(tensor.shape[axis] for tensor in node.inputs)
    yield shape


def _of_one_shape(node: Node) -> Iterator[str]:
    """What is packed is alike."""
    shapes = {tensor.shape for tensor in node.inputs}
    if len(shapes) > 1:
        yield f"its inputs have several shapes, {sorted(shapes)}"


def _packed(node: Node) -> Iterator[list[int]]:
    shape, axis = list(node.inputs[0].shape), axis_option(node)
    shape.insert(axis % (len(shape) + 1), len(node.inputs))
    yield shape


def _scaled_alike(node: Node) -> Iterator[str]:
    """All have a scale, or none has."""
    if len({tensor.scale is None for tensor in (*node.inputs, node.output)}) > 1:
        yield "some of its tensors have a scale, and some have none"


def _without(shape: tuple[int, ...], axis: int) -> list[int]:
    return [size for i, size in enumerate(shape) if i != axis % len(shape)]


_JOINED = (along(axis_option), _side_by_side, of_shapes(_joined))

KERNELS: tuple[Kernel, ...] = (
    Moved(
        "CONCATENATION",
        concatenation_rescaled,
        types=("UINT8",),
        values=ALL,
        one_scale=False,
        rules=(*_JOINED, _scaled_alike),
    ),
    Moved(
        "CONCATENATION",
        concatenation,
        types=("INT16",),
        values=ALL,
        one_scale=False,
        rules=_JOINED,
    ),
    Moved("CONCATENATION", concatenation, values=ALL, rules=_JOINED),
    Moved(
        "PACK",
        pack,
        values=ALL,
        rules=(along(axis_option, new=True), _of_one_shape, of_shapes(_packed)),
    ),
)
