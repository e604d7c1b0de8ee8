"""GATHER: values at given places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import along, axis_option, of_shapes

INDICES = ("INT16", "INT32", "INT64")


def gather(node: Node, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """`y[b, i, j, k] = x[b, i, indices[b, j], k]`, where dimension j of x is `axis`.

    Each letter stands for any number of dimensions; the first `batch_dims` of both are b.
    """
    if outside := _outside(x.shape, indices, node):
        raise ValueError(f"engine: operator {node.operator.index}, GATHER, {outside}.")
    return _gathered(x, indices, axis_option(node) % x.ndim, _batch_dims(node))


def _gathered(x: np.ndarray, indices: np.ndarray, axis: int, batch_dims: int) -> np.ndarray:
    if batch_dims == 0:
        return np.take(x, indices, axis)
    pairs = zip(x, indices, strict=True)
    return np.stack([_gathered(*pair, axis - 1, batch_dims - 1) for pair in pairs])


def _outside(shape: tuple[int, ...], indices: np.ndarray, node: Node) -> str:
    """What is wrong with indices that lead nowhere, "" with all others."""
    size = shape[axis_option(node)]
    right = not indices.size or (indices.min() >= 0 and indices.max() < size)
    return "" if right else f"has indices {indices.min()} to {indices.max()} in 0 to {size - 1}"


def _batch_dims(node: Node) -> int:
    """Below 0, it counts from the end of the indices."""
    batch_dims = node.option("batch_dims", 0)
    return batch_dims + len(node.inputs[1].shape) if batch_dims < 0 else batch_dims


def _of_indices(node: Node) -> Iterator[str]:
    """Indices are whole numbers, and lead to places that are there."""
    x, indices = node.inputs
    if indices.type not in INDICES:
        yield f"{indices.short_name!r} is {indices.type}; indices are {' and '.join(INDICES)}"
    elif indices.data is not None and (outside := _outside(x.shape, indices.data, node)):
        yield f"it {outside}"


def _image_by_image(node: Node) -> Iterator[str]:
    """The dimensions that are gone through together are the same, and before the axis."""
    x, indices, k = node.inputs[0].shape, node.inputs[1].shape, _batch_dims(node)
    if not 0 <= k <= axis_option(node) % len(x) or x[:k] != indices[:k]:
        yield f"its first {k} dimensions, of {x} and of {indices}, are not the same"


def _taken(node: Node) -> Iterator[tuple[int, ...]]:
    x, indices = node.inputs[0].shape, node.inputs[1].shape
    axis = axis_option(node) % len(x)
    yield *x[:axis], *indices[_batch_dims(node) :], *x[axis + 1 :]


def _across_images(node: Node) -> bool:
    """Unless an image's indices choose from a constant, or constant indices within an image."""
    x, indices = node.inputs
    within = axis_option(node) % len(x.shape) > 0
    apart = x.data is not None or (within and indices.data is not None)
    return not apart or _batch_dims(node) > 0


KERNELS: tuple[Kernel, ...] = (
    Moved(
        "GATHER",
        gather,
        rules=(along(axis_option), _of_indices, _image_by_image, of_shapes(_taken)),
        along_batch=_across_images,
    ),
)
