"""CONCATENATION and PACK: arrays side by side, or one behind the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from qnn_edu.core.rounding import half_away
from qnn_edu.engine.kernel import ALL, Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finished
from qnn_edu.tflite.graph import Tensor


def concatenation(node: Node, first: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """Arrays side by side along `axis`. int16: as they are, whatever their scales."""
    arrays, axis = (first, *others), node.option("axis", 0)
    return np.concatenate(_for_each_image(arrays, axis % first.ndim), axis)


def concatenation_rescaled(node: Node, first: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """uint8: as `concatenation`, once all have the output's scale.

    `q = clamp(round(q_x m - Z_x m) + Z)` with `m = S_x (1 / S)`, the products and the difference in
    float32, a tie away from zero. LiteRT refuses several scales for int8.
    """
    arrays = zip((first, *others), node.inputs, strict=True)
    return concatenation(node, *(_rescaled(node, q, tensor) for q, tensor in arrays))


def pack(node: Node, first: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """Arrays of one shape, one behind the other along a new dimension."""
    arrays, axis = (first, *others), node.option("axis", 0)
    return np.stack(_for_each_image(arrays, axis % (first.ndim + 1)), axis)


def _rescaled(node: Node, q: np.ndarray, tensor: Tensor) -> np.ndarray:
    scale, zero_point = tensor.scale, tensor.zero_point
    if (scale, zero_point) == (node.output.scale, node.output.zero_point):
        return q
    m = scale * (1 / node.output.scale)
    steps = q.astype(np.float32) * m - np.float32(zero_point) * m
    return finished(node, half_away(steps))


def _for_each_image(arrays: Sequence[np.ndarray], axis: int) -> Sequence[np.ndarray]:
    """In a batch each image gets its own copy of a constant, which is there once."""
    if axis == 0:
        return arrays
    images = max(len(array) for array in arrays)
    return [np.broadcast_to(array, (images, *array.shape[1:])) for array in arrays]


def _scaled_alike(node: Node) -> Iterator[str]:
    """All have a scale, or none has."""
    if len({tensor.scale is None for tensor in (*node.inputs, node.output)}) > 1:
        yield "some of its tensors have a scale, and some have none"


_Arrays = partial(Moved, values=ALL)
_OfAnyScale = partial(_Arrays, one_scale=False, rules=(_scaled_alike,))

KERNELS: tuple[Kernel, ...] = (
    _OfAnyScale("CONCATENATION", concatenation_rescaled, types=("UINT8",)),
    _OfAnyScale("CONCATENATION", concatenation, types=("INT16",)),
    _Arrays("CONCATENATION", concatenation),
    _Arrays("PACK", pack),
)
