"""What becomes of each placement of fake quantizers: the file, whether it loads, how true it is."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from qnn_edu.core.params import params_from_range
from qnn_edu.engine import KERNEL_SETS
from qnn_edu.tflite.graph import Graph

PHOTO, SIZE = "chelsea", 64


@cache
def judged(**where: bool) -> dict[str, Any]:
    """What the converter makes of `nets.placement.two_convolutions(Placement(**where))`.

    `before`: TensorFlow's graph; `graph`: the file, float32 at its ends; `zero_points` of its
    integer weights, those that occur; `float_operators`: how many; `refusals`: LiteRT's message by
    kernel set, empty where it loads; `off`: the share of outputs for a photograph that differ from
    the graph's by more than half a step of 6/255, and `worst`, the largest difference in such
    steps (both NaN if the file does not load).

    >>> found = judged(symmetric=False)
    >>> found["zero_points"], found["float_operators"], set(map(bool, found["refusals"].values()))
    ([2, 19], 0, {True})
    """
    from qnn_edu import nets
    from qnn_edu.nets.conversion.stated_ranges import convert_stated
    from qnn_edu.nets.models.placement import Placement, two_convolutions
    from qnn_edu.tflite import read

    function = two_convolutions(Placement(**where), size=SIZE)
    file = convert_stated(function, io="float32")
    graph, image = read(file), photograph()
    refusals = {kernels: _refusal(file, image, kernels) for kernels in KERNEL_SETS}
    off = worst = float("nan")
    if not refusals["reference"]:
        result = nets.run_tflite(file, image, kernels="reference").outputs[0]
        off, worst = _difference(result, function(image).numpy())
    return {
        "before": nets.tensorflow_graph(function),
        "graph": graph,
        "zero_points": _zero_points(graph),
        "float_operators": len(nets.float_operators(graph)),
        "refusals": refusals,
        "off": off,
        "worst": worst,
    }


@cache
def photograph() -> np.ndarray:
    """A photograph as the network takes it: float32 (1, 64, 64, 3), (byte - 128) / 128.

    >>> photograph().shape, float(photograph().min()) >= -1
    ((1, 64, 64, 3), True)
    """
    from qnn_edu.data import photo

    return (np.float32(photo(PHOTO, size=SIZE))[np.newaxis] - 128) / 128


def _refusal(file: bytes, image: np.ndarray, kernels: str) -> str:
    from qnn_edu.nets import run_tflite

    try:
        run_tflite(file, image, kernels=kernels)
    except ValueError as error:
        return str(error)
    return ""


def _difference(result: np.ndarray, expected: np.ndarray) -> tuple[float, float]:
    """The share of values further apart than half a step of 6/255, and the most steps apart."""
    steps = np.abs(result - expected) / params_from_range(0, 6).scale
    return float((steps > 0.5).mean()), float(steps.max())


def _zero_points(graph: Graph) -> list[int]:
    """The zero points of integer weights; [] where all weights are float."""
    weights = (t for t in graph.tensors if t.data is not None and t.dtype == np.int8)
    return sorted({int(z) for t in weights for z in np.atleast_1d(t.zero_point)})
