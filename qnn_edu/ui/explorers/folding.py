"""Explore folding: the channels of a layer before and after, and what quantizing them costs."""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from qnn_edu.draw.panels.folding import Folding
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

ALT = (
    "Left, the range of every channel of a layer before its batch normalisation is folded and, "
    "below, after; right, the SQNR of each channel of the folded weights with one quantizer for "
    "all and with one each."
)
TIPS = {
    "layer": "A layer of the digits network, from the image to the output",
    "spread": "Gamma is multiplied by factors that lie so far apart, dealt out at random",
    "cut_idle": "Weights become 0 where the variance is below epsilon",
}


def folding(layer: str = "block2_depthwise") -> Live:
    """See what folding does to the channels of the digits network, and quantize what came out.

    `layer`: where to begin. Controls: `layer`, `bits`, `spread` (gamma's channels are multiplied
    by factors so far apart), `cut_idle` (weights become 0 in channels that never changed in
    training). Values: what `numbers.folding.folded` gives.

    Raises:
        ValueError: another layer.

    >>> found = folding().at(bits=4, spread=1)
    >>> int(found["lost"].sum()), found["widest"]
    (24, 24)
    """
    numbers.folding.normalised(layer)
    screen = Plot.of(Folding())
    controls = _controls(layer)
    return live(numbers.folding.folded, screen, controls, readout=_readout, alt=ALT, idle=_idle)


def _idle(*, layer: str, **others: object) -> set[str]:
    return set() if numbers.folding.normalised(layer).idle.any() else {"cut_idle"}


def _controls(layer: str) -> dict[str, widgets.Widget]:
    return {
        "layer": controls.stops("layer", layer, numbers.folding.LAYERS, tip=TIPS["layer"]),
        "bits": controls.bits(4),
        "spread": controls.power("gamma spread, times", 1.0, 0, 2, tip=TIPS["spread"]),
        "cut_idle": controls.switch("cut idle channels", False, tip=TIPS["cut_idle"]),
    }


def _readout(found: Numbers) -> dict[str, str]:
    (before, after), widest = found["largest"], found["widest"]
    return {
        "largest weight before": f"{before:.2f}",
        "after": f"{after:.2f}",
        "widest to median": f"{_widest_to_median(*found['after']):.1f}",
        f"variance of channel {widest} (the widest)": f"{found['variance'][widest]:.2g}",
        "channels lost per tensor": f"{found['lost'].sum()} of {len(found['lost'])}",
        "median SQNR per tensor": f"{np.median(found['sqnr_per_tensor']):.1f} dB",
        "per channel": f"{np.median(found['sqnr_per_channel']):.1f} dB",
    }


def _widest_to_median(lo: np.ndarray, hi: np.ndarray) -> float:
    width = np.maximum(-lo, hi)  # half of a symmetric range
    return float(width.max() / np.median(width))
