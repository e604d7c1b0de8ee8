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

    `data` is `(x, y)`: real inputs (n, ...), quantized for a model that takes integers with that
    model's own scale and zero point, and class numbers (n,). A model's answer is the place of the
    largest value of its first output.

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
    if not models:
        raise ValueError("compare: no model given; expected a dict from a name to a path or bytes.")
    x, y = _checked(*data)
    graphs = {name: read(model) for name, model in models.items()}
    runs = [(model, model_input(graphs[name], x)) for name, model in models.items()]
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
    """Real inputs `x` as the model takes them: quantized where its input is an integer tensor.

    Raises:
        ValueError: `x` is not float.

    >>> from qnn_edu.data import asset
    >>> graph = read(asset("digits_int8.tflite"))
    >>> model_input(graph, np.zeros((1, 8, 8, 1)))[0, 0, 0]
    array([-128], dtype=int8)
    """
    if x.dtype.kind != "f":
        raise ValueError(f"Inputs are real numbers, as a float model takes them; got {x.dtype}.")
    params = graph.tensors[graph.inputs[0]].params
    return np.asarray(x, np.float32) if params is None else quantize(x, params)


def _is_real(tensor: Tensor) -> bool:
    return tensor.dtype.kind == "f" or tensor.scale is not None


def _accuracy(model: str | Path | bytes, inputs: np.ndarray, y: np.ndarray, kernels: str) -> float:
    """Right answers in percent."""
    scores = run_tflite(model, inputs, kernels=kernels).outputs[0].reshape(len(y), -1)
    if y.max() >= scores.shape[1]:
        raise ValueError(
            f"compare: label {y.max()} for a model of {scores.shape[1]} classes, numbered from 0."
        )
    return 100 * float((scores.argmax(axis=1) == y).mean())


def _checked(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """`x` and `y` as arrays that fit each other."""
    x, y = np.asarray(x), np.asarray(y)
    if y.ndim != 1 or x.ndim < 2 or len(x) != len(y) or len(y) == 0:
        raise ValueError(
            f"compare: expected inputs (n, ...) and labels (n,), n at least 1; got {x.shape} and "
            f"{y.shape}."
        )
    if y.dtype.kind not in "iu" or y.min() < 0:
        raise ValueError(f"compare: labels are class numbers 0, 1, 2, ...; got {y.dtype}: {y[:5]}")
    return x, y
