"""GATHER, GATHER_ND: values at given places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import fitting

INDICES = ("INT16", "INT32", "INT64")


def gather(node: Node, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """`y[b, i, j, k] = x[b, i, indices[b, j], k]`, each letter any number of dimensions.

    Behind b and i lies `axis`, one dimension; b are the first `batch_dims` of both.
    """
    if outside := _outside(node, indices):
        raise ValueError(outside)
    shared = node.option("batch_dims", 0)
    shared += indices.ndim * (shared < 0)
    return _gathered(x, indices, node.option("axis", 0) % x.ndim, shared)


def _gathered(x: np.ndarray, indices: np.ndarray, axis: int, shared: int) -> np.ndarray:
    if shared == 0:
        return np.take(x, indices, axis)
    pairs = zip(x, indices, strict=True)
    return np.stack([_gathered(*pair, axis - 1, shared - 1) for pair in pairs])


def gather_nd(node: Node, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """`y[i, k] = x[indices[i, 0], indices[i, 1], ..., k]`, i and k any number of dimensions."""
    if outside := _outside(node, indices):
        raise ValueError(outside)
    return x[tuple(np.moveaxis(indices, -1, 0))]


def _outside(node: Node, indices: np.ndarray) -> str:
    """What is wrong with indices that lead nowhere; "" where none is."""
    shape = node.inputs[0].shape
    if node.operator.name == "GATHER":
        columns, sizes = [indices], [shape[node.option("axis", 0)]]
    else:
        columns, sizes = list(np.moveaxis(indices, -1, 0)), list(shape)
    for column, size in zip(columns, sizes, strict=False):  # GATHER_ND may name only some
        if column.size and not (column.min() >= 0 and column.max() < size):
            came = f"{column.min()} to {column.max()}"
            return f"its indices are {came}, and there are places 0 to {size - 1}"
    return ""


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


def _from_images(node: Node) -> bool:
    """Unless every image has its indices into a constant."""
    x, indices = node.inputs
    return x.data is None or indices.data is not None or len(indices.shape) == 1


KERNELS: tuple[Kernel, ...] = (
    Moved("GATHER", gather, rules=(fitting, _of_indices), along_batch=_across_images),
    Moved("GATHER_ND", gather_nd, rules=(fitting, _of_indices), along_batch=_from_images),
)
