"""GATHER: values at given places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import as_told

INDICES = ("INT16", "INT32", "INT64")


def gather(node: Node, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """`y[b, i, j, k] = x[b, i, indices[b, j], k]`, each letter any number of dimensions.

    Behind b and i lies `axis`, one dimension; b are the first `batch_dims` of both.
    """
    if outside := _outside(node, indices):
        raise ValueError(f"engine: operator {node.operator.index}, GATHER: {outside}.")
    shared = node.option("batch_dims", 0)
    shared += indices.ndim * (shared < 0)
    return _gathered(x, indices, node.option("axis", 0) % x.ndim, shared)


def _gathered(x: np.ndarray, indices: np.ndarray, axis: int, shared: int) -> np.ndarray:
    if shared == 0:
        return np.take(x, indices, axis)
    pairs = zip(x, indices, strict=True)
    return np.stack([_gathered(*pair, axis - 1, shared - 1) for pair in pairs])


def _outside(node: Node, indices: np.ndarray) -> str:
    """What is wrong with indices that lead nowhere; "" where none is."""
    size = node.inputs[0].shape[node.option("axis", 0)]
    inside = indices.size == 0 or (indices.min() >= 0 and indices.max() < size)
    came = "" if inside else f"{indices.min()} to {indices.max()}"
    return came and f"its indices are {came}, and there are places 0 to {size - 1}"


def _of_indices(node: Node) -> Iterator[str]:
    """Indices are whole numbers; what is constant leads to places that are there."""
    indices = node.inputs[1]
    if indices.type not in INDICES:
        yield f"{indices.short_name!r} is {indices.type}; indices are {' or '.join(INDICES)}"
    elif indices.data is not None and (outside := _outside(node, indices.data)):
        yield outside


def _across_images(node: Node) -> bool:
    """Unless an image's indices choose from a constant, or constant ones within an image."""
    x, indices = node.inputs
    within = node.option("axis", 0) % len(x.shape) > 0 and indices.data is not None
    return node.option("batch_dims", 0) != 0 or not (within or x.data is not None)


KERNELS: tuple[Kernel, ...] = (
    Moved("GATHER", gather, rules=(as_told, _of_indices), along_batch=_across_images),
)
