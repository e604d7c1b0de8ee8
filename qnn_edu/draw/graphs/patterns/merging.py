"""Patterns of operators made one operator each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from qnn_edu.draw.graphs.group import Group, members
from qnn_edu.draw.graphs.patterns.table import PATTERNS, TABLE, Pattern
from qnn_edu.draw.graphs.patterns.terms import View
from qnn_edu.draw.graphs.words.options import activation, options
from qnn_edu.tflite.graph import Operator, Subgraph


def merged(
    graph: Subgraph, names: Collection[str] = PATTERNS, keep: Collection[int] = ()
) -> Subgraph:
    """A graph in which the patterns of these names are one operator each, a `Group`.

    What such an operator hides is read by nobody else, no output of the graph and no tensor to
    `keep`.

    >>> import numpy as np
    >>> from qnn_edu.tflite.graph import Tensor
    >>> x = tuple(Tensor(i, "", (1,), np.dtype("f4")) for i in range(3))
    >>> steps = Operator(0, "LOGISTIC", 1, (0,), (1,)), Operator(1, "MUL", 1, (0, 1), (2,))
    >>> [operator.name for operator in merged(Subgraph("", x, steps, (0,), (2,))).operators]
    ['SiLU']
    """
    for pattern in TABLE:
        if pattern.name in names:
            graph = _merged(graph, pattern, {*graph.outputs, *keep})
    return graph


def _merged(graph: Subgraph, pattern: Pattern, keep: Collection[int]) -> Subgraph:
    view, taken, groups = View(graph), set(), {}
    for operator in graph.operators:
        for found in pattern.find(view, operator):
            if taken.isdisjoint(found) and _hides_well(found, operator, view, keep):
                taken.update(found)
                groups[operator] = _group(pattern, found, operator, graph)
                break
    left = [groups.get(op, op) for op in graph.operators if op in groups or op not in taken]
    return replace(graph, operators=tuple(left))


def _hides_well(
    found: Sequence[Operator], last: Operator, view: View, keep: Collection[int]
) -> bool:
    """Whether what the operators make, all but `last`, is of use to none but them."""
    others = [op for op in found if op is not last]
    hidden = {i for op in others for i in op.outputs}
    readers = {reader for op in others for reader in view.readers(op)}
    return hidden.isdisjoint(keep) and readers.issubset(found)


def _group(pattern: Pattern, found: Sequence[Operator], last: Operator, graph: Subgraph) -> Group:
    inside = tuple(sorted((m for op in found for m in members(op)), key=lambda op: op.index))
    if pattern.lines is None:
        told, foot = found[0], " ".join([last.name, *options(last, graph.tensors)])
        given = told.options | {"fused_activation_function": foot}
        return Group(last.index, told.name, 1, told.inputs, last.outputs, given, members=inside)
    made = {i for op in found for i in op.outputs}
    read = tuple(dict.fromkeys(i for op in found for i in op.inputs if i not in made))
    given = {"fused_activation_function": activation(last) or "NONE"}
    lines = pattern.lines(found, graph)
    of = {"members": inside, "lines": lines}
    return Group(last.index, pattern.name, 1, read, last.outputs, given, **of)
