"""A network as text: one line for each operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from qnn_edu.draw.graphs.words import notation, operators
from qnn_edu.draw.graphs.words.options import activation
from qnn_edu.tflite.graph import Operator, Subgraph, Tensor

NAME = 48  # characters; a tensor's longer name is cut
FEW = 3  # names of operators, and tensors, that a line about a part has


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
    ends = [
        ", ".join(_described(graph.tensors[i]) for i in each) or "nothing"
        for each in (graph.inputs, graph.outputs)
    ]
    return f"{len(graph.operators)} operators ({_counts(graph)}) from {ends[0]} to {ends[1]}."


def part(graph: Subgraph, numbers: Collection[int]) -> Subgraph:
    """The operators of these numbers; its inputs and outputs are what others make and read.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> some = part(read(asset("digits_int8.tflite")).subgraphs[0], range(2, 5))
    >>> [some.tensors[i].shape for i in (*some.inputs, *some.outputs)]
    [(1, 8, 8, 16), (1, 4, 4, 64)]
    """
    inside = tuple(op for op in graph.operators if op.index in numbers)
    others = [op for op in graph.operators if op.index not in numbers]
    made = {i for op in inside for i in op.outputs}
    read = dict.fromkeys(i for op in inside for i in op.inputs)
    given = {*graph.inputs, *(i for op in others for i in op.outputs)}
    wanted = {*graph.outputs, *(i for op in others for i in op.inputs)}
    inputs = tuple(i for i in read if i in given - made)
    return replace(graph, operators=inside, inputs=inputs, outputs=tuple(sorted(made & wanted)))


def summary(graph: Subgraph) -> str:
    """A part of a network in one line.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> summary(part(read(asset("digits_int8.tflite")).subgraphs[0], range(2, 5)))
    'operators 2 to 4 (2 CONV_2D, 1 DEPTHWISE_CONV_2D): 1×8×8×16 int8 → 1×4×4×64 int8'
    """
    numbers = [op.index for op in graph.operators]
    ends = [_shapes([graph.tensors[i] for i in each]) for each in (graph.inputs, graph.outputs)]
    what = _counts(graph, FEW)
    return f"operators {min(numbers)} to {max(numbers)} ({what}): {ends[0]} → {ends[1]}"


def _row(
    operator: Operator, graph: Subgraph, values: Mapping[int, float], label: str
) -> tuple[str, ...]:
    words = [*operators.details(operator, graph), activation(operator)]
    computed = {*graph.inputs, *(i for op in graph.operators for i in op.outputs)}
    read = [notation.name(graph.tensors[i], NAME) for i in operator.inputs if i in computed]
    made = [graph.tensors[i] for i in operator.outputs]
    valued = [notation.number(values[i]) for i in operator.outputs if i in values]
    return (
        str(operator.index),
        notation.shortened(operator.name, NAME),
        ", ".join(filter(None, words)),
        f"{', '.join(read)} -> {', '.join(notation.name(t, NAME) for t in made)}".strip(),
        "; ".join(map(_numbers, made)),
        f"{label} {', '.join(valued)}".strip() if valued else "",
    )


def _counts(graph: Subgraph, most: int | None = None) -> str:
    """How many operators there are of each name; of more names than `most` the rest as one."""
    counts = Counter(operator.name for operator in graph.operators).most_common()
    words = [f"{count} {name}" for name, count in counts[:most]]
    others = len(graph.operators) - sum(count for _, count in counts[:most])
    return ", ".join(words + [f"{others} others"] * bool(others))


def _shapes(tensors: Sequence[Tensor]) -> str:
    words = [notation.shape_and_type(tensor) for tensor in tensors]
    return ", ".join(words[:FEW] + [f"{len(words) - FEW} more"] * (len(words) > FEW)) or "nothing"


def _described(tensor: Tensor) -> str:
    return f"{notation.name(tensor, NAME)}: {_numbers(tensor)}"


def _numbers(tensor: Tensor) -> str:
    quantization = notation.quantization(tensor, zero_point="zero point")
    return ", ".join(filter(None, [notation.shape_and_type(tensor), quantization]))
