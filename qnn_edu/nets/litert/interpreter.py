"""Running a model file with LiteRT, the runtime that phones use. TensorFlow is not needed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qnn_edu.core.check import flag, is_whole
from qnn_edu.engine import Result
from qnn_edu.nets.litert.runner import Runner
from qnn_edu.tflite.feeding import cut, join
from qnn_edu.tflite.flatbuffer import model_bytes
from qnn_edu.tflite.graph import Graph
from qnn_edu.tflite.reader import read


def run_tflite(
    model: str | Path | bytes, inputs: Any, *, kernels: str = "xnnpack", keep: bool = False
) -> Result:
    """Run a model file on one input array, or on one for each input: a list, or a dict by name.

    An input has the model's own shape and type. Where the model takes one image, (1, ...), a
    batch (n, ...) is welcome too: its images run one after another, as a phone would do, and each
    begins anew, whatever a network remembers, so its result never depends on its neighbours.
    Outputs are then (n, ...). What has another shape in the file, such as (2,), is (n, 2) in a
    batch. A size that the file leaves open is the array's own.

    `kernels`: "reference" (LiteRT's plain kernels), "optimized" (its fast ones) or "xnnpack" (the
    delegate it takes by default). With `keep`, `tensors` has every tensor but handles, which have
    no value, those that nobody reads, and under XNNPACK real numbers that a DEQUANTIZE or DENSIFY
    makes of constants, which it keeps to itself: constants in the file's shape, computed ones with
    image k at index k.

    Raises:
        ValueError: unknown kernels, what is not a model or cannot be loaded or run, with the
            operator that LiteRT names; inputs of another number, name, shape or type. Real numbers
            for an integer input are refused, not rounded: quantize them first.
        NotInstalled: LiteRT is not here.

    >>> from qnn_edu.data import asset, digits
    >>> x, y = digits("test")
    >>> result = run_tflite(asset("digits_float32.tflite"), x[:3])
    >>> result.outputs[0].shape, result.outputs[0].argmax(axis=1) == y[:3]
    ((3, 10), array([ True,  True,  True]))
    """
    keep, content = flag("keep", keep), model_bytes(model)
    graph = read(content)
    images = _images(graph, inputs)
    runner = Runner(content, kernels, keep=keep)
    runs = [runner(image) for image in images]
    values = {i: join([run[i] for run in runs]) for i in runs[0]}
    tensors = {t.index: values.get(t.index, t.data) for t in graph.tensors} if keep else {}
    tensors = {i: value for i, value in tensors.items() if value is not None}
    return Result([values[i] for i in graph.outputs], tensors)


def time_tflite(
    model: str | Path | bytes, inputs: Any, *, kernels: str = "xnnpack", repeats: int = 50
) -> float:
    """The median time of one inference in seconds, over `repeats` runs on the first image.

    Loading and the first run, which prepares memory, are not counted. Arguments are those of
    `run_tflite`.

    Raises:
        ValueError: what `run_tflite` refuses.

    >>> from qnn_edu.data import asset, digits
    >>> time_tflite(asset("digits_float32.tflite"), digits("test")[0], repeats=3) > 0
    True
    """
    return time_in_turns([(model, inputs)], kernels=kernels, repeats=repeats)[0]


def time_in_turns(
    runs: Sequence[tuple[str | Path | bytes, Any]], *, kernels: str = "xnnpack", repeats: int = 50
) -> list[float]:
    """What `time_tflite` measures, for each (model, inputs) of `runs`.

    The models take turns, `repeats` rounds in an order drawn anew for each, so whatever else the
    machine does slows them alike, and none always runs after the same neighbour.

    Raises:
        ValueError: what `time_tflite` refuses.

    >>> from qnn_edu.data import asset, digits
    >>> run = (asset("digits_float32.tflite"), digits("test")[0])
    >>> len(time_in_turns([run, run], repeats=3))
    2
    """
    if not (is_whole(repeats) and repeats >= 1):
        raise ValueError(f"repeats must be a whole number of at least 1, got {repeats!r}.")
    runners = [_warm(model, inputs, kernels) for model, inputs in runs]
    times: list[list[float]] = [[] for _ in runs]
    rng = np.random.default_rng(0)
    for _ in range(repeats):
        for k in rng.permutation(len(runs)):
            start = time.perf_counter()
            runners[k].again()
            times[k].append(time.perf_counter() - start)
    return [float(np.median(each)) for each in times]


def _warm(model: str | Path | bytes, inputs: Any, kernels: str) -> Runner:
    """A runner that has run once, on the first image."""
    content = model_bytes(model)
    image = _images(read(content), inputs)[0]
    runner = Runner(content, kernels)
    runner(image)
    return runner


def _images(graph: Graph, inputs: Any) -> list[list[np.ndarray]]:
    """The inputs of each single run.

    LiteRT can resize an input, but no network past a RESHAPE to a constant batch of 1, as
    MobileNet's; running image by image serves every network alike.
    """
    arrays = cut(graph, inputs)
    return [list(image) for image in zip(*arrays, strict=True)] if arrays else [[]]
