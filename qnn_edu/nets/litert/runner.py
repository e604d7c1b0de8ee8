"""A model file loaded by LiteRT, run on one image after the other."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qnn_edu.engine import KERNEL_SETS
from qnn_edu.missing import require
from qnn_edu.nets.litert.dangers import HANDLES, require_safe
from qnn_edu.nets.litert.failure import failure
from qnn_edu.nets.quiet import quiet_stderr
from qnn_edu.tflite.graph import Graph
from qnn_edu.tflite.reader import read

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

_RESOLVERS = dict(
    zip(KERNEL_SETS, ("BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES", "AUTO"), strict=True)
)
_UNPACKING = {"DENSIFY", "DEQUANTIZE"}
# What they keep, `reset_all_variables` leaves as it is.
_MEMORIES = {"VAR_HANDLE", "RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL", "MULTINOMIAL"}


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
        self._load = functools.partial(_interpreter, content, kernels, keep)
        self._interpreter = self._load()
        self._shapes: dict[int, tuple[int, ...]] = {}  # of the inputs that memory is prepared for
        computed = _computed(self._graph, kernels)
        self._wanted = computed if keep else list(dict.fromkeys(self._graph.outputs))
        self._remembers = remembers(self._graph)
        self._fresh = True

    def __call__(self, image: Sequence[np.ndarray]) -> dict[int, np.ndarray]:
        """The outputs by tensor index, or with `keep` all that a run computes.

        An input of another shape than the file's resizes the network. Whatever ran before, this
        image is the first that the network sees.
        """
        if self._remembers and not self._fresh:
            self._interpreter, self._shapes = self._load(), {}
        self._fresh = False
        shapes = {i: x.shape for i, x in zip(self._graph.inputs, image, strict=True)}
        if shapes != self._shapes or not shapes:
            self._prepare(shapes)
        try:
            self._interpreter.reset_all_variables()  # the state of recurrent layers
            for index, value in zip(self._graph.inputs, image, strict=True):
                self._interpreter.set_tensor(index, value)
            self._interpreter.invoke()
            return {i: self._interpreter.get_tensor(i) for i in self._wanted}
        except (RuntimeError, ValueError) as error:
            raise failure(self._graph, self._kernels, "run", error) from error

    def again(self) -> None:
        """The last image once more, and nothing else: what a stopwatch is to measure."""
        try:
            self._interpreter.invoke()
        except (RuntimeError, ValueError) as error:
            raise failure(self._graph, self._kernels, "run", error) from error

    def _prepare(self, shapes: dict[int, tuple[int, ...]]) -> None:
        """Lay out the memory for inputs of these shapes."""
        try:
            for i, shape in shapes.items():
                if shape != self._shapes.get(i, self._graph.tensors[i].shape):
                    self._interpreter.resize_tensor_input(i, shape)
            with quiet_stderr():
                self._interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise failure(self._graph, self._kernels, "load", error) from error
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
        raise failure(read(content), kernels, "load", error) from error


def remembers(graph: Graph) -> bool:
    """Whether an operator keeps what only a new interpreter forgets: variables, random states.

    The state of recurrent layers is no such: an interpreter resets it.

    >>> from qnn_edu.data import asset
    >>> remembers(read(asset("digits_int8.tflite")))
    False
    """
    return any(op.name in _MEMORIES for each in graph.subgraphs for op in each.operators)


def _unpacked(graph: Graph) -> set[int]:
    """What is only another form of a constant: such XNNPACK makes once, in memory of its own."""
    found: set[int] = set()
    for op in graph.operators:
        constant = all(graph.tensors[i].data is not None or i in found for i in op.inputs)
        if op.name in _UNPACKING and constant:
            found.update(op.outputs)
    return found


def _computed(graph: Graph, kernels: str) -> list[int]:
    """The tensors that a run fills: inputs, outputs, and what operators make for one another.

    What an operator puts out and nobody reads, as a part of a SPLIT may be, XNNPACK does not keep;
    nor does it write what it unpacks of constants.
    """
    made = {i for op in graph.operators for i in op.outputs}
    read = {i for op in graph.operators for i in op.inputs}
    unpacked = _unpacked(graph) if kernels == "xnnpack" else set()
    filled = sorted({*graph.inputs, *graph.outputs, *(made & read - unpacked)})
    return [i for i in filled if graph.tensors[i].type not in HANDLES]
