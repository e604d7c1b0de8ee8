"""What the program takes and gives: integers, also where the file has real numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qnn_edu.engine.kernel import FLOATS
from qnn_edu.engine.node import Node
from qnn_edu.tflite.graph import Graph, Tensor

DETECTION = "TFLite_Detection_PostProcess"


@dataclass(frozen=True, eq=False)
class End:
    """`parameter` of the function in C holds `tensor`; `file` is the input or output of the file.

    The two are one, but for real numbers: what quantizes those at the network's beginning, or makes
    them at its end, is left to the caller. `left` is the operator that reads it at the very end,
    where that is the caller's too.
    """

    parameter: str
    tensor: Tensor
    file: Tensor
    is_input: bool
    left: str = ""

    @property
    def is_real(self) -> bool:
        """Whether the file has real numbers here."""
        return self.file.type in FLOATS


def ends(graph: Graph, nodes: Sequence[Node]) -> tuple[list[End], list[Node]]:
    """Inputs, then outputs, and the nodes without those that are left to the caller.

    A caller can quantize an input that a single QUANTIZE reads, make real numbers of what a
    DEQUANTIZE reads, and look for boxes as TFLite_Detection_PostProcess does.
    """
    outputs, left, nodes = _without_detection(graph, nodes)
    tensors = {t.index: t for node in nodes for t in (*node.inputs, *node.outputs) if t is not None}
    gone = _quantizing(graph.inputs, outputs, nodes) | _dequantizing(outputs, nodes)
    found = []
    for word, indices in {"input": graph.inputs, "output": outputs}.items():
        for k, index in enumerate(indices):
            file, node = tensors.get(index, graph.tensors[index]), gone.get(index)
            is_input = word == "input"
            tensor = file if node is None else (node.output if is_input else node.inputs[0])
            parameter = f"{word}_{k}" if len(indices) > 1 else word
            found.append(End(parameter, tensor, file, is_input, "" if is_input else left))
    return found, [node for node in nodes if all(node is not each for each in gone.values())]


def _without_detection(
    graph: Graph, nodes: Sequence[Node]
) -> tuple[tuple[int, ...], str, Sequence[Node]]:
    """Outputs, an operator that is left to the caller, and the nodes before it.

    Where boxes are looked for in the end, and nothing else is given: what that reads is given.
    """
    *before, last = nodes or [None]
    if last is None or last.operator.name != DETECTION:
        return graph.outputs, "", nodes
    if not set(graph.outputs) <= set(last.operator.outputs):
        return graph.outputs, "", nodes
    read = tuple(tensor.index for tensor in last.inputs if tensor.data is None)
    return read, DETECTION, before


def _quantizing(
    inputs: Sequence[int], outputs: Sequence[int], nodes: Sequence[Node]
) -> dict[int, Node]:
    """The only reader of each input, where that is a QUANTIZE of real numbers."""
    found = {}
    for index in inputs:
        readers = [node for node in nodes if index in node.operator.inputs]
        if len(readers) == 1 and readers[0].operator.name == "QUANTIZE":
            (node,) = readers
            if node.inputs[0].type in FLOATS and node.output.index not in outputs:
                found[index] = node
    return found


def _dequantizing(outputs: Sequence[int], nodes: Sequence[Node]) -> dict[int, Node]:
    """What makes an output, where that is a DEQUANTIZE of what is no output itself."""
    read = {index for node in nodes for index in node.operator.inputs}
    return {
        node.output.index: node
        for node in nodes
        if node.operator.name == "DEQUANTIZE"
        and node.output.index in outputs
        and node.output.index not in read
        and node.inputs[0].index not in outputs
    }
