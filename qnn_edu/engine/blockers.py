"""Everything that keeps a network from running here, found before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from qnn_edu.core.check import is_choice
from qnn_edu.engine.node import KERNEL_SETS
from qnn_edu.engine.operators import OPERATORS
from qnn_edu.engine.prepare import Blocker, Prepared, prepared
from qnn_edu.engine.support import UNKNOWN
from qnn_edu.tflite.graph import Graph, require_graph

SHOWN = 8  # operators of a kind whose numbers a refusal lists


def blockers(graph: Graph, kernels: str = "reference") -> list[Blocker]:
    """All that keeps a model from running under a kernel set, in the order of its operators.

    An operator that calls a subgraph is blocked by what blocks that one.

    Raises:
        ValueError: what is no graph, other kernels.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> blockers(read(asset("digits_int8.tflite")))
    []
    """
    require_graph(graph, "engine")
    require_kernels(kernels)
    return blockers_of(graph, prepared(graph, 0, kernels))


def blockers_of(graph: Graph, main: Prepared) -> list[Blocker]:
    """What blocks a model whose main subgraph was made ready.

    >>> from qnn_edu.tflite import Subgraph
    >>> blockers_of(Graph((Subgraph("", (), (), (), ()),), 0), Prepared((), {}, ()))
    []
    """
    return [*(Blocker(None, None, reason) for reason in _open(graph)), *main.blockers]


def require_kernels(kernels: str) -> None:
    """Refuse a word that names no kernel set.

    Raises:
        ValueError: with the words that do.

    >>> require_kernels("reference")
    """
    if not is_choice(kernels, KERNEL_SETS):
        raise ValueError(f"No kernels {kernels!r}; choose one of {', '.join(KERNEL_SETS)}.")


def require_unblocked(graph: Graph, found: Sequence[Blocker]) -> None:
    """Refuse a model that something blocks, with all the reasons.

    Raises:
        ValueError: the first blocker in full, then all of them, counted.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> require_unblocked(read(asset("digits_int8.tflite")), [])
    """
    if found:
        first = _in_full(graph, found[0])
        rest = f"\n{_counted(graph, found)}" if len(found) > 1 else ""
        raise ValueError(f"engine: {first}.{rest}")


def _open(graph: Graph) -> Iterator[str]:
    """Nobody knows the shapes within, if an input's size is open."""
    for tensor in (graph.tensors[i] for i in graph.inputs):
        if tensor.is_open:
            sizes = ", ".join("any" if size < 0 else str(size) for size in tensor.signature)
            yield (
                f"input {tensor.short_name!r} has shape ({sizes}), and every size must be known. "
                "Give the network's keras.Input all sizes, and convert it again"
            )


def _in_full(graph: Graph, blocker: Blocker) -> str:
    """A sentence, without its full stop."""
    if blocker.index is None:
        return blocker.reason
    outputs = (graph.tensors[i] for i in graph.operators[blocker.index].outputs)
    names = " and ".join(repr(t.short_name) if t.name else f"tensor {t.index}" for t in outputs)
    supported = f"; supported are {', '.join(OPERATORS)}" if blocker.reason == UNKNOWN else ""
    return (
        f"operator {blocker.index}, {blocker.operator}, whose output is {names or 'nothing'}, "
        f"cannot run: {blocker.reason}{supported}"
    )


def _counted(graph: Graph, found: Sequence[Blocker]) -> str:
    """How many operators are blocked, then all that blocks them."""
    count = sum(blocker.index is not None for blocker in found)
    first = f"In all, {count} of {len(graph.operators)} operators cannot run:"
    return "\n".join([first, *listed(found)])


def listed(found: Sequence[Blocker]) -> Iterator[str]:
    """A line for each kind of operator and reason: how many there are, and where.

    >>> list(listed([Blocker(k, "WHILE", "it has no kernel") for k in (2, 5)]))
    ['  2 x WHILE (2, 5): it has no kernel']
    """

    def kind(blocker: Blocker) -> tuple[str, str]:
        return blocker.operator or "", blocker.reason

    for (operator, reason), group in groupby(sorted(found, key=kind), key=kind):
        places = sorted(blocker.index for blocker in group if blocker.index is not None)
        more = ", ..." if len(places) > SHOWN else ""
        where = f"{len(places)} x {operator} ({', '.join(map(str, places[:SHOWN]))}{more}): "
        yield f"  {where if operator else ''}{reason}"
