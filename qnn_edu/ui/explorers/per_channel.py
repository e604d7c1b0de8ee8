"""Explore channels: one quantizer for a whole depthwise layer against one for each channel."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from qnn_edu.draw import style
from qnn_edu.draw.panels.per_channel import ChannelRanges, ChannelSqnr, OneChannel
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.numbers import affine as numbers
from qnn_edu.ui.numbers import tensors
from qnn_edu.ui.screen import Plot

ALT = (
    "Left, the range of every channel of a depthwise layer, and below it the SQNR of each channel "
    "with one quantizer for all and with one each; right, the weights of one channel as they are "
    "and as both quantizers leave them."
)


def per_channel(layer: int = 1) -> Live:
    """Compare per-tensor and per-channel quantization of a depthwise layer of the digits model.

    `layer`: which of its depthwise layers, 0 to 2 (16, 32 and 64 channels). Controls: `bits`,
    `channel`, `stretch` (how many times further apart the channels are set). Values: what
    `numbers.channels` gives, and the `channel`.

    Raises:
        ValueError: another layer.

    >>> found = per_channel().values
    >>> bool((found["sqnr_per_channel"] >= found["sqnr_per_tensor"] - 3).all())
    True
    """
    weight = tensors.depthwise_weight(layer)
    count = weight.shape[-1]
    figure = style.figure(8.8, 4.6)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.35, 1))
    spread = ChannelRanges(figure.add_subplot(grid[0, 0]), count)
    sqnr = ChannelSqnr(figure.add_subplot(grid[1, 0]), count, most=62)
    one = OneChannel(figure.add_subplot(grid[:, 1]), weight[..., 0].size)
    spread.ax.set_xlabel("")

    def compute(*, bits: int, channel: int, stretch: float) -> dict[str, Any]:
        found = numbers.channels(numbers.stretched(weight, stretch), bits=bits)
        return {**found, "channel": channel}

    def paint(found: dict[str, Any]) -> None:
        c = found["channel"]
        spread.update(found["lo"], found["hi"], chosen=c)
        sqnr.update(found["sqnr_per_channel"], found["sqnr_per_tensor"], chosen=c)
        versions = (found[name][c] for name in ("weight", "per_channel", "per_tensor"))
        one.update(*versions, note=f"channel {c}")

    artists = [*spread.artists, *sqnr.artists, *one.artists]
    screen = Plot(paint, figure, artists)
    return live(compute, screen, _controls(count), readout=_readout, alt=ALT)


def _controls(count: int) -> dict[str, widgets.Widget]:
    return {
        "bits": widgets.IntSlider(
            4, 2, 8, description="bits", tooltip="n bits give 2 to the power n levels"
        ),
        "channel": widgets.IntSlider(
            0, 0, count - 1, description="channel", tooltip="The channel shown on the right"
        ),
        "stretch": widgets.FloatLogSlider(
            1.0, min=0, max=2, step=0.05, readout_format=".1f", description="stretch, times",
            tooltip="How many times further apart the channels' ranges are set, 1 to 100",
        ),
    }  # fmt: skip


def _readout(found: dict[str, Any]) -> dict[str, str]:
    c, tensor, each = (found[name] for name in ("channel", "sqnr_per_tensor", "sqnr_per_channel"))
    width = np.maximum(-found["lo"], found["hi"])  # half of a symmetric range
    return {
        "widest to narrowest": f"{width.max() / width.min():.1f}",
        f"channel {c} per tensor": f"{tensor[c]:.1f} dB",
        f"channel {c} per channel": f"{each[c]:.1f} dB",
        "median per tensor": f"{np.median(tensor):.1f} dB",
        "median per channel": f"{np.median(each):.1f} dB",
    }
