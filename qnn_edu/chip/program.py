"""A model as a program: layers in order, and the place in memory of every tensor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import prod

from qnn_edu.chip import elementwise, moving, resizing, rows, weights, windows
from qnn_edu.chip.arena import Buffer, plan
from qnn_edu.chip.arrays import Array, arrays_in, size_of
from qnn_edu.chip.layer import Layer
from qnn_edu.chip.refusal import require, require_computable, require_ends, require_one_type
from qnn_edu.engine.node import Node
from qnn_edu.tflite import Graph
from qnn_edu.tflite.graph import require_graph

LAYERS: dict[str, Callable[[Node], Layer | tuple[Layer, ...]]] = {
    "ADD": elementwise.add,
    "AVERAGE_POOL_2D": windows.average_pool_2d,
    "CONCATENATION": moving.concatenation,
    "CONV_2D": weights.conv_2d,
    "DEPTHWISE_CONV_2D": weights.depthwise_conv_2d,
    "FULLY_CONNECTED": weights.fully_connected,
    "LOGISTIC": elementwise.logistic,
    "MAX_POOL_2D": windows.max_pool_2d,
    "MEAN": rows.mean,
    "MUL": elementwise.mul,
    "PAD": rows.pad,
    "QUANTIZE": elementwise.quantize_again,
    "RELU": elementwise.relu,
    "RELU6": elementwise.relu6,
    "RESHAPE": elementwise.copy,
    "RESIZE_BILINEAR": resizing.resize_bilinear,
    "SOFTMAX": rows.softmax,
    "SQUEEZE": elementwise.copy,
    "SUB": elementwise.sub,
}


@dataclass(frozen=True, eq=False)
class Program:
    """`offsets` has the place of every tensor in the arena; the others are given, or constants.

    `name` begins every name in C; `kind` is the type of all activations, `INT8` or `UINT8`.
    """

    name: str
    kind: str
    graph: Graph
    layers: tuple[Layer, ...]
    offsets: dict[int, int]

    @property
    def value_type(self) -> str:
        """C's type of an activation."""
        return f"{self.kind.lower()}_t"

    @property
    def ends(self) -> list[tuple[str, int]]:
        """(parameter, tensor) of each input, then of each output; one alone has no number."""
        ends = []
        for word, tensors in {"input": self.graph.inputs, "output": self.graph.outputs}.items():
            several = len(tensors) > 1
            ends += [(f"{word}_{k}" if several else word, i) for k, i in enumerate(tensors)]
        return ends

    @property
    def arrays(self) -> list[Array]:
        """Every constant array once, in the order of the layers."""
        return list({each.name: each for layer in self.layers for each in self.of(layer)}.values())

    def of(self, layer: Layer) -> Iterator[Array]:
        """The constant arrays of a layer: those that its numbers name, and constant operands."""
        yield from arrays_in(layer.numbers)
        for tensor in (self.graph.tensors[i] for i in layer.operands):
            if tensor.data is not None:
                yield Array(f"tensor_{tensor.index}", tensor.data)

    @property
    def constant_bytes(self) -> int:
        """Bytes of all constants: arrays, and the layers' numbers on a chip of 32 bits."""
        return sum(a.values.nbytes for a in self.arrays) + self.number_bytes

    @property
    def number_bytes(self) -> int:
        """Bytes of the layers' structures on a chip of 32 bits."""
        return sum(size_of(layer.numbers) for layer in self.layers)

    @property
    def arena_bytes(self) -> int:
        """Bytes of the arena: where the last of its buffers ends."""
        ends = (at + prod(self.graph.tensors[i].shape) for i, at in self.offsets.items())
        return max(ends, default=0)


def program(graph: Graph, name: str = "model") -> Program:
    """The program of an int8 model (or of a uint8 one of 2018), as reference kernels compute it.

    Raises:
        ValueError: a name that is no C identifier, other types, operators that have no C yet, and
            shapes or scales that the C would not compute rightly; with the operator and its place.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> digits = program(read(asset("digits_int8.tflite")))
    >>> digits.layers[0].kernel, digits.arena_bytes
    ('conv_2d', 3072)
    """
    require_graph(graph, "export_c")
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise ValueError(
            f"{name!r} is no name for C; expected a letter, then letters, digits and underscores."
        )
    kind = require_ends(graph)
    layers = _without_copies(graph, _layers(graph, kind))
    return Program(name, kind, graph, layers, plan(_buffers(graph, layers)))


def _layers(graph: Graph, kind: str) -> list[Layer]:
    """Every operator as one layer or several; each reads only what is there by then."""
    there = {t.index for t in graph.tensors if t.data is not None} | set(graph.inputs)
    layers: list[Layer] = []
    for operator in graph.operators:
        supported = f"cannot be exported. Supported: {', '.join(LAYERS)}."
        require(operator.name in LAYERS, operator, supported)
        node = Node.of(graph, operator, "reference")
        require_one_type(node, kind)
        require_computable(node, there)
        require(node.output.index not in there, operator, "computes a tensor that is there.")
        made = LAYERS[operator.name](node)
        layers += made if isinstance(made, tuple) else (made,)
        there.add(node.output.index)
    return layers


def _without_copies(graph: Graph, layers: list[Layer]) -> tuple[Layer, ...]:
    """A copy is needed only into an output; else what reads the copy can read the original."""
    original, kept = {}, []
    for layer in layers:
        operands = tuple(original.get(i, i) for i in layer.operands)
        if layer.kernel == "copy" and layer.output not in graph.outputs:
            original[layer.output] = operands[0]
        else:
            kept.append(replace(layer, operands=operands))
    return tuple(kept)


def _buffers(graph: Graph, layers: tuple[Layer, ...]) -> list[Buffer]:
    """What must lie in the arena: all that is computed, but for the model's outputs."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for step, layer in enumerate(layers):
        first.setdefault(layer.output, step)
        last |= dict.fromkeys((layer.output, *layer.operands), step)
    return [
        Buffer(i, prod(graph.tensors[i].shape), step, last[i])
        for i, step in first.items()
        if i not in graph.outputs
    ]
