"""Running a model file with LiteRT, the runtime that phones use. TensorFlow is not needed."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.engine import KERNEL_SETS, Result
from qnn_edu.missing import require
from qnn_edu.nets.quiet import quiet_stderr
from qnn_edu.tflite.feeding import cut, join
from qnn_edu.tflite.flatbuffer import model_bytes
from qnn_edu.tflite.graph import Graph
from qnn_edu.tflite.reader import read

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

_RESOLVERS = dict(
    zip(KERNEL_SETS, ("BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES", "AUTO"), strict=True)
)


def run_tflite(
    model: str | Path | bytes, inputs: Any, *, kernels: str = "xnnpack", keep: bool = False
) -> Result:
    """Run a model file on one input array, or on a list with one array for each input.

    An input has the model's own shape and type. Where the model takes one image, (1, ...), a
    batch (n, ...) is welcome too: its images run one after another, as a phone would do, so the
    result of an image never depends on its neighbours. Outputs are then (n, ...). What has another
    shape in the file, such as (2,), is (n, 2) in a batch.

    `kernels`: "reference" (LiteRT's plain kernels), "optimized" (its fast ones) or "xnnpack" (the
    delegate it takes by default). With `keep`, `tensors` has every tensor: constants in the file's
    shape, computed ones with image k at index k.

    Raises:
        ValueError: unknown kernels, what is not a model or cannot be loaded, inputs of another
            number, shape or type. Real numbers for an integer input are refused, not rounded:
            quantize them first.
        NotInstalled: LiteRT is not here.

    >>> from qnn_edu.data import asset, digits
    >>> x, y = digits("test")
    >>> result = run_tflite(asset("digits_float32.tflite"), x[:3])
    >>> result.outputs[0].shape, result.outputs[0].argmax(axis=1) == y[:3]
    ((3, 10), array([ True,  True,  True]))
    """
    content = model_bytes(model)
    graph = read(content)
    images = _images(graph, inputs)
    interpreter = _interpreter(content, kernels, keep)
    computed = _computed(graph) if keep else list(graph.outputs)
    runs = []
    for image in images:
        _invoke(interpreter, graph, image)
        runs.append([interpreter.get_tensor(i) for i in computed])
    values = {i: join(each) for i, each in zip(computed, zip(*runs, strict=True), strict=True)}
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
    if not (isinstance(repeats, int) and repeats >= 1):
        raise ValueError(f"repeats must be a whole number of at least 1, got {repeats!r}.")
    interpreters = [_warm(model, inputs, kernels) for model, inputs in runs]
    times: list[list[float]] = [[] for _ in runs]
    rng = np.random.default_rng(0)
    for _ in range(repeats):
        for k in rng.permutation(len(runs)):
            start = time.perf_counter()
            interpreters[k].invoke()
            times[k].append(time.perf_counter() - start)
    return [float(np.median(each)) for each in times]


def _warm(model: str | Path | bytes, inputs: Any, kernels: str) -> Interpreter:
    """An interpreter that has run once, on the first image."""
    content = model_bytes(model)
    graph = read(content)
    image = _images(graph, inputs)[0]
    interpreter = _interpreter(content, kernels, keep=False)
    _invoke(interpreter, graph, image)
    return interpreter


def _interpreter(content: bytes, kernels: str, keep: bool) -> Interpreter:
    """A LiteRT interpreter, ready to run."""
    require("ai_edge_litert")
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    if kernels not in KERNEL_SETS:
        raise ValueError(f"No kernels {kernels!r}; choose one of {', '.join(KERNEL_SETS)}.")
    try:
        with warnings.catch_warnings(), quiet_stderr():
            # LiteRT warns that keeping tensors takes memory; that is what was asked for.
            warnings.filterwarnings("ignore", message=".*experimental_preserve_all_tensors")
            interpreter = Interpreter(
                model_content=content,
                experimental_op_resolver_type=OpResolverType[_RESOLVERS[kernels]],
                experimental_preserve_all_tensors=keep,
            )
            interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        raise ValueError(
            f"LiteRT cannot load this model with {kernels} kernels: {error}"
        ) from error
    return interpreter


def _invoke(interpreter: Interpreter, graph: Graph, image: list[np.ndarray]) -> None:
    for index, value in zip(graph.inputs, image, strict=True):
        interpreter.set_tensor(index, value)
    interpreter.invoke()


def _images(graph: Graph, inputs: Any) -> list[list[np.ndarray]]:
    """The inputs of each single run.

    LiteRT can resize an input, but no network past a RESHAPE to a constant batch of 1, as
    MobileNet's; running image by image serves every network alike.
    """
    return [list(image) for image in zip(*cut(graph, inputs), strict=True)]


def _computed(graph: Graph) -> list[int]:
    """The tensors that a run fills: the inputs and what operators put out."""
    filled = {*graph.inputs, *(i for op in graph.operators for i in op.outputs)}
    return sorted(filled)
