"""Ranges that follow their batches: extremes as dots, ranges as lines, and what rounding leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panel, Panels

TOP = 12.0
SQNR = (-1.0, 58.0)  # 8 bits reach 54 dB


class Training(Panels):
    """Above the range that follows so many batches, below how well each of them survives it."""

    def __init__(self, batches: int) -> None:
        super().__init__(8.0, 4.6)
        upper, lower = self.figure.subplots(2, height_ratios=(1.3, 1))
        self.range = self._add(Following(upper, batches, TOP))
        self.quality = self._add(Quality(lower, batches, SQNR))

    def update(self, found: Mapping[str, Any]) -> None:
        """Show `extremes`, `range` and `sqnr_db`, an entry a batch, and the `delay`."""
        self.range.update(found["extremes"], found["range"], found["delay"])
        self.quality.update(found["sqnr_db"], found["delay"])


class Following(Panel):
    """The largest value of each batch, the range that follows it, and the batches that wait."""

    def __init__(self, ax: Axes, count: int, top: float) -> None:
        super().__init__(ax)
        ax.set(xlim=(-1, count), ylim=(0, top))
        style.label(ax, title="The range and the batches (grey: not rounded yet)", y="real units")
        self.waiting = self.shade()
        self.dots = self.line(color=style.REAL, marker=".", markersize=5, linestyle="none")
        self.range = self.line(color=style.QUANTIZED, linewidth=2.2)
        self.beyond = self.line(color=style.ERROR, marker="^", markersize=9, linestyle="none")
        self.name = self.text(color=style.ink(style.ERROR), va="top", ha="right")

    def update(self, extremes: Any, range_: Any, delay: int) -> None:
        """Show `extremes` and `range_`, one entry a batch; the first `delay` batches are shaded."""
        extremes, batches, top = np.asarray(extremes), np.arange(len(extremes)), self.ax.get_ylim()
        self.waiting.set_x(-1)
        self.waiting.set_width(delay + 0.5 if delay else 0)
        self.dots.set_data(batches, extremes)
        self.range.set_data(batches, range_)
        out = batches[extremes > top[1]]
        self.beyond.set_data(out, np.full(len(out), 0.95 * top[1]))
        place = (out[0] - 2, 0.99 * top[1]) if len(out) else (0, 0)
        self.name.set_position(place)
        self.name.set_text(f"outlier, {extremes[out[0]]:.0f}" if len(out) else "")


class Quality(Panel):
    """How well each batch survives its rounding, in dB; nothing where it is not rounded."""

    def __init__(self, ax: Axes, count: int, height: tuple[float, float]) -> None:
        super().__init__(ax)
        ax.set(xlim=(-1, count), ylim=height)
        style.label(ax, title="What rounding leaves of each batch", x="batch", y="SQNR (dB)")
        self.waiting = self.shade()
        self.sqnr = self.line(color=style.QUANTIZED, linewidth=1.5, marker=".", markersize=4)

    def update(self, sqnr_db: Any, delay: int) -> None:
        """Show one number a batch; the first `delay` batches are shaded."""
        self.waiting.set_x(-1)
        self.waiting.set_width(delay + 0.5 if delay else 0)
        self.sqnr.set_data(np.arange(len(sqnr_db)), sqnr_db)
