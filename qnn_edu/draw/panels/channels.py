"""The channels of a tensor: their ranges, and what one quantizer for all of them makes of each."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panel

PAIR = style.SERIES[:2]  # per channel, per tensor: everywhere the same colour and marker


class ChannelRanges(Panel):
    """A bar from lo to hi per channel; the range of the whole tensor is the band behind them.

    With `span` the axes show these two heights, always; without, they follow the data.
    """

    def __init__(self, ax: Axes, channels: int, span: tuple[float, float] | None = None) -> None:
        super().__init__(ax)
        self.span = span
        title = "Range of each channel (band: of the whole tensor)"
        style.label(ax, title=title, x="channel", y="weight (real units)")
        ax.set_xlim(-0.7, channels - 0.3)
        ax.axhline(0, color=style.REAL, linewidth=0.8)
        self.band = self._keep(ax.axhspan(0, 0, facecolor=style.BAND, edgecolor="none", zorder=0.6))
        width = max(2.0, 200 / channels)  # points; leaves gaps on axes eight inches wide
        self.bars = self._keep(LineCollection([], colors=style.QUANTIZED, linewidths=min(width, 9)))
        ax.add_collection(self.bars)
        self.chosen = self._keep(LineCollection([], colors=style.BLACK, linewidths=min(width, 9)))
        ax.add_collection(self.chosen)

    def update(self, lo: Any, hi: Any, *, chosen: int | None = None) -> None:
        """Show `lo` and `hi`, one entry per channel; the channel `chosen` is drawn black."""
        lo, hi = np.asarray(lo, float), np.asarray(hi, float)
        bars = [[(c, a), (c, b)] for c, (a, b) in enumerate(zip(lo, hi, strict=True))]
        self.bars.set_segments(bars)
        self.chosen.set_segments([] if chosen is None else bars[chosen : chosen + 1])
        self.band.set_y(lo.min())
        self.band.set_height(hi.max() - lo.min())
        margin = 0.12 * (hi.max() - lo.min()) or 1.0
        self.ax.set_ylim(self.span or (lo.min() - margin, hi.max() + margin))


class ChannelSqnr(Panel):
    """SQNR of every channel, with one quantizer for all of them and with one for each."""

    def __init__(self, ax: Axes, channels: int, most: float) -> None:
        super().__init__(ax)
        style.label(ax, title="What is left of each channel", x="channel", y="SQNR (dB)")
        ax.set_xlim(-0.7, channels - 0.3)
        ax.set_ylim(-3, most)
        self.per_channel, self.per_tensor = (
            self.line(color=line.color, marker=line.marker, linestyle="none", markersize=5)
            for line in PAIR
        )
        self.cursor = self.line(color=style.BLACK, linewidth=1, zorder=1)
        name_pair(ax)

    def update(self, per_channel: Any, per_tensor: Any, *, chosen: int) -> None:
        """Show two SQNR in dB per channel, and a line at the channel `chosen`."""
        x = np.arange(len(per_tensor))
        self.per_channel.set_data(x, per_channel)
        self.per_tensor.set_data(x, per_tensor)
        self.cursor.set_data([chosen, chosen], self.ax.get_ylim())


def name_pair(ax: Axes) -> None:
    """Say above the axes, to the right of the title, which marker is which quantizer."""
    glyphs = ("\u25cf per channel", "\u25a0 per tensor")
    above = {"xycoords": "axes fraction", "annotation_clip": False, "ha": "right"}
    for words, line, x in zip(glyphs, PAIR, (-68, 0), strict=True):
        color = style.ink(line.color)
        style.note(ax, words, (1, 1), (x, 6), color=color, size=style.TEXT, **above)
