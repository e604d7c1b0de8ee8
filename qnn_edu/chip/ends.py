"""What the program takes and gives: integers, also where the file has real numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qnn_edu.engine.kernel import FLOATS
from qnn_edu.engine.node import Node
from qnn_edu.tflite.graph import Graph, Tensor


@dataclass(frozen=True, eq=False)
class End:
    """`parameter` of the function in C holds `tensor`; `file` is the input or output of the file.

    The two are one, but for real numbers: what quantizes those at the network's beginning, or makes
    them at its end, is left to the caller.
    """

    parameter: str
    tensor: Tensor
    file: Tensor
    is_input: bool

    @property
    def is_real(self) -> bool:
        """Whether the file has real numbers here."""
        return self.file.type in FLOATS


def ends(graph: Graph, nodes: Sequence[Node]) -> tuple[list[End], list[Node]]:
    """Inputs, then outputs, and the nodes without those that are left to the caller.

    A caller can quantize an input that a single QUANTIZE reads, and make real numbers of what a
    DEQUANTIZE reads.
    """
    left = {tensor.index: node for tensor, node in _quantizing(graph, nodes)}
    left |= {tensor.index: node for tensor, node in _dequantizing(graph, nodes)}
    tensors = {t.index: t for node in nodes for t in (*node.inputs, *node.outputs) if t is not None}
    found = []
    for word, indices in {"input": graph.inputs, "output": graph.outputs}.items():
        is_input = word == "input"
        for k, index in enumerate(indices):
            file = tensors.get(index, graph.tensors[index])
            node = left.get(index)
            tensor = file if node is None else (node.output if is_input else node.inputs[0])
            parameter = f"{word}_{k}" if len(indices) > 1 else word
            found.append(End(parameter, tensor, file, is_input))
    gone = {id(node) for node in left.values()}
    return found, [node for node in nodes if id(node) not in gone]


def _quantizing(graph: Graph, nodes: Sequence[Node]) -> Iterator[tuple[Tensor, Node]]:
    for index in graph.inputs:
        readers = [node for node in nodes if index in node.operator.inputs]
        if len(readers) == 1 and readers[0].operator.name == "QUANTIZE":
            (tensor,) = readers[0].inputs
            if tensor.type in FLOATS and readers[0].output.index not in graph.outputs:
                yield tensor, readers[0]


def _dequantizing(graph: Graph, nodes: Sequence[Node]) -> Iterator[tuple[Tensor, Node]]:
    for node in nodes:
        if node.operator.name == "DEQUANTIZE" and node.output.index in graph.outputs:
            read = [each for each in nodes if node.output.index in each.operator.inputs]
            if not read and node.inputs[0].index not in graph.outputs:
                yield node.output, node
