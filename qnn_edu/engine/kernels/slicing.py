"""SLICE and STRIDED_SLICE: a part of every dimension."""

from __future__ import annotations

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import as_told
from qnn_edu.tflite.shapes.moving import Place, places

WHOLE = slice(None)


def slice_(node: Node, x: np.ndarray, begin: np.ndarray, size: np.ndarray) -> np.ndarray:
    """`x[begin : begin + size]` along each dimension; a size of -1 takes all that are left."""
    return x[node.once(_parts)]


def strided_slice(
    node: Node, x: np.ndarray, begin: np.ndarray, end: np.ndarray, strides: np.ndarray
) -> np.ndarray:
    """`x[begin:end:stride]` along each dimension that is named; the rest is whole.

    Masks of its options change single entries, as `tflite.shapes.moving.places` tells.
    """
    return x[node.once(_places)]


def _parts(node: Node) -> tuple[Place, ...]:
    """What numpy takes of each dimension, for SLICE."""
    begin = node.inputs[1].data.ravel().tolist()
    sizes = zip(begin, node.output.shape, strict=True)
    return _with_all_images(node, *(slice(first, first + size) for first, size in sizes))


def _places(node: Node) -> tuple[Place, ...]:
    """What numpy takes, entry by entry, for STRIDED_SLICE."""
    settings = (tensor.data.ravel().tolist() for tensor in node.inputs[1:])
    return _with_all_images(node, *places(node.operator, *settings))


def _with_all_images(node: Node, *taken: Place) -> tuple[Place, ...]:
    """What takes the only image takes all of a batch."""
    if node.inputs[0].shape[:1] == (1,) and taken and isinstance(taken[0], slice):
        found = len(range(*taken[0].indices(1)))
        return WHOLE if found else taken[0], *taken[1:]
    return taken


def _slices_batch(node: Node) -> bool:
    """Its first entry is not the whole first dimension."""
    taken = node.once(_places)
    return bool(taken) and taken[0] not in (WHOLE, ...)


_RULES = (as_told,)

KERNELS: tuple[Kernel, ...] = (
    Moved("SLICE", slice_, settings=(1, 2), rules=_RULES),
    Moved(
        "STRIDED_SLICE",
        strided_slice,
        settings=(1, 2, 3),
        rules=_RULES,
        along_batch=_slices_batch,
    ),
)
