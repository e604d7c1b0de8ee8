"""What folding does to the channels of a layer: their ranges before and after, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qnn_edu.draw import style
from qnn_edu.draw.panels.channels import ChannelRanges, ChannelSqnr
from qnn_edu.draw.panels.panel import Panels

MOST = 64  # channels that any of the layers has
SPAN = (-1.1, 1.1)


class Folding(Panels):
    """Left the ranges of the channels before folding and after; right the SQNR of the folded."""

    def __init__(self) -> None:
        super().__init__(8.8, 4.6)
        grid = self.figure.add_gridspec(2, 2, width_ratios=(1, 1.1))
        left, below = (self.figure.add_subplot(grid[row, 0]) for row in (0, 1))
        self.before = self._add(ChannelRanges(left, MOST, span=SPAN))
        self.after = self._add(ChannelRanges(below, MOST, span=SPAN))
        self.sqnr = self._add(ChannelSqnr(self.figure.add_subplot(grid[:, 1]), MOST, most=62))
        weight = "weight / largest of all"
        style.label(self.before.ax, title="Range of each channel before folding", y=weight)
        title = "and after (band: of the whole tensor)"
        style.label(self.after.ax, title=title, x="channel", y=weight)
        style.label(self.sqnr.ax, title="Folded, quantized", x="channel", y="SQNR (dB)")
        # Laid out once: layers of 16 and of 64 channels stand in one place.
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")

    def update(self, found: Mapping[str, Any]) -> None:
        """Show all channels; the `widest` is drawn black."""
        widest = found["widest"]
        for panel in (self.before, self.after, self.sqnr):
            panel.ax.set_xlim(-0.7, len(found["lo"]) - 0.3)
        self.before.update(*found["before"], chosen=widest)
        self.after.update(*found["after"], chosen=widest)
        self.sqnr.update(found["sqnr_per_channel"], found["sqnr_per_tensor"], chosen=widest)
