"""Channels made, passed on and read, what int8 keeps of them, and the way to equal ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panel, Panels

PLACES = {
    "made": "Made: weights of layer 1",
    "between": "Between: activations",
    "read": "Read: weights of layer 2",
}
DEPTH = (1e-4, 1.6)  # of widths, over the largest
SQNR = (-2.0, 47.0)  # what lies higher is drawn at the upper edge
STOPS = {0: "as set", 1: "equal", 2: "swapped"}
CHANGED = "float: other answers, as the cap did not scale along"
FLOAT, INT8 = style.Line(style.REAL, "--", "D"), style.Line(style.QUANTIZED, "-", "o")


class Equalization(Panels):
    """Above, the widths of all channels in three places; below, what is left, and the answers."""

    def __init__(self, channels: int, way: Any) -> None:
        super().__init__(8.8, 4.9)
        grid = self.figure.add_gridspec(2, 6, height_ratios=(1, 1.1))
        first = self.figure.add_subplot(grid[0, :2])
        others = [self.figure.add_subplot(grid[0, k : k + 2], sharey=first) for k in (2, 4)]
        self.places = {
            place: self._add(ChannelWidths(ax, channels, PLACES[place]))
            for place, ax in zip(PLACES, (first, *others), strict=True)
        }
        for ax in others:
            ax.tick_params(labelleft=False)
        first.set_xlabel("channel (\u00d7: becomes 0)")
        others[0].set_xlabel("channel (wide: the chosen one)")
        first.set_ylabel("largest in the channel\n/ largest of all", fontsize=style.TEXT - 1)
        self.way = self._add(Way(self.figure.add_subplot(grid[1, :3]), way))
        self.answers = self._add(Answers(self.figure.add_subplot(grid[1, 3:])))

    def update(self, found: Mapping[str, Any]) -> None:
        """Show `widths` and `halves` of each place, the `way`, and the `answers`."""
        for place, panel in self.places.items():
            panel.update(found["widths"][place], found["halves"][place], chosen=found["channel"])
        self.way.update(*found["way"], here=(found["share"], found["sqnr_db"], found["float_db"]))
        self.answers.update(*found["answers"])


class ChannelWidths(Panel):
    """The largest value of each channel, and the band below half a step, where all becomes 0."""

    def __init__(self, ax: Axes, channels: int, title: str) -> None:
        super().__init__(ax)
        style.label(ax, title=title, x="channel")
        ax.set(xlim=(-0.7, channels - 0.3), yscale="log", ylim=DEPTH)
        edges, floor = np.arange(channels + 1) - 0.5, np.full(channels, DEPTH[0])
        band = {"baseline": DEPTH[0], "fill": True, "color": style.BAND, "zorder": 0.5}
        edge = {"baseline": None, "color": style.ERROR, "linewidth": 1.2, "zorder": 3}
        self.steps = [self._keep(ax.stairs(floor, edges, **look)) for look in (band, edge)]
        self.bars = self._keep(LineCollection([], colors=style.QUANTIZED, linewidths=80 / channels))
        self.chosen = self._keep(LineCollection([], colors=style.BLACK, linewidths=160 / channels))
        for each in (self.bars, self.chosen):
            ax.add_collection(each)
        self.lost = self.line(
            color=style.ERROR, marker="x", markersize=6, markeredgewidth=1.8, ls="none", zorder=4
        )

    def update(self, widths: Any, halves: Any, *, chosen: int) -> None:
        """Show a width and half a step for each channel; the channel `chosen` is black and wide."""
        tops = np.maximum(widths, DEPTH[0])
        bars = [[(c, DEPTH[0]), (c, top)] for c, top in enumerate(tops)]
        self.bars.set_segments(bars)
        self.chosen.set_segments(bars[chosen : chosen + 1])
        for steps in self.steps:
            steps.set_data(values=np.maximum(halves, DEPTH[0]))
        lost = np.flatnonzero(np.asarray(widths) < halves)
        self.lost.set_data(lost, np.maximum(tops[lost], 1.5 * DEPTH[0]))


class Way(Panel):
    """SQNR of the answers over the way from channels as they stand to equal ones, and beyond."""

    def __init__(self, ax: Axes, way: Any) -> None:
        super().__init__(ax)
        self.shares = np.asarray(way)
        style.label(ax, title="What is left of the answers", y="SQNR (dB)")
        ax.set(xlim=(-0.05, self.shares[-1] + 0.05), ylim=SQNR)
        ax.set_xticks(list(STOPS), STOPS.values())
        ax.axvline(1, color=style.SHADE, linewidth=5, zorder=0.5)
        self.real, self.integer = (
            self.line(color=line.color, linestyle=line.linestyle, linewidth=1.8)
            for line in (FLOAT, INT8)
        )
        self.dots = [
            self.line(color=line.color, marker=line.marker, markersize=9, zorder=4)
            for line in (FLOAT, INT8)
        ]
        self.word = self.text(color=style.REAL, ha="center", va="top")
        _name_both(ax)

    def update(self, integer: Any, real: Any, *, here: tuple[float, float, float]) -> None:
        """Show two SQNR in dB for each share, and dots at `here`: a share, its int8, its float."""
        share, *points = here
        top = SQNR[1] - 2
        self.integer.set_data(self.shares, integer)
        self.real.set_data(self.shares, np.minimum(real, top))
        for dot, value in zip(self.dots, reversed(points), strict=True):
            dot.set_data([share], [min(value, top)])
        still = min(real) > SQNR[1]
        self.word.set_text("float: the same answers everywhere" if still else CHANGED)
        self.word.set_position((1, top - 1.5))


class Answers(Panel):
    """Answers of now over those before: on the diagonal, nothing has changed."""

    def __init__(self, ax: Axes) -> None:
        super().__init__(ax)
        style.label(ax, title="The answers", x="as trained, in float", y="now")
        ax.set(xlim=(-0.2, 6), ylim=(-0.2, 6))
        self.real, self.integer = (
            self.line(color=line.color, marker=line.marker, markersize=size, ls="none", mfc=fill)
            for line, size, fill in ((FLOAT, 6, "none"), (INT8, 3, INT8.color))
        )
        _name_both(ax)

    def update(self, before: Any, real: Any, integer: Any) -> None:
        """Show answers as trained, and those of now in float and in int8."""
        self.integer.set_data(before, integer)
        self.real.set_data(before, real)


def _name_both(ax: Axes) -> None:
    """Say above the axes, to the right of the title, how float and int8 are drawn."""
    for words, line, x in (("\u25c7 float", FLOAT, -52), ("\u25cf int8", INT8, 0)):
        above = {"xycoords": "axes fraction", "annotation_clip": False, "ha": "right"}
        style.note(ax, words, (1, 1), (x, 6), color=style.ink(line.color), **above)
