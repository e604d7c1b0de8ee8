"""Patterns that have no fixed form: what normalises, and what only moves values about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qnn_edu.draw.graphs.patterns.terms import View
from qnn_edu.tflite.graph import Operator

_ENDS = ("ADD", "SUB", "MUL", "DIV")
_MEANS = ("MEAN", "SUM")
_ROOTS = ("RSQRT", "SQRT")
_POWERS = ("MUL", "SQUARE", "SQUARED_DIFFERENCE", "POW")
_NORMALISES = {*_ENDS, *_MEANS, *_ROOTS, *_POWERS, "NEG", "RESHAPE"}
_MOVES = ("RESHAPE", "TRANSPOSE", "EXPAND_DIMS", "SQUEEZE")
MOST = 24  # operators above one to look at: twice what converters make of a normalisation


def normalisation(view: View, operator: Operator) -> Iterable[Sequence[Operator]]:
    """All from one tensor to `operator`, among them a mean of it and, below, a square root."""
    above = _above(view, operator) if operator.name in _ENDS else []
    roots = {op for op in above if op.name in _ROOTS}
    for mean in (op for op in above if op.name in _MEANS):
        for source in _sources(view, mean):
            inside = _between(source, above)
            made = {i for op in inside for i in op.outputs}
            read = {i for op in inside for i in op.inputs if i in view.computed}
            if read - made == {source} and not roots.isdisjoint(inside):
                yield inside


def rearrangement(view: View, operator: Operator) -> Iterable[Sequence[Operator]]:
    """A chain of operators that only move values, as long as can be; `operator` is the last."""
    readers = view.readers(operator)
    goes_on = len(readers) == 1 and readers[0].name in _MOVES
    chain = [operator] if operator.name in _MOVES and not goes_on else []
    while chain:
        above = view.above(chain[0])
        if above is None or above.name not in _MOVES or view.readers(above) != [chain[0]]:
            break
        if above in chain:  # a damaged file may go round
            return
        chain.insert(0, above)
    if len(chain) > 1:
        yield chain


def _above(view: View, operator: Operator) -> list[Operator]:
    """An operator and those above it that a normalisation may have, the nearest MOST, in order."""
    found, waiting = {operator: None}, [operator]
    while waiting and len(found) < MOST:
        for i in waiting.pop(0).inputs:
            maker = view.maker.get(i)
            if maker and maker.name in _NORMALISES and maker not in found:
                found[maker] = None
                waiting.append(maker)
    return sorted(found, key=lambda op: op.index)


def _sources(view: View, mean: Operator) -> Sequence[int]:
    """What a mean may be of: its input, or what that is a power of."""
    maker = view.above(mean)
    return [*mean.inputs[:1], *(maker.inputs if maker and maker.name in _POWERS else ())]


def _between(source: int, operators: Sequence[Operator]) -> list[Operator]:
    """Those of the operators, which are in order, that depend on a tensor."""
    fed, found = {source}, []
    for operator in operators:
        if fed.intersection(operator.inputs):
            fed.update(operator.outputs)
            found.append(operator)
    return found
