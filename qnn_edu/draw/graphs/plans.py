"""Networks laid out for one picture: which operators are one box, and how wide each may be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from qnn_edu.draw.graphs.boxes import Scale
from qnn_edu.draw.graphs.layout import NOWHERE, Layout, wrapped
from qnn_edu.draw.graphs.patterns.shown import MANY, Merge, folded_graphs, merged_graphs
from qnn_edu.draw.graphs.sheet import Sheet
from qnn_edu.tflite.graph import Subgraph

WIDTH = 750.0  # points: 1000 pixels on a screen
ONE_SHEET = 100  # boxes; more are an outline
FOLD = 50  # boxes of a part of it


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
    look: Look
    prefix: str = ""
    layout: Layout = NOWHERE

    def laid_out(self, **place: Any) -> Plan:
        """The plan with a layout; `place` are the widths that `layout.wrapped` takes."""
        layout = wrapped(
            self.drawn,
            self.network.values,
            large=len(self.told.operators) > MANY,
            collapse=self.look.collapse,
            count=self.look.columns,
            **place,
        )
        return replace(self, layout=layout)

    def folds(self) -> list[tuple[range, ...]]:
        """The bands in groups of at most FOLD boxes, or one band."""
        found: list[tuple[range, ...]] = []
        total = FOLD
        for band in self.layout.bands:
            total += self.layout.boxes(band)
            if total > FOLD:
                found.append(())
                total = self.layout.boxes(band)
            found[-1] = (*found[-1], band)
        return found

    def sheet(self, scale: Scale, bands: Sequence[range] | None = None) -> Sheet:
        """The network, or some of its bands, ready to be drawn."""
        shown = self.layout.bands if bands is None else bands
        return Sheet(
            self.drawn, self.layout, shown, self.network.values, scale, self.prefix
        )


def planned(networks: Sequence[Network], look: Look, *, one_model: bool) -> list[Plan]:
    """The networks laid out beside one another; of `one_model`, beside the first band of the first.

    If they are too large for one sheet, each has all the width.
    """
    keep = [network.values.keys() for network in networks]
    told = folded_graphs([network.graph for network in networks], keep, look.merge)
    models = [range(len(told))] if one_model else [[k] for k in range(len(told))]
    drawn = [
        graph
        for model in models
        for graph in merged_graphs([told[k] for k in model], [keep[k] for k in model], look.merge)
    ]
    plans = []
    for k, (network, *graphs, width) in enumerate(
        zip(networks, told, drawn, _shares(drawn), strict=True)
    ):
        plan = Plan(network, *graphs, look, f"{k}. " * (len(networks) > 1))
        plans.append(plan.laid_out(width=width))
    if one_model:
        beside = min(sum(plan.layout.width for plan in plans[1:]), WIDTH / 2)
        plans[0] = plans[0].laid_out(width=WIDTH, beside=beside)
    if fit_one_sheet(plans):
        return plans
    return [plan.laid_out(width=WIDTH, whole=False) for plan in plans]


def fit_one_sheet(plans: Sequence[Plan]) -> bool:
    """Whether a laptop can read all networks on one sheet."""
    layouts = [plan.layout for plan in plans]
    return sum(layout.boxes(band) for layout in layouts for band in layout.bands) <= ONE_SHEET


def _shares(graphs: Collection[Subgraph]) -> list[float]:
    """What each graph has of the width, by its operators."""
    total = max(sum(len(graph.operators) for graph in graphs), 1)
    return [WIDTH * len(graph.operators) / total for graph in graphs]
