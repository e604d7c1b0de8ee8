"""What goes into a model, and what comes out: inputs checked, batches cut and joined again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qnn_edu.tflite.graph import Graph, Tensor


def cut(graph: Graph, inputs: Any) -> list[np.ndarray]:
    """Each input as (n, *shape of the tensor in the file), n the same for all: n single runs.

    `inputs` is an array, or a list with one for each input: of the file's shape, n then being 1, or
    a batch (n, ...), where (1, ...) in the file stands for one image and any other shape too.

    Raises:
        ValueError: inputs of another number, shape or type. Real numbers for an integer input are
            refused, not rounded.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite"))
    >>> cut(graph, np.zeros((3, 8, 8, 1), np.int8))[0].shape
    (3, 1, 8, 8, 1)
    """
    arrays = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    if len(arrays) != len(graph.inputs):
        raise ValueError(f"The model has {len(graph.inputs)} input(s); {len(arrays)} were given.")
    arrays = [np.asarray(array) for array in arrays]
    expected = [graph.tensors[i] for i in graph.inputs]
    for array, tensor in zip(arrays, expected, strict=True):
        _check_dtype(array, tensor)
    if all(a.shape == t.shape for a, t in zip(arrays, expected, strict=True)):
        return [array[np.newaxis] for array in arrays]
    count = len(arrays[0]) if arrays[0].ndim else 0
    for array, tensor in zip(arrays, expected, strict=True):
        _check_batch(array, tensor, count)
    return [a.reshape(count, *t.shape) for a, t in zip(arrays, expected, strict=True)]


def join(images: Sequence[np.ndarray]) -> np.ndarray:
    """The same tensor of several runs, image k at index k; one alone keeps the file's shape.

    >>> join([np.zeros((1, 2)), np.ones((1, 2))]).shape, join([np.zeros(2), np.ones(2)]).shape
    ((2, 2), (2, 2))
    """
    if len(images) == 1:
        return images[0]
    if images[0].shape[:1] == (1,):
        return np.concatenate(images)
    return np.stack(images)


def _check_dtype(array: np.ndarray, tensor: Tensor) -> None:
    if array.dtype == tensor.dtype:
        return
    message = f"Input {tensor.name!r} takes {tensor.dtype}; got {array.dtype}."
    if tensor.params is not None and array.dtype.kind == "f":
        message += (
            " Quantize it first: q = qnn_edu.quantize(x, graph.tensors[graph.inputs[0]].params) "
            "with graph = qnn_edu.tflite.read(model)."
        )
    raise ValueError(message)


def _check_batch(array: np.ndarray, tensor: Tensor, count: int) -> None:
    image = tensor.shape[1:] if tensor.shape[:1] == (1,) else tensor.shape
    if array.shape != (count, *image) or count == 0:
        raise ValueError(
            f"Input {tensor.name!r} has shape {tensor.shape}; got {array.shape}. Give that shape "
            f"or a batch (n, {', '.join(map(str, image))}), n the same for every input."
        )
