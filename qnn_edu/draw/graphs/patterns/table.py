"""The table of what large diagrams show as one box: patterns of operators, each with its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qnn_edu.draw.graphs.patterns import regions, states, tellers
from qnn_edu.draw.graphs.patterns.terms import ANY, Term, View, either, matches, op
from qnn_edu.draw.graphs.words.options import activation
from qnn_edu.tflite.graph import Operator, Subgraph

Members = Sequence[Operator]
Finder = Callable[[View, Operator], Iterable[Members]]

_LAYERS = "CONV_2D|FULLY_CONNECTED"
_FUSING = (*_LAYERS.split("|"), "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "ADD", "SUB", "MUL")
_ACTIVATIONS = (
    "RELU|RELU6|RELU_N1_TO_1|RELU_0_TO_1|LEAKY_RELU|PRELU|ELU|TANH|LOGISTIC|HARD_SWISH|GELU|"
    "SiLU|hard-swish"
)


@dataclass(frozen=True)
class Pattern:
    """Operators to show as one: how they are found, and what is said of them.

    `find(view, operator)` yields the ways in which operators can be merged into `operator`, which
    is among them, and the only one whose outputs others read. `lines(members, graph)` are the lines
    of the box; where it is None, the first member is told, the last as its activation.
    """

    name: str
    find: Finder
    lines: Callable[[Members, Subgraph], tuple[str, ...]] | None


def _made_as(term: Term) -> Finder:
    """The operators that a term covers, where it describes the one output of an operator."""

    def find(view: View, operator: Operator) -> Iterable[Members]:
        for i in operator.outputs if len(operator.outputs) == 1 else ():
            yield from (match.operators for match in matches(term, i, view))

    return find


def _shifted(x: Term) -> Term:
    """min(max(x + 3, 0), 6)."""
    return either(op("RELU6", op("ADD", x, 3.0)), op("ADD", x, 3.0, fused="RELU6"))


def _hard_sigmoid(x: Term) -> Term:
    """min(max(x + 3, 0), 6) / 6."""
    return either(op("MUL", _shifted(x), 1 / 6), op("DIV", _shifted(x), 6.0))


def _hard_swish() -> Term:
    """x min(max(x + 3, 0), 6) / 6, whatever is divided first."""
    product = op("MUL", "x", _shifted("x"))
    return either(
        op("MUL", "x", _hard_sigmoid("x")), op("MUL", product, 1 / 6), op("DIV", product, 6.0)
    )


def _gelu() -> Term:
    """x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x**3))) / 2, whatever is halved."""
    cube = op("MUL", "x", op("MUL", "x", "x"))
    inner = op("MUL", op("ADD", "x", op("MUL", cube, 0.044715)), 0.79788)
    share = op("ADD", op("TANH", inner), 1.0)
    return either(op("MUL", "x", op("MUL", share, 0.5)), op("MUL", op("MUL", "x", 0.5), share))


def _squeeze_and_excite() -> Term:
    """x times a factor for each channel, which two layers make of the channels' means."""
    mean = op("MEAN|AVERAGE_POOL_2D", "x")
    squeezed = op(_LAYERS, either(mean, op("RESHAPE", mean)), fused=ANY)
    excited = op(_LAYERS, either(squeezed, op(_ACTIVATIONS, squeezed)), fused=ANY)
    factor = either(op("LOGISTIC", excited), _hard_sigmoid(excited))
    return op("MUL", "x", either(factor, op("RESHAPE", factor)))


def _inverted_residual() -> Term:
    """Channels made more by 1×1, convolved one by one, made fewer by 1×1."""
    expanded = op("CONV_2D", "x", fused=ANY)
    filtered = op("DEPTHWISE_CONV_2D", either(expanded, op("PAD", expanded)), fused=ANY)
    return op("CONV_2D", either(filtered, op("squeeze and excite", filtered)))


def _separable(view: View, operator: Operator) -> Iterable[Members]:
    """Channels convolved one by one, then mixed by 1×1."""
    term = op("CONV_2D", op("DEPTHWISE_CONV_2D", "x", fused=ANY), fused=ANY)
    for found in _made_as(term)(view, operator):
        if view.tensors[operator.inputs[1]].shape[1:-1] == (1, 1):
            yield found


def _inverted(term: Term) -> Finder:
    """What `term` covers if the first convolution makes channels more, and both are 1×1."""

    def find(view: View, operator: Operator) -> Iterable[Members]:
        for found in _made_as(term)(view, operator):
            first, last = (view.tensors[o.inputs[1]].shape for o in found if o.name == "CONV_2D")
            pointwise = first[1:-1] == last[1:-1] == (1, 1)
            if pointwise and first[0] > max(first[-1], last[0]):
                yield found

    return find


def _activated(view: View, operator: Operator) -> Iterable[Members]:
    """An activation, and what makes its input."""
    maker = view.above(operator)
    if operator.name in _ACTIVATIONS.split("|") and maker and maker.name in _FUSING:
        if not activation(maker):
            yield maker, operator


# In this order, since one may hold others.
TABLE = (
    Pattern("SiLU", _made_as(op("MUL", "x", op("LOGISTIC", "x"))), tellers.nothing),
    Pattern("hard-swish", _made_as(_hard_swish()), tellers.nothing),
    Pattern("GELU", _made_as(_gelu()), tellers.nothing),
    Pattern("squeeze and excite", _made_as(_squeeze_and_excite()), tellers.layers),
    Pattern("initial values", states.initial_values, tellers.variables),
    Pattern("ring buffer", states.ring_buffer, tellers.variables),
    Pattern("normalisation", regions.normalisation, tellers.means),
    Pattern("rearrangement", regions.rearrangement, tellers.steps),
    Pattern("activation", _activated, None),
    Pattern("inverted residual", _inverted(op("ADD", "x", _inverted_residual())), tellers.layers),
    Pattern("inverted residual", _inverted(_inverted_residual()), tellers.layers),
    Pattern("separable convolution", _separable, tellers.layers),
)
PATTERNS = tuple(dict.fromkeys(pattern.name for pattern in TABLE))
