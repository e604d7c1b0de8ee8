"""Patterns of operators as terms: what an operator reads, made by what, down to what comes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from qnn_edu.draw.graphs.words.constants import weights
from qnn_edu.draw.graphs.words.options import activation
from qnn_edu.tflite.graph import Operator, Subgraph

LAYERS = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
_EITHER_WAY = ("ADD", "MUL")  # operators whose two inputs may change places
_NEAR = 0.02  # relative; what is left of 1/6 on a grid of 8 bits, for one
ANY = "any"


@dataclass(frozen=True)
class Op:
    """An operator of one of the `names` (`"RELU|RELU6"`) that reads what `inputs` describe.

    Inputs that follow must be constants, the weights of a layer among them. `fused` is its fused
    activation: a word, or `ANY`.
    """

    names: str
    inputs: tuple[Term, ...]
    fused: str = ""


@dataclass(frozen=True)
class Either:
    """One of several terms."""

    terms: tuple[Term, ...]


# A word stands for a tensor, the same wherever it stands; a number for a constant of that value.
Term = Op | Either | str | float
Bound = Mapping[str, int]  # the tensors that words stand for


class Match(NamedTuple):
    """The tensors that words of a term stand for, and the operators that it covers."""

    bound: Bound
    operators: tuple[Operator, ...]


class View:
    """A graph to look for terms in."""

    def __init__(self, graph: Subgraph) -> None:
        self.tensors, self.operators = graph.tensors, graph.operators
        self.maker = {i: op for op in graph.operators for i in op.outputs}
        self.computed = {*graph.inputs, *self.maker}
        self._readers: dict[int, list[Operator]] = {}
        for op in graph.operators:
            for i in dict.fromkeys(op.inputs):
                self._readers.setdefault(i, []).append(op)

    def above(self, operator: Operator) -> Operator | None:
        """What makes the first input of an operator, if an operator does."""
        return self.maker.get(operator.inputs[0]) if operator.inputs else None

    def readers(self, operator: Operator) -> list[Operator]:
        """The operators that read what an operator makes."""
        return [op for i in operator.outputs for op in self._readers.get(i, ())]


def op(names: str, *inputs: Term, fused: str = "") -> Op:
    """An `Op`, its inputs one by one."""
    return Op(names, inputs, fused)


def either(*terms: Term) -> Either:
    """An `Either`, its terms one by one."""
    return Either(terms)


def matches(term: Term, tensor: int, view: View, bound: Bound | None = None) -> Iterator[Match]:
    """Every way in which a term describes how a tensor is made.

    >>> from qnn_edu.tflite.graph import Tensor
    >>> steps = (Operator(0, "LOGISTIC", 1, (0,), (1,)), Operator(1, "MUL", 1, (1, 0), (2,)))
    >>> x = [Tensor(i, "", (1,), np.dtype("f4")) for i in range(3)]
    >>> view = View(Subgraph("main", tuple(x), steps, (0,), (2,)))
    >>> [m.bound for m in matches(op("MUL", "x", op("LOGISTIC", "x")), 2, view)]
    [{'x': 0}]
    """
    bound = bound or {}
    if isinstance(term, Either):
        for each in term.terms:
            yield from matches(each, tensor, view, bound)
    elif isinstance(term, str):
        if tensor in view.computed and bound.get(term, tensor) == tensor:
            yield Match({**bound, term: tensor}, ())
    elif isinstance(term, float):
        if _is_constant(tensor, term, view):
            yield Match(bound, ())
    else:
        yield from _operator(term, tensor, view, bound)


def _operator(term: Op, tensor: int, view: View, bound: Bound) -> Iterator[Match]:
    operator = view.maker.get(tensor)
    if operator is None or operator.name not in term.names.split("|"):
        return
    if term.fused != ANY and activation(operator) != term.fused:
        return
    first, rest = operator.inputs[: len(term.inputs)], operator.inputs[len(term.inputs) :]
    if len(first) < len(term.inputs) or view.computed.intersection(rest):
        return
    if operator.name in LAYERS and weights(operator, view.tensors) is None:
        return
    orders = [first, first[::-1]] if operator.name in _EITHER_WAY else [first]
    for inputs in orders:
        for found in _all(term.inputs, inputs, view, bound):
            yield Match(found.bound, (*found.operators, operator))


def _all(
    terms: Sequence[Term], tensors: Sequence[int], view: View, bound: Bound
) -> Iterator[Match]:
    """Every way in which terms describe tensors one by one, their words in agreement."""
    if not terms:
        yield Match(bound, ())
        return
    for first in matches(terms[0], tensors[0], view, bound):
        for rest in _all(terms[1:], tensors[1:], view, first.bound):
            yield Match(rest.bound, (*first.operators, *rest.operators))


def _is_constant(tensor: int, value: float, view: View) -> bool:
    """Whether a tensor is a constant, all of whose values are near `value`."""
    if tensor < 0 or tensor in view.computed or view.tensors[tensor].data is None:
        return False
    real = view.tensors[tensor].real
    return real.dtype.kind in "iuf" and real.size > 0 and np.allclose(real, value, rtol=_NEAR)
