"""Running a model file with LiteRT, the runtime that phones use. TensorFlow is not needed."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.core.check import flag, is_whole
from qnn_edu.engine import KERNEL_SETS, Result
from qnn_edu.missing import require
from qnn_edu.nets.litert.dangers import require_safe
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
    """Run a model file on one input array, or on one for each input: a list, or a dict by name.

    An input has the model's own shape and type. Where the model takes one image, (1, ...), a
    batch (n, ...) is welcome too: its images run one after another, as a phone would do, so the
    result of an image never depends on its neighbours. Outputs are then (n, ...). What has another
    shape in the file, such as (2,), is (n, 2) in a batch. A size that the file leaves open is the
    array's own.

    `kernels`: "reference" (LiteRT's plain kernels), "optimized" (its fast ones) or "xnnpack" (the
    delegate it takes by default). With `keep`, `tensors` has every tensor but those that nobody
    reads: constants in the file's shape, computed ones with image k at index k.

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


class Runner:
    """A model file loaded by LiteRT, to be called with one image after the other.

    Raises:
        ValueError: unknown kernels, and what LiteRT cannot load or run, with its operator.

    >>> from qnn_edu.data import asset, digits
    >>> runner = Runner(asset("digits_float32.tflite").read_bytes())
    >>> [value.shape for value in runner([digits("test")[0][:1]]).values()]
    [(1, 10)]
    """

    def __init__(self, content: bytes, kernels: str = "xnnpack", *, keep: bool = False) -> None:
        self._graph, self._kernels = read(content), kernels
        require_safe(self._graph, kernels)
        self._interpreter = _interpreter(content, kernels, keep)
        self._shapes: dict[int, tuple[int, ...]] = {}  # of the inputs that memory is prepared for
        self._wanted = _computed(self._graph) if keep else list(dict.fromkeys(self._graph.outputs))

    def __call__(self, image: Sequence[np.ndarray]) -> dict[int, np.ndarray]:
        """The outputs by tensor index, or with `keep` all that a run computes.

        An input of another shape than the file's resizes the network.
        """
        shapes = {i: x.shape for i, x in zip(self._graph.inputs, image, strict=True)}
        if shapes != self._shapes or not shapes:
            self._prepare(shapes)
        self._interpreter.reset_all_variables()  # the state that a recurrent network carries on
        for index, value in zip(self._graph.inputs, image, strict=True):
            self._interpreter.set_tensor(index, value)
        try:
            self._interpreter.invoke()
        except (RuntimeError, ValueError) as error:
            raise _failure(self._graph, self._kernels, "run", error) from error
        return {i: self._interpreter.get_tensor(i) for i in self._wanted}

    def again(self) -> None:
        """The last image once more, and nothing else: what a stopwatch is to measure."""
        self._interpreter.invoke()

    def _prepare(self, shapes: dict[int, tuple[int, ...]]) -> None:
        """Lay out the memory for inputs of these shapes."""
        for i, shape in shapes.items():
            if shape != self._shapes.get(i, self._graph.tensors[i].shape):
                self._interpreter.resize_tensor_input(i, shape)
        try:
            with quiet_stderr():
                self._interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise _failure(self._graph, self._kernels, "load", error) from error
        self._shapes = shapes


def _interpreter(content: bytes, kernels: str, keep: bool) -> Interpreter:
    """A LiteRT interpreter, its memory not yet prepared."""
    require("ai_edge_litert")
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    try:
        with warnings.catch_warnings(), quiet_stderr():
            # LiteRT warns that keeping tensors takes memory; that is what was asked for.
            warnings.filterwarnings("ignore", message=".*experimental_preserve_all_tensors")
            return Interpreter(
                model_content=content,
                experimental_op_resolver_type=OpResolverType[_RESOLVERS[kernels]],
                experimental_preserve_all_tensors=keep,
            )
    except (RuntimeError, ValueError) as error:
        raise _failure(read(content), kernels, "load", error) from error


def _failure(graph: Graph, kernels: str, what: str, error: Exception) -> ValueError:
    """LiteRT's own words, the operator that they name, and a way out."""
    said = " ".join(str(error).split())
    named = re.search(r"Node number (\d+) \((\w+)\)", said)
    number = int(named[1]) if named else len(graph.operators)
    where = ""
    if number < len(graph.operators) and graph.operators[number].name == named[2]:
        outputs = graph.operators[number].outputs
        where = f" That is operator {number}, which puts out {graph.layer_name(outputs[0])!r}."
    others = " or ".join(repr(each) for each in KERNEL_SETS if each != kernels)
    advice = f"Try kernels={others}, or `qnn-edu inspect` to see the operator."
    return ValueError(
        f"LiteRT cannot {what} this model with {kernels} kernels: {said.rstrip('.')}.{where} "
        f"{advice}"
    )


def _images(graph: Graph, inputs: Any) -> list[list[np.ndarray]]:
    """The inputs of each single run.

    LiteRT can resize an input, but no network past a RESHAPE to a constant batch of 1, as
    MobileNet's; running image by image serves every network alike.
    """
    return [list(image) for image in zip(*cut(graph, inputs), strict=True)]


def _computed(graph: Graph) -> list[int]:
    """The tensors that a run fills: inputs, outputs, and what operators make for one another.

    What an operator puts out and nobody reads, as a part of a SPLIT may be, XNNPACK does not keep.
    Handles of variables hold no values.
    """
    made = {i for op in graph.operators for i in op.outputs}
    read = {i for op in graph.operators for i in op.inputs}
    found = {*graph.inputs, *graph.outputs, *(made & read)}
    return sorted(i for i in found if graph.tensors[i].dtype != object)
