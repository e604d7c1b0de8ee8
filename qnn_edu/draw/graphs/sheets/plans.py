"""Networks laid out for one picture: which operators are one box, and how wide each may be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qnn_edu.draw.graphs.bands import Layout, wrapped
from qnn_edu.draw.graphs.patterns.shown import MANY, Merge, folded_graphs, merged_graphs
from qnn_edu.tflite.graph import Subgraph

WIDTH = 750.0  # points: 1000 pixels on a screen
OPERATORS, BOXES = 100, 60  # networks of more operators, in more boxes, are an outline


@dataclass(frozen=True)
class Network:
    """A graph to draw, its title, and the values that its operators carry.

    `number` is that of a subgraph, where a whole model is drawn.
    """

    title: str
    graph: Subgraph
    values: Mapping[int, float] = field(default_factory=dict)
    number: int | None = None


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


def planned(networks: Sequence[Network], look: Look) -> list[Plan]:
    """The networks laid out beside one another; in a model, beside the first band of its first.

    If they are too large for one sheet, each has all the width.
    """
    one_model = networks[0].number is not None
    keep = [network.values.keys() for network in networks]
    told = folded_graphs([network.graph for network in networks], keep, look.merge)
    if one_model:
        drawn = merged_graphs(told, keep, look.merge)
    else:
        pairs = zip(told, keep, strict=True)
        drawn = [merged_graphs([graph], [kept], look.merge)[0] for graph, kept in pairs]
    graphs = list(zip(networks, told, drawn, strict=True))
    shares = zip(graphs, _shares(drawn), strict=True)
    plans = [_plan(*each, look, width=width) for each, width in shares]
    if one_model:
        beside = min(sum(plan.layout.width for plan in plans[1:]), WIDTH / 2)
        plans[0] = _plan(*graphs[0], look, width=WIDTH, beside=beside)
    if look.columns is not None or fit_one_sheet(plans):
        return plans
    return [_plan(*each, look, width=WIDTH, whole=False) for each in graphs]


def _plan(network: Network, told: Subgraph, drawn: Subgraph, look: Look, **place: Any) -> Plan:
    """A plan; `place` are the widths that `bands.wrapped` takes."""
    large = len(told.operators) > MANY
    how = {"large": large, "collapse": look.collapse, "count": look.columns}
    return Plan(network, told, drawn, wrapped(drawn, network.values, **how, **place))


def fit_one_sheet(plans: Sequence[Plan]) -> bool:
    """Whether a laptop can read all networks on one sheet."""
    layouts = [plan.layout for plan in plans]
    drawn = sum(layout.boxes(band) for layout in layouts for band in layout.bands)
    return drawn <= BOXES or sum(len(plan.told.operators) for plan in plans) <= OPERATORS


def _shares(graphs: Collection[Subgraph]) -> list[float]:
    """What each graph has of the width, by its operators."""
    total = max(sum(len(graph.operators) for graph in graphs), 1)
    return [WIDTH * len(graph.operators) / total for graph in graphs]
