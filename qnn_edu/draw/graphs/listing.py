"""A network as text: one line for each operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from qnn_edu.draw.graphs import outline
from qnn_edu.tflite.graph import Operator, Subgraph, Tensor

NAME = 48  # characters; a tensor's longer name is cut


def listing(
    graph: Subgraph, *, title: str = "", values: Mapping[int, float] | None = None, label: str = ""
) -> str:
    """What a diagram shows, as lines that stay the same wherever they are made.

    A line for each input, then for each operator: number, name, options and constants, inputs and
    output by name, the output's shape, type, scale and zero point, and its value under `label`.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> print(listing(read(asset("digits_int8.tflite")).subgraphs[0]).splitlines()[-1])
    9  SOFTMAX  dense -> StatefulPartitionedCall_1  1×10 int8, scale 0.003906, zero point -128
    """
    rows = [_row(operator, graph, values or {}, label) for operator in graph.operators]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [title] if title else []
    lines += [f"input {_described(graph.tensors[i])}" for i in graph.inputs]
    for number, *cells in rows:
        padded = map(str.ljust, cells, widths[1:])
        lines.append("  ".join([number.rjust(widths[0]), *padded]).rstrip())
    return "\n".join(lines)


def sentence(graph: Subgraph) -> str:
    """A network in one sentence, for those who cannot see it.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> sentence(read(asset("digits_int8.tflite")).subgraphs[0])
    '10 operators (4 CONV_2D, 3 DEPTHWISE_CONV_2D, 1 MEAN, 1 FULLY_CONNECTED, 1 SOFTMAX) ...'
    """
    counts = Counter(operator.name for operator in graph.operators)
    named = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    ends = [
        ", ".join(_described(graph.tensors[i]) for i in each) or "nothing"
        for each in (graph.inputs, graph.outputs)
    ]
    return f"{len(graph.operators)} operators ({named}) from {ends[0]} to {ends[1]}."


def _row(
    operator: Operator, graph: Subgraph, values: Mapping[int, float], label: str
) -> tuple[str, ...]:
    words = [*outline.details(operator, graph), outline.activation(operator)]
    computed = {*graph.inputs, *(i for op in graph.operators for i in op.outputs)}
    read = [outline.name(graph.tensors[i], NAME) for i in operator.inputs if i in computed]
    made = [graph.tensors[i] for i in operator.outputs]
    valued = [outline.number(values[i]) for i in operator.outputs if i in values]
    return (
        str(operator.index),
        outline.shortened(operator.name, NAME),
        ", ".join(filter(None, words)),
        f"{', '.join(read)} -> {', '.join(outline.name(t, NAME) for t in made)}".strip(),
        "; ".join(map(_numbers, made)),
        f"{label} {', '.join(valued)}".strip() if valued else "",
    )


def _described(tensor: Tensor) -> str:
    return f"{outline.name(tensor, NAME)}: {_numbers(tensor)}"


def _numbers(tensor: Tensor) -> str:
    quantization = outline.quantization(tensor, zero_point="zero point")
    return ", ".join(filter(None, [outline.shape_and_type(tensor), quantization]))
