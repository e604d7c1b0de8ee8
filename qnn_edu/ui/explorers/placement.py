"""Explore where fake quantizers stand: the graph that one writes, and the file that comes of it."""

from __future__ import annotations

import math
import textwrap

import ipywidgets as widgets

from qnn_edu.draw.panels.placement import placement_diagram
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Drawing, Numbers

ALT = (
    "Two graphs of a network of two convolutions: on the left TensorFlow's, with its fake "
    "quantizers in orange; on the right the LiteRT file that the converter makes of it, with the "
    "types of its tensors."
)
TIPS = {
    "image": "A fake quantizer on the input",
    "weights": "A fake quantizer on the weights of each convolution",
    "before_relu": "A fake quantizer between each convolution and its ReLU6, from -1 to 1",
    "after_relu": "A fake quantizer behind each ReLU6",
    "bias": "A fake quantizer on each bias",
    "narrow": "254 steps for the weights instead of 255",
    "symmetric": "From -a to a, instead of from the smallest to the largest",
    "per_channel": "A range for each filter, or one for all",
}


def placement() -> Live:
    """Place fake quantizers in a network of two convolutions, and see what the converter makes.

    Controls, all of them check boxes: where one stands (`image`, `weights`, `before_relu`,
    `after_relu`, `bias`), and how the range of the weights is chosen (`narrow`, `symmetric`,
    `per_channel`). Values: what `numbers.placement.judged` gives.

    >>> explorer = placement()
    >>> explorer.values["float_operators"], explorer.at(after_relu=False)["float_operators"]
    (0, 2)
    """
    screen = Drawing(placement_diagram)
    compute = numbers.placement.judged
    return live(compute, screen, _controls(), readout=_readout, alt=ALT, idle=_idle)


def _idle(*, weights: bool, **others: object) -> set[str]:
    """How the range of the weights is chosen, where nothing quantizes them."""
    return set() if weights else {"narrow", "symmetric", "per_channel"}


def _controls() -> dict[str, widgets.Widget]:
    return {
        "image": controls.switch("image", True, tip=TIPS["image"]),
        "weights": controls.switch("weights", True, tip=TIPS["weights"]),
        "before_relu": controls.switch("before ReLU6", False, tip=TIPS["before_relu"]),
        "after_relu": controls.switch("after ReLU6", True, tip=TIPS["after_relu"]),
        "bias": controls.switch("bias", False, tip=TIPS["bias"]),
        "narrow": controls.switch("weights narrow", True, tip=TIPS["narrow"]),
        "symmetric": controls.switch("weights symmetric", True, tip=TIPS["symmetric"]),
        "per_channel": controls.switch("weights per channel", False, tip=TIPS["per_channel"]),
    }


def _readout(found: Numbers) -> dict[str, str]:
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
