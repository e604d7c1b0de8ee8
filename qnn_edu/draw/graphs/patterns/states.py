"""Patterns of variables: what keeps the last inputs of a stream, and what sets variables first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qnn_edu.draw.graphs.patterns.terms import View
from qnn_edu.tflite.graph import Operator

_CUTS = ("STRIDED_SLICE", "SLICE")


def ring_buffer(view: View, operator: Operator) -> Iterable[Sequence[Operator]]:
    """CONCATENATION of a variable and what is new, whose end is assigned to that variable.

    The end is cut off before, from what is read, or after, from what is assigned.
    """
    if operator.name != "CONCATENATION":
        return
    for i in operator.inputs:
        read = view.maker.get(i)
        before = [read] if read and read.name in _CUTS else []
        read = view.above(before[0]) if before else read
        if read is None or read.name != "READ_VARIABLE":
            continue
        for after in ([], *([cut] for cut in view.readers(operator) if cut.name in _CUTS)):
            for assign in view.readers((after or [operator])[0]):
                if _is_assignment(assign) and assign.inputs[:1] == read.inputs:
                    yield read, *before, operator, *after, assign


def initial_values(view: View, operator: Operator) -> Iterable[Sequence[Operator]]:
    """All operators that assign constants to variables; the last of them stands for all."""
    found = [
        each
        for each in view.operators
        if _is_assignment(each) and view.computed.isdisjoint(each.inputs)
    ]
    if len(found) > 1 and found[-1] is operator:
        yield found


def _is_assignment(operator: Operator) -> bool:
    pair = len(operator.inputs) == 2 and min(operator.inputs) >= 0
    return operator.name == "ASSIGN_VARIABLE" and pair
