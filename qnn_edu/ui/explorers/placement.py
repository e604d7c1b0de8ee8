"""Explore where fake quantizers stand: the graph that one writes, and the file that comes of it."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import ipywidgets as widgets

from qnn_edu import draw
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.numbers import placement as placements
from qnn_edu.ui.screen import Drawing

ALT = (
    "Two graphs of a network of two convolutions: on the left TensorFlow's, with its fake "
    "quantizers in orange; on the right the LiteRT file that the converter makes of it, with the "
    "types of its tensors."
)


def placement() -> Live:
    """Place fake quantizers in a network of two convolutions, and see what the converter makes.

    Controls, all of them check boxes: where one stands (`image`, `weights`, `before_relu`,
    `after_relu`, `bias`), and how the range of the weights is chosen (`narrow`, `symmetric`,
    `per_channel`). Values: those of `qnn_edu.ui.numbers.placement.judged`.

    >>> explorer = placement()
    >>> explorer.values["float_operators"], explorer.at(after_relu=False)["float_operators"]
    (0, 2)
    """
    return live(placements.judged, Drawing(_diagram), _controls(), readout=_readout, alt=ALT)


def _diagram(found: dict[str, Any]) -> draw.Diagram:
    loads = not all(found["refusals"].values())
    after = "LiteRT, after" if loads else "LiteRT, after: cannot be loaded"
    graphs = {"TensorFlow, before": found["before"], after: found["graph"]}
    return draw.side_by_side(graphs, columns=1)  # with two, a laptop shows them too small


def _controls() -> dict[str, widgets.Widget]:
    def box(value, description, tooltip):
        return widgets.Checkbox(value, description=description, tooltip=tooltip, indent=False)

    return {
        "image": box(True, "image", "A fake quantizer on the input"),
        "weights": box(True, "weights", "A fake quantizer on the weights of each convolution"),
        "before_relu": box(
            False, "before ReLU6", "A fake quantizer between each convolution and its ReLU6"
        ),
        "after_relu": box(True, "after ReLU6", "A fake quantizer behind each ReLU6"),
        "bias": box(False, "bias", "A fake quantizer on each bias"),
        "narrow": box(True, "weights narrow", "254 steps for the weights instead of 255"),
        "symmetric": box(
            True, "weights symmetric", "From -a to a, instead of from the smallest to the largest"
        ),
        "per_channel": box(False, "weights per channel", "A range for each filter, or one for all"),
    }


def _readout(found: dict[str, Any]) -> dict[str, str]:
    refusals = found["refusals"]
    zero_points = ", ".join(map(str, found["zero_points"]))
    words = {
        "float operators": f"{found['float_operators']}",
        "zero points of int8 weights": zero_points or "no such weights",
        "loads": ", ".join(f"{name}: {'no' if refusals[name] else 'yes'}" for name in refusals),
    }
    if not math.isnan(found["off"]):
        words["outputs that differ from the graph's"] = (
            f"{100 * found['off']:.2f} %, by {found['worst']:.1f} steps at most"
        )
    # Two kernel sets share a check, and so its message but for their own name.
    for name, message in refusals.items():
        if message and name != "optimized":
            words[f"{name} says"] = _cause(message)
    return words


def _cause(message: str) -> str:
    """What LiteRT says first, short enough for a line; what follows names operators by number."""
    said = message.partition("kernels: ")[2].partition("Node number")[0]
    return textwrap.shorten(said, 90, placeholder=" ...")
