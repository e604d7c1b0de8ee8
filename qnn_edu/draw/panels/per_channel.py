"""One quantizer for all channels against one for each: how wide they are, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from qnn_edu.draw import style
from qnn_edu.draw.panels.channels import PAIR, ChannelRanges, ChannelSqnr, name_pair
from qnn_edu.draw.panels.panel import Panel, Panels


class PerChannel(Panels):
    """Left the ranges of all channels, and below them their SQNR; right the weights of one."""

    def __init__(self, channels: int, values: int) -> None:
        super().__init__(8.8, 4.6)
        grid = self.figure.add_gridspec(2, 2, width_ratios=(1.35, 1))
        self.ranges = self._add(ChannelRanges(self.figure.add_subplot(grid[0, 0]), channels))
        self.sqnr = self._add(ChannelSqnr(self.figure.add_subplot(grid[1, 0]), channels, most=62))
        self.one = self._add(OneChannel(self.figure.add_subplot(grid[:, 1]), values))
        self.ranges.ax.set_xlabel("")

    def update(self, found: Mapping[str, Any]) -> None:
        """Show all channels, and of the one named `channel` the weights in three versions."""
        c = found["channel"]
        self.ranges.update(found["lo"], found["hi"], chosen=c)
        self.sqnr.update(found["sqnr_per_channel"], found["sqnr_per_tensor"], chosen=c)
        versions = (found[name][c] for name in ("weight", "per_channel", "per_tensor"))
        self.one.update(*versions, note=f"channel {c}")


class OneChannel(Panel):
    """The weights of one channel, as they are and as each of two quantizers leaves them."""

    def __init__(self, ax: Axes, values: int) -> None:
        super().__init__(ax)
        style.label(ax, title="One channel", x="weight number", y="weight / largest of the channel")
        ax.set_xlim(-0.7, values - 0.3)
        ax.set_ylim(-1.45, 1.45)
        ax.set_xticks(range(values))
        ax.axhline(0, color=style.REAL, linewidth=0.8)
        self.real = self._keep(LineCollection([], colors=style.SHADE, linewidths=12))
        ax.add_collection(self.real)
        self.per_channel, self.per_tensor = (
            self.line(color=line.color, marker=line.marker, linestyle="none", markersize=6)
            for line in PAIR
        )
        self.note = self.text(at=(-0.6, -1.42), va="bottom", ha="left")
        name_pair(ax)
        words = {"color": style.REAL, "fontsize": style.TEXT - 1, "ha": "center", "va": "top"}
        grey = "grey bars: the weights as they are"
        ax.text(0.5, 0.99, grey, transform=ax.transAxes, **words)

    def update(self, real: Any, per_channel: Any, per_tensor: Any, *, note: str = "") -> None:
        """Show three versions of a channel's weights (1-D), and write `note` below them."""
        largest = float(np.max(np.abs(real))) or 1.0
        x = np.arange(len(real))
        self.real.set_segments([[(i, 0), (i, value / largest)] for i, value in enumerate(real)])
        self.per_channel.set_data(x, np.asarray(per_channel) / largest)
        self.per_tensor.set_data(x, np.asarray(per_tensor) / largest)
        self.note.set_text(note)
