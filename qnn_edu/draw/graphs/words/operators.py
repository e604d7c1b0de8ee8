"""What a diagram says of an operator, in words."""

from __future__ import annotations

from qnn_edu.draw.graphs.group import Group
from qnn_edu.draw.graphs.words.constants import constants
from qnn_edu.draw.graphs.words.options import options
from qnn_edu.tflite.graph import Operator, Subgraph


def is_quantizer(operator: Operator) -> bool:
    """Whether an operator does nothing but move between real numbers and levels.

    >>> is_quantizer(Operator(0, "FakeQuantWithMinMaxVars", 1, (0, 1, 2), (3,)))
    True
    """
    name = operator.name.lower().replace("_", "")
    return name.startswith(("quantize", "dequantize", "fakequant"))


def details(operator: Operator, graph: Subgraph, *, brief: bool = False) -> list[str]:
    """Lines on an operator: its options and bias, then each other input that nobody computes.

    In `brief` without the bias, and without how weights are quantized.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite")).subgraphs[0]
    >>> details(graph.operators[0], graph)
    ['3×3, stride 1, SAME, bias int32', 'w 16×3×3×1 int8 per channel']
    """
    if isinstance(operator, Group) and operator.lines is not None:
        return list(operator.lines)
    bias, lines = constants(operator, graph, brief=brief)
    words = options(operator, graph.tensors) + bias
    return [", ".join(words), *lines] if words else lines
