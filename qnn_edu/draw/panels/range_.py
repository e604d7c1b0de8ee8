"""Clipping error against rounding error: the trade that every method of calibration settles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style
from qnn_edu.draw.panels.histogram import Histogram
from qnn_edu.draw.panels.panel import Panel, Panels

SPAN = (-2.5, 25.0)
CLIPPING, ROUNDING, SUM = style.SERIES[1], style.SERIES[0], style.SERIES[4]


class Range(Panels):
    """Above the histogram of activations with a mark for each of `methods`, below what hi costs."""

    def __init__(self, methods: Iterable[str]) -> None:
        super().__init__(8.8, 4.6)
        above, below = self.figure.subplots(2, 1, sharex=True)
        self.spread = self._add(Histogram(above, SPAN, bins=110))
        self.marks = self._add(Marks(above, list(methods)))
        self.errors = self._add(ErrorSplit(below, SPAN, (1e-5, 10)))
        above.set_xlabel("")

    def update(self, found: Mapping[str, Any]) -> None:
        """Show the data `x` and what `params` clip, where `methods` end, and both errors."""
        self.spread.update(found["x"])
        self.spread.shade_clipped(float(found["params"].lo), float(found["params"].hi))
        self.marks.update({name: hi for name, (_, hi) in found["methods"].items()})
        self.errors.update(found["ends"], found["split"], found["here"])


class ErrorSplit(Panel):
    """Mean squared error over the range's upper end: of clipping, of rounding, and their sum."""

    def __init__(self, ax: Axes, span: tuple[float, float], height: tuple[float, float]) -> None:
        super().__init__(ax)
        end, error = "upper end of the range, hi", "mean squared error"
        style.label(ax, title="What the range costs", x=end, y=error)
        ax.set_xlim(*span)
        ax.set_yscale("log")
        ax.set_ylim(*height)
        lines = (CLIPPING, ROUNDING, SUM)
        self.curves = [
            self.line(color=line.color, linestyle=line.linestyle, linewidth=width)
            for line, width in zip(lines, (1.5, 1.5, 2.5), strict=True)
        ]
        self.dots = [
            self.line(color=line.color, marker=line.marker, markersize=7, zorder=4)
            for line in lines
        ]
        self.cursor = self.line(color=style.BLACK, linewidth=1, zorder=1)
        self.names = [
            self.text("clipping error", color=style.ink(CLIPPING.color), va="bottom"),
            self.text("rounding error", color=style.ink(ROUNDING.color), ha="right", va="top"),
            self.text("sum", color=SUM.color, ha="right", va="bottom"),
        ]

    def update(self, hi: Any, split: Any, here: tuple[float, float, float]) -> None:
        """Show `split`, two errors (clipping, rounding) per entry of `hi`, and the point `here`.

        `here`: the present hi with its clipping and rounding error. Errors in real units squared.
        """
        clipping, rounding = np.asarray(split)
        self.cursor.set_data([here[0], here[0]], self.ax.get_ylim())
        points = (here[1], here[2], here[1] + here[2])
        values = (clipping, rounding, clipping + rounding)
        for curve, dot, value, point in zip(self.curves, self.dots, values, points, strict=True):
            curve.set_data(hi, np.where(value > 0, value, np.nan))
            dot.set_data([here[0]], [point or np.nan])
        ends = (
            (hi[1], 1.3 * clipping[1]),
            (hi[-1], 0.6 * rounding[-1]),
            (hi[-1], 1.3 * values[2][-1]),
        )
        for text, end in zip(self.names, ends, strict=True):
            text.set_position(end)


class Marks(Panel):
    """A line at each of a few named places on the real axis, as high as its name, each in a row.

    So two at one place are both seen.
    """

    def __init__(self, ax: Axes, names: list[str]) -> None:
        super().__init__(ax)
        self.lines = {
            name: self.line(
                color=style.ink(line.color), linestyle=line.linestyle, linewidth=1.8, zorder=3
            )
            for name, line in zip(names, style.series(len(names)), strict=True)
        }
        self.texts = {
            name: self.text(name, color=line.get_color(), va="center", ground=True)
            for name, line in self.lines.items()
        }

    def update(self, places: Mapping[str, float]) -> None:
        """Move each mark to its place."""
        left, right = self.ax.get_xlim()
        to_data = self.ax.transAxes + self.ax.transData.inverted()
        for row, (name, x) in enumerate(places.items()):
            y = to_data.transform((0, 0.93 - 0.12 * row))[1]
            self.lines[name].set_data([x, x], [self.ax.get_ylim()[0], y])
            fits = x < left + 0.75 * (right - left)
            gap = 0.006 * (right - left)
            self.texts[name].set_position((x + gap if fits else x - gap, y))
            self.texts[name].set_horizontalalignment("left" if fits else "right")
