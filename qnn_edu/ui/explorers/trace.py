"""Explore one output value: the numbers that meet in its window, and every step after their sum."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from qnn_edu.draw import style
from qnn_edu.draw.panels.trace import Explained, MarkedMap, rounded
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.numbers import trace as traces
from qnn_edu.ui.screen import Plot

ALT = (
    "Above, the inputs that meet in one window, the weights, and their products, as grids of "
    "numbers. Below, boxes from the sum of the products through bias, multiplier, shift and zero "
    "point to the output; left of them the layer's output with the chosen place marked."
)
LAST_DIGIT = 1796


def trace(layer: str = "block1_depthwise") -> Live:
    """Follow any value of the int8 digits file from its inputs to the integer that comes out.

    `layer`: where to begin. Controls: `layer`, `digit` (of all 1,797), `channel`, `row`, `column`
    (the last two mean nothing to a dense layer). Values: what `traces.trace` gives.

    Raises:
        ValueError: another layer.

    >>> explorer = trace("dense").set(digit=7, channel=3)
    >>> explorer.values["explained"].value == int(explorer.values["map"][0, 3])
    True
    """
    figure = style.figure(8.8, 4.6)
    ax = figure.add_subplot()
    explained, shown = Explained(ax), MarkedMap(ax)

    def paint(found: dict[str, Any]) -> None:
        explained.update(found["explained"])
        shown.update(found["map"], found["place"])

    screen = Plot(paint, figure, [*explained.artists, *shown.artists])
    return live(traces.trace, screen, _controls(layer), readout=_readout, alt=ALT)


def _controls(layer: str) -> dict[str, widgets.Widget]:
    controls = {
        "layer": widgets.SelectionSlider(
            options=list(traces.layers()), value=_known(layer), description="layer",
            tooltip="A layer with weights, from the image to the scores",
        ),
        "digit": widgets.IntSlider(
            0, 0, LAST_DIGIT, description="digit", tooltip="One of all digits"
        ),
        "channel": widgets.IntSlider(
            3, 0, 9, description="channel", tooltip="Which filter: each has its own multiplier"
        ),
        "row": widgets.IntSlider(3, 0, 7, description="row", tooltip="Row of the output"),
        "column": widgets.IntSlider(3, 0, 7, description="column", tooltip="Column of the output"),
    }  # fmt: skip

    def fit(change: Any = None) -> None:
        """Let the sliders reach to the ends of this layer's output, and no further."""
        chosen = traces.layers()[controls["layer"].value]
        controls["channel"].max = chosen.channels - 1
        for axis, name in enumerate(("row", "column"), 1):
            controls[name].disabled = not chosen.is_map
            if chosen.is_map:
                controls[name].max = chosen.shape[axis] - 1

    controls["layer"].observe(fit, "value")
    fit()
    return controls


def _known(layer: str) -> str:
    if layer not in traces.layers():
        raise ValueError(
            f"There is no layer {layer!r}; choose one of {', '.join(traces.layers())}."
        )
    return layer


def _readout(found: dict[str, Any]) -> dict[str, str]:
    explained = found["explained"]
    return {
        "a handwritten": f"{found['truth']}",
        "operator": explained.operator,
        "M": f"{explained.scale:.6f}",
        "M times the sum": rounded(explained),
    }
