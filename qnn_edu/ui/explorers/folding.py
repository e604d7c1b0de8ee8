"""Explore folding: the channels of a layer before and after, and what quantizing them costs."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from qnn_edu.draw import style
from qnn_edu.draw.panels.per_channel import ChannelRanges, ChannelSqnr
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.numbers import folding as batch_norms
from qnn_edu.ui.screen import Plot

ALT = (
    "Left, the range of every channel of a layer before its batch normalisation is folded and, "
    "below, after; right, the SQNR of each channel of the folded weights with one quantizer for "
    "all and with one each."
)
MOST = 64  # channels that any of the layers has


def folding(layer: str = "block2_depthwise") -> Live:
    """See what folding does to the channels of the digits network, and quantize what came out.

    `layer`: where to begin. Controls: `layer`, `bits`, `spread` (gamma's channels are multiplied
    by factors so far apart), `cut_idle` (weights become 0 in channels that never changed in
    training). Values: what `batch_norms.folded` gives.

    Raises:
        ValueError: another layer.

    >>> found = folding().at(bits=4, spread=1)
    >>> int(found["lost"].sum()), found["widest"]
    (24, 24)
    """
    batch_norms.layer(layer)
    figure = style.figure(8.8, 4.6)
    grid = figure.add_gridspec(2, 2, width_ratios=(1, 1.1))
    before, after = (
        ChannelRanges(figure.add_subplot(grid[row, 0]), MOST, span=(-1.1, 1.1)) for row in (0, 1)
    )
    sqnr = ChannelSqnr(figure.add_subplot(grid[:, 1]), MOST, most=62)
    weight = "weight / largest of all"
    style.label(before.ax, title="Range of each channel before folding", y=weight)
    style.label(after.ax, title="and after (band: of the whole tensor)", x="channel", y=weight)
    style.label(sqnr.ax, title="Folded, quantized", x="channel", y="SQNR (dB)")

    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # laid out: layers of 16 and of 64 channels stand in one place

    def paint(found: dict[str, Any]) -> None:
        widest = found["widest"]
        for panel in (before, after, sqnr):
            panel.ax.set_xlim(-0.7, len(found["lo"]) - 0.3)
        before.update(*found["before"], chosen=widest)
        after.update(*found["after"], chosen=widest)
        sqnr.update(found["sqnr_per_channel"], found["sqnr_per_tensor"], chosen=widest)

    artists = [*before.artists, *after.artists, *sqnr.artists]
    screen = Plot(paint, figure, artists)
    return live(_compute, screen, _controls(layer), readout=_readout, alt=ALT)


def _compute(*, layer: str, bits: int, spread: float, cut_idle: bool) -> dict[str, Any]:
    chosen = batch_norms.spread_gamma(batch_norms.layer(layer), spread)
    return batch_norms.folded(chosen, bits=bits, cut_idle=cut_idle)


def _controls(layer: str) -> dict[str, widgets.Widget]:
    return {
        "layer": widgets.SelectionSlider(
            options=batch_norms.LAYERS, value=layer, description="layer",
            tooltip="A layer of the digits network, from the image to the output",
        ),
        "bits": widgets.IntSlider(
            4, 2, 8, description="bits", tooltip="n bits give 2 to the power n levels"
        ),
        "spread": widgets.FloatLogSlider(
            1.0, min=0, max=2, step=0.05, readout_format=".1f", description="gamma spread, times",
            tooltip="Gamma is multiplied by factors that lie so far apart, dealt out at random",
        ),
        "cut_idle": widgets.Checkbox(
            False, description="cut idle channels", indent=False,
            tooltip="Weights become 0 where the variance is below epsilon",
        ),
    }  # fmt: skip


def _readout(found: dict[str, Any]) -> dict[str, str]:
    (before, after), widest = found["largest"], found["widest"]
    return {
        "largest weight before": f"{before:.2f}",
        "after": f"{after:.2f}",
        "widest to median": f"{_widest_to_median(*found['after']):.1f}",
        f"variance of channel {widest} (black)": f"{found['variance'][widest]:.2g}",
        "channels lost per tensor": f"{found['lost'].sum()} of {len(found['lost'])}",
        "median SQNR per tensor": f"{np.median(found['sqnr_per_tensor']):.1f} dB",
        "per channel": f"{np.median(found['sqnr_per_channel']):.1f} dB",
    }


def _widest_to_median(lo: np.ndarray, hi: np.ndarray) -> float:
    width = np.maximum(-lo, hi)  # half of a symmetric range
    return float(width.max() / np.median(width))
