"""Networks put together in one picture: beside one another, or in the folds of an outline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from qnn_edu.draw import style
from qnn_edu.draw.graphs import boxes
from qnn_edu.draw.graphs.drawing import Diagram
from qnn_edu.draw.graphs.folds import Fold
from qnn_edu.draw.graphs.group import members
from qnn_edu.draw.graphs.plans import Look, Network, Plan, fit_one_sheet, planned
from qnn_edu.draw.graphs.words.listing import listing, part, sentence, summary
from qnn_edu.draw.graphs.words.options import calls

FONT = "Arial"  # one name: of a list of fonts the WebAssembly build would not know the widths


def composed(networks: Sequence[Network], look: Look, *, one_model: bool = False) -> Diagram:
    """A diagram of all networks: one sheet, or an outline with a sheet in each fold.

    Networks of `one_model` are in its order, and stand beside the operators that run them.
    """
    numbers = [value for network in networks for value in network.values.values()]
    scale = boxes.Scale(numbers, look.limits)
    dot = _empty(boxes.heading(look.title, scale.legend(look.label) if numbers else ""))
    plans = planned(networks, look, one_model=one_model)
    if fit_one_sheet(plans) or look.columns is not None:
        _draw_beside(dot, plans, scale, one_model)
    else:
        dot.folds = tuple(_fold(plan, bands, scale) for plan, bands in _folds(plans))
        _draw_below(dot, plans, scale)
    texts = [
        listing(plan.told, title=plan.network.title, values=plan.network.values, label=look.label)
        for plan in plans
    ]
    dot.text = "\n".join([look.title] * bool(look.title) + texts)
    dot.alt = " ".join(
        f"{network.title or look.title or 'Network'}: {sentence(network.graph)}"
        for network in networks
    )
    return dot


def _draw_beside(
    dot: Diagram, plans: Sequence[Plan], scale: boxes.Scale, one_model: bool
) -> None:
    """Networks beside one another, each under its title if there are several."""
    sheets = [plan.sheet(scale) for plan in plans]
    for k, (plan, sheet) in enumerate(zip(plans, sheets, strict=True)):
        if len(plans) == 1:
            sheet.draw(dot)
        else:
            legend = boxes.font(f"subgraph {k}", boxes.SMALL) if one_model and k else ""
            with _cluster(dot, k, plan.network.title, legend) as cluster:
                sheet.draw(cluster)
    for caller, sheet in zip(plans, sheets, strict=True) if one_model else ():
        for operator in caller.drawn.operators:
            for _, k in calls(operator):
                if k < len(sheets):
                    _call(dot, sheet.node(operator), sheets[k].first)


def _call(dot: Diagram, caller: str, first: str) -> None:
    """An arrow from an operator to a network that begins at its height with the node `first`."""
    with dot.subgraph(graph_attr={"rank": "same"}) as row:
        row.node(caller)
        row.node(first)
    dot.edge(caller, first, style="dashed", color=style.PURPLE, constraint="false")


def _draw_below(dot: Diagram, plans: Sequence[Plan], scale: boxes.Scale) -> None:
    """All parts below one another, each under a line about it."""
    above: list[str] = []
    for k, (plan, bands) in enumerate(_folds(plans)):
        sheet = plan.sheet(scale, bands)
        with _cluster(dot, k, _about(plan, bands)[0]) as cluster:
            sheet.draw(cluster)
        for node in above:
            dot.edge(node, sheet.top, style="invis", weight="0")
        above = sheet.bottoms


def _folds(plans: Sequence[Plan]) -> Iterator[tuple[Plan, tuple[range, ...]]]:
    return ((plan, bands) for plan in plans for bands in plan.folds())


def _fold(plan: Plan, bands: Sequence[range], scale: boxes.Scale) -> Fold:
    picture = _empty("")
    plan.sheet(scale, bands).draw(picture)
    picture.alt, picture.text = _about(plan, bands)
    return Fold(picture.alt, picture)


def _about(plan: Plan, bands: Sequence[range]) -> tuple[str, str]:
    """A line about the operators in some bands of a network, and a line for each of them."""
    blocks = [block for band in bands for column in band for block in plan.layout.columns[column]]
    inside = {m.index for b in blocks for run in b.repeats for op in run for m in members(op)}
    some = part(plan.told, inside)
    title = f"{plan.network.title}, " if plan.network.title else ""
    return title + summary(some), listing(some, values=plan.network.values)


def _cluster(dot: Diagram, k: int, title: str, legend: str = "") -> AbstractContextManager[Diagram]:
    frame = {"label": boxes.heading(title, legend), "labeljust": "l", "peripheries": "0"}
    return dot.subgraph(name=f"cluster {k}", graph_attr=frame)


def _empty(heading: str) -> Diagram:
    above = {"label": heading, "labelloc": "t", "labeljust": "l"}
    downwards = {"rankdir": "TB", "newrank": "true"}
    apart = {"nodesep": "0.12", "ranksep": "0.16", "pad": "0.05"}  # inches
    look = {"bgcolor": "white", "fontname": FONT}
    return Diagram(
        "network",
        graph_attr=above | downwards | apart | look,
        node_attr={"shape": "plain", "fontname": FONT, "fontsize": str(boxes.TEXT)},
        edge_attr={"fontname": FONT, "fontsize": str(boxes.SMALL), "arrowsize": "0.5"},
    )
