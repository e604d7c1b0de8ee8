"""Networks put together in one picture: beside one another, or in the folds of an outline."""

from __future__ import annotations

from collections.abc import Sequence

from qnn_edu.draw import style
from qnn_edu.draw.graphs import boxes
from qnn_edu.draw.graphs.picture.drawing import Diagram
from qnn_edu.draw.graphs.picture.folds import Fold
from qnn_edu.draw.graphs.sheets.pieces import Piece, Strip, about, beside, by_call, folded
from qnn_edu.draw.graphs.sheets.plans import Look, Network, fit_one_sheet, planned
from qnn_edu.draw.graphs.sheets.sheet import Sheet
from qnn_edu.draw.graphs.words.listing import listing, sentence

FONT = "Arial"  # one name: of a list of fonts the WebAssembly build would not know the widths

Part = tuple[str, str, Sequence[Piece]]  # a line about it, a line for each operator, and itself


def composed(networks: Sequence[Network], look: Look) -> Diagram:
    """A diagram of all networks: one sheet, or an outline with a sheet in each fold.

    Those of a model stand beside the operators that run them.
    """
    plans = planned(networks, look)
    texts = [
        listing(plan.told, title=plan.network.title, values=plan.network.values, label=look.label)
        for plan in plans
    ]
    text = "\n".join([look.title] * bool(look.title) + texts)
    if look.columns is None and not fit_one_sheet(plans):
        parts: list[Part] = [(*about(pieces, look.label), pieces) for pieces in folded(plans)]
    else:
        parts = [("", text, by_call(plans) if networks[0].number == 0 else beside(plans))]
    dot = _drawn(parts, networks, look)
    dot.text = text
    dot.alt = " ".join(
        f"{network.title or look.title or 'Network'}: {sentence(network.graph)}"
        for network in networks
    )
    return dot


def _drawn(parts: Sequence[Part], networks: Sequence[Network], look: Look) -> Diagram:
    """The pieces of all parts below one another, and again as pictures in folds."""
    values = [value for network in networks for value in network.values.values()]
    scale = boxes.Scale(values, look.limits)
    heading = boxes.heading(look.title, scale.legend(look.label) if values else "")
    whole, framed = _empty(heading), len(networks) > 1
    if sum(len(pieces) for _, _, pieces in parts) == 1:
        _draw(whole, parts[0][2][0], scale, framed)
        return whole
    above: list[str] = []
    for title, text, pieces in parts:
        pictures = []
        for k, piece in enumerate(pieces):
            says = k == 0 and (values or not whole.folds)  # colours need their legend everywhere
            pictures.append(_empty(heading if says else ""))
            _draw(pictures[-1], piece, scale, framed)
            above = _draw_below(whole, above, "" if k else title, piece, scale, framed)
        whole.folds += (Fold(title, text, tuple(pictures)),)
    return whole


def _draw(dot: Diagram, piece: Piece, scale: boxes.Scale, framed: bool) -> list[Sheet]:
    """The networks of a piece beside one another, and arrows to those that are run."""
    sheets = {}
    for strip in piece:
        plan, k = strip.plan, strip.number
        values, prefix = plan.network.values, f"{k}. " * framed
        sheets[k] = Sheet(plan.drawn, plan.layout, strip.band, values, scale, prefix)
        if framed:
            with dot.subgraph(name=_cluster(strip), graph_attr=_frame(strip)) as cluster:
                sheets[k].draw(cluster)
        else:
            sheets[k].draw(dot)
    for strip in piece:
        if strip.plan.network.number is not None:
            for operator, k in strip.runs():
                if k in sheets:
                    caller, look = sheets[strip.number].node(operator), {"style": "dashed"}
                    dot.edge(caller, sheets[k].canvas.first, color=style.PURPLE, **look)
    return list(sheets.values())


def _draw_below(
    dot: Diagram, above: list[str], title: str, piece: Piece, scale: boxes.Scale, framed: bool
) -> list[str]:
    """A piece below the nodes `above`, under its title; gives the nodes to go below."""
    sheets = _draw(dot, piece, scale, framed)
    top = sheets[0].canvas.top
    if title:
        dot.node(f"about {top}", boxes.words([title]))
        dot.edge(f"about {top}", top, style="invis", weight="0")
        top = f"about {top}"
    for node in above:
        dot.edge(node, top, style="invis", weight="0")
    return [node for sheet in sheets for node in sheet.canvas.bottoms]


def _cluster(strip: Strip) -> str:
    return f"cluster {strip.number}" + f", column {strip.band.start}" * (not strip.is_first)


def _frame(strip: Strip) -> dict[str, str]:
    """What stands above a network: its title, and its number in a model that has several."""
    network = strip.plan.network
    number = boxes.font(f"subgraph {network.number}", boxes.SMALL) if network.number else ""
    label = boxes.heading(network.title, number) if strip.is_first else ""
    return {"label": label, "labeljust": "l", "peripheries": "0"}


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
