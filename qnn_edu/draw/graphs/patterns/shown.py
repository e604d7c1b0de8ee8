"""Which operators of a diagram's graphs are shown as one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from qnn_edu.draw.graphs.patterns.folding import folded, named
from qnn_edu.draw.graphs.patterns.merging import merged
from qnn_edu.draw.graphs.patterns.table import PATTERNS
from qnn_edu.tflite.graph import Subgraph

Merge = bool | str | Collection[str] | None
MANY = 40  # operators; a network of more is merged, collapsed, and laid out in bands


def folded_graphs(
    graphs: Sequence[Subgraph], keep: Sequence[Collection[int]], merge: Merge
) -> list[Subgraph]:
    """The graphs with their variables named, and unless `merge` is False with constants folded."""
    graphs = [named(graph) for graph in graphs]
    if merge is False:
        return graphs
    return [folded(graph, kept) for graph, kept in zip(graphs, keep, strict=True)]


def merged_graphs(
    graphs: Sequence[Subgraph], keep: Sequence[Collection[int]], merge: Merge
) -> list[Subgraph]:
    """The graphs of a model with the patterns that `merge` says as one operator each.

    All of them if it is True, those that it names, none if it is False; if it is None, all if the
    graphs have more than MANY operators, else none.

    Raises:
        ValueError: a name of no pattern.
    """
    if merge is None:
        merge = sum(len(graph.operators) for graph in graphs) > MANY
    names = _names(merge)
    return [merged(graph, names, kept) for graph, kept in zip(graphs, keep, strict=True)]


def _names(merge: Any) -> Collection[str]:
    if isinstance(merge, bool):
        return PATTERNS if merge else ()
    names = [merge] if isinstance(merge, str) else merge
    if not isinstance(names, Collection) or not set(PATTERNS).issuperset(names):
        raise ValueError(
            f"diagram: merge must be True, False or names of {', '.join(PATTERNS)}; got {merge!r}."
        )
    return names
