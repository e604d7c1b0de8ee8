"""What goes into a model, and what comes out: inputs checked, batches cut and joined again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qnn_edu.tflite.graph import Graph, Tensor

_CALL = "serving_default_"  # what a converter writes before the names of a signature


def input_names(graph: Graph) -> list[str]:
    """The names of a model's inputs, in the file's order, as the network itself had them.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> input_names(read(asset("digits_int8.tflite")))
    ['image']
    """
    names = (graph.tensors[i].name for i in graph.inputs)
    return [name.removeprefix(_CALL).rpartition(":")[0] or name for name in names]


def given(graph: Graph, inputs: Any) -> list[np.ndarray]:
    """One array for each input of a model, in the file's order, of whatever shapes and types.

    `inputs` is an array, a list or tuple of arrays in the file's order, or a dict from the inputs'
    names to arrays: a file may have another order than the network that it was made of.

    Raises:
        ValueError: another number of arrays, other names, and what is no array.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> given(read(asset("digits_int8.tflite")), {"image": np.zeros((3, 8, 8, 1))})[0].shape
    (3, 8, 8, 1)
    """
    names = input_names(graph)
    if isinstance(inputs, Mapping):
        inputs = _by_name(graph, names, inputs)
    arrays = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    if len(arrays) != len(graph.inputs):
        raise ValueError(
            f"The model has {len(graph.inputs)} input(s); {len(arrays)} were given. Give one array "
            f"for each, in this order or in a dict by name: {', '.join(names)}."
        )
    return [as_array(array, name) for array, name in zip(arrays, names, strict=True)]


def as_array(values: Any, name: str) -> np.ndarray:
    """What numpy makes of an input's values.

    Raises:
        ValueError: what is no array of numbers, such as rows of several lengths.

    >>> as_array([[1.0, 2.0]], "image").shape
    (1, 2)
    """
    try:
        array = np.asarray(values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Input {name!r} is no array of numbers: {error}.") from error
    if array.dtype.kind not in "biufc":
        came = type(values).__name__ if array.dtype == object else array.dtype
        raise ValueError(f"Input {name!r} is no array of numbers, but {came}.")
    return array


def cut(graph: Graph, inputs: Any) -> list[np.ndarray]:
    """Each input as (n, *shape of the tensor in the file), n the same for all: n single runs.

    `inputs` as `given` takes them: of the file's shape, n then being 1, or a batch (n, ...), where
    (1, ...) in the file stands for one image and any other shape too. A size that the file leaves
    open is the array's own.

    Raises:
        ValueError: inputs of another number, shape or type. Real numbers for an integer input are
            refused, not rounded.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite"))
    >>> cut(graph, np.zeros((3, 8, 8, 1), np.int8))[0].shape
    (3, 1, 8, 8, 1)
    """
    arrays = given(graph, inputs)
    expected = [graph.tensors[i] for i in graph.inputs]
    for array, tensor in zip(arrays, expected, strict=True):
        _check_dtype(array, tensor)
    if all(_fits(a.shape, _whole(t)) for a, t in zip(arrays, expected, strict=True)):
        return [array[np.newaxis] for array in arrays]
    count = len(arrays[0]) if arrays and arrays[0].ndim else 0
    for array, tensor in zip(arrays, expected, strict=True):
        _check_batch(array, tensor, count)
    ones = [(1,) if t.shape[:1] == (1,) else () for t in expected]
    return [a.reshape(count, *one, *a.shape[1:]) for a, one in zip(arrays, ones, strict=True)]


def join(images: Sequence[np.ndarray]) -> np.ndarray:
    """The same tensor of several runs, image k at index k; one alone keeps the file's shape.

    Runs that gave arrays of several shapes, which only an open network can, are an array of arrays.

    >>> join([np.zeros((1, 2)), np.ones((1, 2))]).shape, join([np.zeros(2), np.ones(2)]).shape
    ((2, 2), (2, 2))
    """
    if len(images) == 1:
        return images[0]
    if len({image.shape for image in images}) > 1:
        several = np.empty(len(images), object)
        several[:] = images
        return several
    if images[0].shape[:1] == (1,):
        return np.concatenate(images)
    return np.stack(images)


def _by_name(graph: Graph, names: list[str], inputs: Mapping[Any, Any]) -> list[Any]:
    """The values of a dict in the file's order; its keys are the names, or the tensors' own."""
    own = {graph.tensors[i].name: name for i, name in zip(graph.inputs, names, strict=True)}
    found = {own.get(key, key): value for key, value in inputs.items()}
    if set(found) != set(names) or len(inputs) != len(names):
        raise ValueError(
            f"The model's inputs are {', '.join(map(repr, names))}; the dict has "
            f"{', '.join(map(repr, inputs)) or 'nothing'}. Give an array under each name."
        )
    return [found[name] for name in names]


def _check_dtype(array: np.ndarray, tensor: Tensor) -> None:
    if array.dtype == tensor.dtype:
        return
    message = f"Input {tensor.name!r} takes {tensor.dtype}; got {array.dtype}."
    if tensor.params is not None and array.dtype.kind == "f":
        message += (
            " Quantize it first: q = qnn_edu.quantize(x, graph.tensors[graph.inputs[0]].params) "
            "with graph = qnn_edu.tflite.read(model)."
        )
    elif tensor.params is None:
        message += f" Convert it first: x.astype({tensor.dtype.name!r})."
    raise ValueError(message)


def _whole(tensor: Tensor) -> tuple[int, ...]:
    """The shape that one run takes: an open number of images is the file's, an open size -1."""
    return (*tensor.shape[:1], *tensor.signature[1:])


def _fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    same = zip(shape, wanted, strict=False)
    return len(shape) == len(wanted) and all(w in (-1, n) for n, w in same) and 0 not in shape


def _check_batch(array: np.ndarray, tensor: Tensor, count: int) -> None:
    whole = _whole(tensor)
    image = whole[1:] if tensor.shape[:1] == (1,) else whole
    if count == 0 or not _fits(array.shape, (count, *image)):
        shape, batch = (
            ", ".join("any" if n == -1 else str(n) for n in each) for each in (whole, image)
        )
        raise ValueError(
            f"Input {tensor.name!r} has shape ({shape}{',' * (len(whole) == 1)}); got "
            f"{array.shape}. Give that shape or a batch (n, {batch}), n at least 1 and "
            "the same for every input."
        )
