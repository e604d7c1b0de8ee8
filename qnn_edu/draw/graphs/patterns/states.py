"""Patterns of variables: what keeps the last inputs of a stream, and what sets variables first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qnn_edu.draw.graphs.patterns.terms import View
from qnn_edu.tflite.graph import Operator

_CUTS = ("STRIDED_SLICE", "SLICE")


def ring_buffer(view: View, operator: Operator) -> Iterable[Sequence[Operator]]:
    """CONCATENATION of a variable and what is new, whose end is assigned to that variable.

    The end is cut off before, from what is assigned, or after, from what is read.
    """
    if operator.name != "CONCATENATION":
        return
    for i in operator.inputs:
        before = _cut(view, i)
        read = view.maker.get(before[0].inputs[0] if before else i)
        if read is None or read.name != "READ_VARIABLE":
            continue
        for after in ([], *([cut] for cut in view.readers(operator) if cut.name in _CUTS)):
            for assign in view.readers((after or [operator])[0]):
                if assign.name == "ASSIGN_VARIABLE" and assign.inputs[0] == read.inputs[0]:
                    yield read, *before, operator, *after, assign


def initial_values(view: View, operator: Operator) -> Iterable[Sequence[Operator]]:
    """All operators that assign constants to variables; the last of them stands for all."""
    found = [op for op in view.operators if _assigns_constant(view, op)]
    if len(found) > 1 and found[-1] is operator:
        yield found


def _cut(view: View, tensor: int) -> list[Operator]:
    """The operator that cuts a tensor out of another, if one does."""
    maker = view.maker.get(tensor)
    return [maker] if maker and maker.name in _CUTS else []


def _assigns_constant(view: View, operator: Operator) -> bool:
    return operator.name == "ASSIGN_VARIABLE" and not view.computed.intersection(operator.inputs)
