"""Who takes a model file: the engine under each kernel set, and the C export; if not, why not."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from qnn_edu.engine import KERNEL_SETS, OPERATORS
from qnn_edu.engine.node import Node
from qnn_edu.engine.support import require_closed, why_not
from qnn_edu.tflite import Graph

_FEW = 4  # operators of a kind that are named by their index


class Blocker(NamedTuple):
    """What the engine cannot compute: an operator, or with index None the whole model; and why."""

    index: int | None
    name: str
    reason: str


def blockers(graph: Graph, kernels: str) -> list[Blocker]:
    """Everything that keeps a model from running in the engine under a kernel set.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_float32.tflite"))
    >>> len(blockers(graph, "reference")), blockers(graph, "reference")[0].name
    (10, 'CONV_2D')
    """
    found = []
    if refusal := _refusal(require_closed, graph):
        found.append(Blocker(None, "the model", refusal))
    for operator in graph.operators:
        reason: str | None = "there is no kernel for it"
        if operator.name in OPERATORS:
            reason = why_not(Node.of(graph, operator, kernels))
        if reason is not None:
            found.append(Blocker(operator.index, operator.name, reason))
    return found


def c_refusal(graph: Graph) -> str | None:
    """The first reason why a model cannot become C; None if it can.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> c_refusal(read(asset("digits_float32.tflite")))[:49]
    "The model's inputs and outputs are FLOAT32, FLOAT"
    """
    from qnn_edu import chip

    return _refusal(chip.program, graph)


def takers(graph: Graph) -> dict[str, Any]:
    """For JSON: what blocks each kernel set of the engine, and the C export; nothing where it runs.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> takers(read(asset("digits_int8.tflite")))
    {'engine': {'reference': [], 'optimized': [], 'xnnpack': []}, 'c': None}
    """
    engine = {kernels: [b._asdict() for b in blockers(graph, kernels)] for kernels in KERNEL_SETS}
    return {"engine": engine, "c": c_refusal(graph)}


def told(graph: Graph) -> Iterator[str]:
    """The same in lines; kernel sets that are blocked alike share theirs.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> for line in told(read(asset("digits_int8.tflite"))):
    ...     print(line)
    Engine (kernels reference, optimized, xnnpack): yes
    C export: yes
    """
    alike: dict[tuple[Blocker, ...], list[str]] = {}
    for kernels in KERNEL_SETS:
        alike.setdefault(tuple(blockers(graph, kernels)), []).append(kernels)
    for found, sets in alike.items():
        yield f"Engine (kernels {', '.join(sets)}): {_answer(found, len(graph.operators))}"
        yield from _grouped(found)
    refusal = c_refusal(graph)
    yield "C export: yes" if refusal is None else f"C export: no. {refusal}"


def _refusal(function: Any, graph: Graph) -> str | None:
    """What a function says that refuses a graph."""
    try:
        function(graph)
    except ValueError as error:
        return str(error)
    return None


def _answer(found: tuple[Blocker, ...], operators: int) -> str:
    if not found:
        return "yes"
    blocked = sum(blocker.index is not None for blocker in found)
    return f"no, {blocked} of {operators} operators cannot run" if blocked else "no"


def _grouped(found: tuple[Blocker, ...]) -> Iterator[str]:
    """A line for each reason, whatever tensor it is of: which operators, and how many."""
    reasons: dict[str, dict[str, list[Blocker]]] = {}
    for blocker in found:
        reason = re.sub("'[^']*'", "a tensor", blocker.reason)
        reasons.setdefault(reason, {}).setdefault(blocker.name, []).append(blocker)
    for reason, kinds in reasons.items():
        yield f"  {reason}: {', '.join(_counted(name, each) for name, each in kinds.items())}"


def _counted(name: str, found: list[Blocker]) -> str:
    """How many operators of a kind, and where the first of them stand."""
    places = [str(b.index) for b in found if b.index is not None]
    more = ", ..." * (len(places) > _FEW)
    return f"{len(found)} {name} ({', '.join(places[:_FEW])}{more})" if places else name
