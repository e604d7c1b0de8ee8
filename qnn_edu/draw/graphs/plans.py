"""Networks laid out for one picture: which operators are one box, and how wide each may be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from qnn_edu.draw.graphs.boxes import Scale
from qnn_edu.draw.graphs.layout import Layout, wrapped
from qnn_edu.draw.graphs.patterns.shown import Merge, folded_graphs, merged_graphs
from qnn_edu.draw.graphs.sheet import Sheet
from qnn_edu.tflite.graph import Subgraph

WIDTH = 750.0  # points: 1000 pixels on a screen
ONE_SHEET = 100  # boxes; more are an outline


@dataclass(frozen=True)
class Network:
    """A graph to draw, its title, and the values that its operators carry."""

    title: str
    graph: Subgraph
    values: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """How networks are drawn; `diagrams.diagram` says what each of these means."""

    title: str = ""
    label: str = ""
    limits: tuple[float, float] | None = None
    merge: Merge = None
    collapse: bool | None = None
    columns: int | None = None


@dataclass(frozen=True)
class Plan:
    """A network laid out: its graph as it is told in words, and as it is drawn."""

    network: Network
    told: Subgraph
    drawn: Subgraph
    layout: Layout
    prefix: str = ""

    def sheet(self, scale: Scale, shown: range | None = None) -> Sheet:
        """The network, or some of its columns, ready to be drawn."""
        values = self.network.values
        return Sheet(self.drawn, self.layout, values, scale, self.prefix, shown)


def planned(networks: Sequence[Network], look: Look, *, one_model: bool) -> list[Plan]:
    """The networks laid out beside one another if all fit on one sheet, else one by one.

    Those of `one_model` are a main one and those that it runs, which leave it what they do not need.
    """
    keep = [network.values.keys() for network in networks]
    told = folded_graphs([network.graph for network in networks], keep, look.merge)
    drawn = merged_graphs(told, keep, look.merge)
    prefixes = [f"{k}. " * (len(networks) > 1) for k in range(len(networks))]
    pairs = list(zip(drawn, networks, strict=True))
    layouts = [
        _layout(*pair, look, width) for pair, width in zip(pairs, _shares(drawn), strict=True)
    ]
    if one_model:
        left = WIDTH - sum(layout.width for layout in layouts[1:])
        layouts[0] = _layout(*pairs[0], look, max(left, WIDTH / 2))
    if look.columns is None and sum(layout.boxes for layout in layouts) > ONE_SHEET:
        layouts = [_layout(*pair, look, WIDTH, split=True) for pair in pairs]
    return [Plan(*each) for each in zip(networks, told, drawn, layouts, prefixes, strict=True)]


def _shares(graphs: Collection[Subgraph]) -> list[float]:
    """What each graph has of the width, by its operators."""
    total = max(sum(len(graph.operators) for graph in graphs), 1)
    return [WIDTH * len(graph.operators) / total for graph in graphs]


def _layout(
    graph: Subgraph, network: Network, look: Look, width: float, *, split: bool = False
) -> Layout:
    return wrapped(
        graph,
        network.values,
        width=width,
        collapse=look.collapse,
        count=look.columns,
        split=split,
    )
