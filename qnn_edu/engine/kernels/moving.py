"""Operators that move values and compute with none."""

from __future__ import annotations

from functools import partial

import numpy as np

from qnn_edu.engine.kernel import ALL, ANY, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size
from qnn_edu.tflite.shapes.moving import Place, places


def reshape(node: Node, x: np.ndarray, shape: np.ndarray | None = None) -> np.ndarray:
    """RESHAPE and SQUEEZE: the same values; `run` gives every output its shape."""
    return x


def pad(node: Node, x: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """A frame of zeros, each written as the zero point; `widths` (dimensions, 2)."""
    return np.pad(x, widths.reshape(-1, 2), constant_values=node.output.zero_point or 0)


def concatenation(node: Node, first: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """Arrays side by side, all of one scale and zero point."""
    arrays = first, *others
    images = max(len(array) for array in arrays)  # a constant is there once
    alike = [np.broadcast_to(array, (images, *array.shape[1:])) for array in arrays]
    return np.concatenate(alike, axis=node.option("axis"))


def strided_slice(
    node: Node, x: np.ndarray, begin: np.ndarray, end: np.ndarray, strides: np.ndarray
) -> np.ndarray:
    """`x[begin:end:stride]` along each dimension that is named; the rest is whole.

    Masks of its options change single entries, as `tflite.shapes.moving.places` tells.
    """
    return x[node.once(_places)]


def shape(node: Node, x: np.ndarray) -> np.ndarray:
    """How many values there are along each dimension."""
    return np.array(x.shape, node.output.dtype)


def _places(node: Node) -> tuple[Place, ...]:
    """What numpy takes, entry by entry."""
    return places(node.operator, *(tensor.data.ravel().tolist() for tensor in node.inputs[1:]))


def _slices_batch(node: Node) -> bool:
    """Its first entry is not the whole first dimension."""
    places = node.once(_places)
    return bool(places) and places[0] not in (slice(None, None, 1), slice(0, 1, 1), ...)


# Values keep their integers, whatever these mean.
_Moved = partial(Kernel, types=ANY, one_scale=True, scaled=False)

KERNELS = (
    _Moved("RESHAPE", reshape, rules=(of_one_size,)),
    _Moved("SQUEEZE", reshape, rules=(of_one_size,)),
    _Moved("PAD", pad, settings=(1,)),
    _Moved("CONCATENATION", concatenation, values=ALL),
    _Moved(
        "STRIDED_SLICE",
        strided_slice,
        settings=(1, 2, 3),
        along_batch=_slices_batch,
    ),
    Kernel("SHAPE", shape, ANY, to=("INT32", "INT64"), scaled=False, of_shapes=True),
)
