"""Explore one output value: the numbers that meet in its window, and every step after their sum."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import ipywidgets as widgets

from qnn_edu.draw.panels.explained import rounded
from qnn_edu.draw.panels.trace import Trace
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

ALT = (
    "Above, the inputs that meet in one window, the weights, and their products, as grids of "
    "numbers. Below, boxes from the sum of the products through bias, multiplier, shift and zero "
    "point to the output; left of them the layer's output with the chosen place marked."
)
TIPS = {
    "layer": "A layer with weights, from the image to the scores",
    "digit": "One of all digits",
    "channel": "Which filter: each has its own multiplier",
    "row": "Row of the output",
    "column": "Column of the output",
}
LAST_DIGIT = 1796


def trace(layer: str = "block1_depthwise") -> Live:
    """Follow any value of the int8 digits file from its inputs to the integer that comes out.

    `layer`: where to begin. Controls: `layer`, `digit` (of all 1,797), `channel`, `row`, `column`
    (the last two mean nothing to a dense layer). Values: what `numbers.trace.trace` gives.

    Raises:
        ValueError: another layer.

    >>> explorer = trace("dense").set(digit=7, channel=3)
    >>> explorer.values["explained"].value == int(explorer.values["map"][0, 3])
    True
    """
    screen = Plot.of(Trace())
    controls = _controls(layer)
    return live(numbers.trace.trace, screen, controls, readout=_readout, alt=ALT, idle=_idle)


def _idle(*, layer: str, **others: object) -> set[str]:
    return set() if numbers.trace.layers()[layer].is_map else {"row", "column"}


def _controls(layer: str) -> dict[str, widgets.Widget]:
    layers = numbers.trace.layers()
    made = {
        "layer": controls.stops("layer", _known(layer), layers, tip=TIPS["layer"]),
        "digit": controls.whole("digit", 0, 0, LAST_DIGIT, tip=TIPS["digit"]),
        "channel": controls.whole("channel", 3, 0, 9, tip=TIPS["channel"]),
        "row": controls.whole("row", 3, 0, 7, tip=TIPS["row"]),
        "column": controls.whole("column", 3, 0, 7, tip=TIPS["column"]),
    }

    def fit(change: Any = None) -> None:
        """Let the sliders reach to the ends of this layer's output, and no further."""
        chosen = layers[made["layer"].value]
        ends = {"channel": chosen.channels - 1}
        if chosen.is_map:
            ends |= {"row": chosen.shape[1] - 1, "column": chosen.shape[2] - 1}
        with ExitStack() as held:  # all move at once: a picture of only some would not exist
            for name in ends:
                held.enter_context(made[name].hold_trait_notifications())
            for name, end in ends.items():
                made[name].max, made[name].value = end, min(made[name].value, end)

    made["layer"].observe(fit, "value")
    fit()
    return made


def _known(layer: str) -> str:
    if layer not in numbers.trace.layers():
        raise ValueError(
            f"There is no layer {layer!r}; choose one of {', '.join(numbers.trace.layers())}."
        )
    return layer


def _readout(found: Numbers) -> dict[str, str]:
    explained = found["explained"]
    return {
        "a handwritten": f"{found['truth']}",
        "operator": explained.operator,
        "M": f"{explained.scale:.6f}",
        "M times the sum": rounded(explained),
    }
