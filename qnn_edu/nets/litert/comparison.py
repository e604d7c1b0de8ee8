"""Files of one network side by side: size, accuracy, time, and how much of each is integer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from qnn_edu.core.affine import quantize
from qnn_edu.nets.litert.counterparts import PASS_THROUGH
from qnn_edu.nets.litert.interpreter import run_tflite, time_in_turns
from qnn_edu.tflite.feeding import as_array, given
from qnn_edu.tflite.graph import Graph, Tensor
from qnn_edu.tflite.reader import read


@dataclass(frozen=True)
class Comparison:
    """What one file costs and what it is worth.

    The metadata of each field is its column's heading and number format, for `draw.table`.
    """

    name: str = field(metadata={"heading": "model"})
    size: int = field(metadata={"heading": "size (bytes)", "format": ",d"})
    accuracy: float = field(metadata={"heading": "accuracy (%)", "format": ".2f"})
    time: float = field(  # seconds
        metadata={"heading": "time (µs)", "format": lambda seconds: f"{1e6 * seconds:,.1f}"}
    )
    integer_share: float = field(metadata={"heading": "integer operators", "format": ".0%"})


def compare(
    models: Mapping[str, str | Path | bytes],
    data: tuple[Any, Any],
    *,
    kernels: str = "xnnpack",
    repeats: int = 50,
) -> list[Comparison]:
    """One row for each file of `models` (name -> path or bytes), in their order.

    `data` is `(x, y)`: inputs (n, ...) as `model_inputs` takes them, and class numbers (n,). A
    model's answer is the place of the largest value of its first output.

    `size` in bytes; `accuracy` in percent; `time` in seconds: the median over `repeats` runs on
    the first image, all models in turns; `integer_share` from 0 to 1: see `integer_share`.
    `kernels` as in `run_tflite`.

    Raises:
        ValueError: no model, inputs and labels that do not fit each other or a model, and what
            `run_tflite` refuses.

    >>> from qnn_edu.data import asset, digits
    >>> files = {name: asset(f"digits_{name}.tflite") for name in ("float32", "int8")}
    >>> rows = compare(files, digits("test"), repeats=1)
    >>> [(row.name, round(row.accuracy, 1), row.integer_share) for row in rows]
    [('float32', 99.7, 0.0), ('int8', 99.4, 1.0)]
    """
    if not isinstance(models, Mapping) or not models:
        what = "no model given" if isinstance(models, Mapping) else f"got {type(models).__name__}"
        raise ValueError(f"compare: {what}; expected a dict from a name to a path or bytes.")
    x, y = _pair(data)
    graphs = {name: read(model) for name, model in models.items()}
    for graph in graphs.values():
        _check(given(graph, x), y)
    runs = [(model, model_inputs(graphs[name], x)) for name, model in models.items()]
    accuracies = [_accuracy(model, inputs, y, kernels) for model, inputs in runs]
    times = time_in_turns(runs, kernels=kernels, repeats=repeats)
    return [
        Comparison(name, graph.size, accuracy, seconds, integer_share(graph))
        for (name, graph), accuracy, seconds in zip(graphs.items(), accuracies, times, strict=True)
    ]


def integer_share(graph: Graph) -> float:
    """The share of operators that compute from integers to integers, from 0 to 1.

    Counted are the operators that put out real numbers, stored as float or as integers with a
    scale; not QUANTIZE and DEQUANTIZE, which only change the type, and not those that work out
    shapes or class numbers. Such an operator is an integer one if all the computed tensors that it
    reads or puts out are integers. Constants do not count: a hybrid operator, with int8 weights
    between float activations as in a "dynamic" file, is no integer operator, even though a kernel
    may quantize its input on the fly.

    >>> from qnn_edu.data import asset
    >>> integer_share(read(asset("digits_int8.tflite")))
    1.0
    """
    integer = []
    for op in graph.operators:
        outputs = [graph.tensors[i] for i in op.outputs]
        if op.name in PASS_THROUGH or not any(map(_is_real, outputs)):
            continue
        reads = [graph.tensors[i] for i in op.inputs if i >= 0 and graph.tensors[i].data is None]
        integer.append(all(t.dtype.kind in "iu" for t in (*reads, *outputs)))
    return sum(integer) / len(integer) if integer else 0.0


def model_input(graph: Graph, x: np.ndarray) -> np.ndarray:
    """Real inputs `x` as a model of one input takes them: quantized where it is an integer tensor.

    Raises:
        ValueError: what `model_inputs` refuses, and a model of several inputs.

    >>> from qnn_edu.data import asset
    >>> graph = read(asset("digits_int8.tflite"))
    >>> model_input(graph, np.zeros((1, 8, 8, 1)))[0, 0, 0]
    array([-128], dtype=int8)
    """
    if len(graph.inputs) != 1:
        raise ValueError(f"The model has {len(graph.inputs)} inputs; one is expected.")
    return model_inputs(graph, x)[0]


def model_inputs(graph: Graph, x: Any) -> list[np.ndarray]:
    """Each input of a model as it takes it, from what the network took before conversion.

    `x`: an array (n, ...), or, of a model with several inputs, a list or tuple of arrays in the
    file's order, or a dict by the inputs' names. Real numbers are quantized with an integer input's
    own scale and zero point. An input of whole numbers, such as class numbers or bytes, has no
    scale and gets whole numbers.

    Raises:
        ValueError: integers where real numbers are meant, or the other way round; other names or
            another number of inputs than the model's.

    >>> from qnn_edu.data import asset
    >>> graph = read(asset("digits_int8.tflite"))
    >>> model_inputs(graph, {"image": np.zeros((2, 8, 8, 1))})[0].shape
    (2, 8, 8, 1)
    """
    tensors = [graph.tensors[i] for i in graph.inputs]
    return [_taken(a, t) for a, t in zip(given(graph, x), tensors, strict=True)]


def _taken(array: np.ndarray, tensor: Tensor) -> np.ndarray:
    """An array in the type of an input."""
    if not _is_real(tensor):
        if array.dtype.kind not in "iub":
            raise ValueError(
                f"Input {tensor.name!r} takes whole numbers, {tensor.dtype}; got {array.dtype}."
            )
        return array.astype(tensor.dtype)
    if array.dtype.kind != "f":
        raise ValueError(
            f"Inputs are real numbers, as a float model takes them; got {array.dtype}."
        )
    return array.astype(tensor.dtype) if tensor.params is None else quantize(array, tensor.params)


def _is_real(tensor: Tensor) -> bool:
    return tensor.dtype.kind == "f" or tensor.scale is not None


def _accuracy(
    model: str | Path | bytes, inputs: list[np.ndarray], y: np.ndarray, kernels: str
) -> float:
    """Right answers in percent."""
    outputs = run_tflite(model, inputs, kernels=kernels).outputs
    if not outputs or outputs[0].dtype == object or outputs[0].size % len(y):
        shape = outputs[0].shape if outputs else ()
        raise ValueError(
            f"compare: the model gives {shape} for {len(y)} labels; expected (n, ...)."
        )
    scores = outputs[0].reshape(len(y), -1)
    if y.max() >= scores.shape[1]:
        raise ValueError(
            f"compare: label {y.max()} for a model of {scores.shape[1]} classes, numbered from 0."
        )
    return 100 * float((scores.argmax(axis=1) == y).mean())


def _pair(data: Any) -> tuple[Any, np.ndarray]:
    """Inputs as they came, and labels as an array."""
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise ValueError(f"compare: data is a pair (x, y); got {type(data).__name__}.")
    x, y = data
    return x, as_array(y, "labels")


def _check(inputs: list[np.ndarray], y: np.ndarray) -> None:
    """Refuse labels that are none, and inputs that they do not fit."""
    shapes = [x.shape for x in inputs]
    if y.ndim != 1 or len(y) == 0 or any(shape[:1] != y.shape for shape in shapes):
        came = " and ".join(map(str, [*shapes, y.shape]))
        raise ValueError(
            f"compare: expected inputs (n, ...) and labels (n,), n at least 1; got {came}."
        )
    if y.dtype.kind not in "iu" or y.min() < 0:
        raise ValueError(f"compare: labels are class numbers 0, 1, 2, ...; got {y.dtype}: {y[:5]}")
