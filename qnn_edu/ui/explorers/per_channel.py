"""Explore channels: one quantizer for a whole depthwise layer against one for each channel."""

from __future__ import annotations

from functools import partial

import ipywidgets as widgets
import numpy as np

from qnn_edu.draw.panels.per_channel import PerChannel
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

ALT = (
    "Left, the range of every channel of a depthwise layer, and below it the SQNR of each channel "
    "with one quantizer for all and with one each; right, the weights of one channel as they are "
    "and as both quantizers leave them."
)
TIPS = {
    "channel": "The channel shown on the right",
    "stretch": "How many times further apart the channels' ranges are set, 1 to 100",
}


def per_channel(layer: int = 1) -> Live:
    """Compare per-tensor and per-channel quantization of a depthwise layer of the digits model.

    `layer`: which of its depthwise layers, 0 to 2 (16, 32 and 64 channels). Controls: `bits`,
    `channel`, `stretch` (how many times further apart the channels are set). Values: what
    `numbers.per_channel.compared` gives.

    Raises:
        ValueError: another layer.

    >>> found = per_channel().values
    >>> bool((found["sqnr_per_channel"] >= found["sqnr_per_tensor"] - 3).all())
    True
    """
    weight = numbers.tensors.depthwise_weight(layer)
    compute = partial(numbers.per_channel.compared, weight)
    channels = weight.shape[-1]
    screen = Plot.of(PerChannel(channels, weight[..., 0].size))
    return live(compute, screen, _controls(channels), readout=_readout, alt=ALT)


def _controls(channels: int) -> dict[str, widgets.Widget]:
    return {
        "bits": controls.bits(4),
        "channel": controls.whole("channel", 0, 0, channels - 1, tip=TIPS["channel"]),
        "stretch": controls.power("stretch, times", 1.0, 0, 2, tip=TIPS["stretch"]),
    }


def _readout(found: Numbers) -> dict[str, str]:
    c, tensor, each = (found[name] for name in ("channel", "sqnr_per_tensor", "sqnr_per_channel"))
    width = np.maximum(-found["lo"], found["hi"])  # half of a symmetric range
    return {
        "widest to narrowest": f"{width.max() / width.min():.1f}",
        f"channel {c} per tensor": f"{tensor[c]:.1f} dB",
        f"channel {c} per channel": f"{each[c]:.1f} dB",
        "median per tensor": f"{np.median(tensor):.1f} dB",
        "median per channel": f"{np.median(each):.1f} dB",
    }
