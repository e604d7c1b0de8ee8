"""Ten weights between two levels each, how their errors add up, and all 1024 roundings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panel, Panels

BESIDE = 0.4  # a weight's line stands so far left of its two boxes, in columns
BEYOND = 0.62  # a level outside the two is drawn so far from the nearer one
PARTS = ("each alone", "+ between them", "= together")
SPAN = (-1.3, 3.6)  # of the parts
ENDS = (-0.9, 2.2)  # of their bars: what reaches farther ends there
WEIGHTS, OUTPUT = (0.1, 0.95), (0.1, 50.0)
GLYPHS = {"s": "\u25a0", "^": "\u25b2", "D": "\u25c6", "*": "\u2605"}
BETTER = "#E2F2EC"  # the ground below nearest: a pale green
MARKS = (
    (style.Line(style.VERMILION, "", "s"), 9),
    (style.Line(style.PURPLE, "", "^"), 9),
    (style.Line(style.BLUE, "", "D"), 12),
    (style.Line(style.GREEN, "", "*"), 19),
)


class Rounding(Panels):
    """Left the weights and the parts of the error, right all roundings with marks for `ways`."""

    def __init__(self, count: int, ways: Iterable[str]) -> None:
        super().__init__(8.8, 4.6)
        grid = self.figure.add_gridspec(2, 2, width_ratios=(1.08, 1), height_ratios=(2, 1))
        self.choices = self._add(Choices(self.figure.add_subplot(grid[0, 0]), count))
        self.parts = self._add(Parts(self.figure.add_subplot(grid[1, 0])))
        self.every = self._add(Every(self.figure.add_subplot(grid[:, 1]), list(ways)))

    def update(self, found: Mapping[str, Any]) -> None:
        """Show `weight`, `down` and `levels`, the `parts`, and `every`, `marks` and `here`."""
        self.choices.update(found["weight"], found["down"], found["levels"])
        self.parts.update(found["parts"])
        self.every.update(found["every"], found["marks"], found["here"])


class Choices(Panel):
    """A column a weight: where it lies between two levels, which one it takes, and its error."""

    def __init__(self, ax: Axes, count: int) -> None:
        super().__init__(ax)
        style.label(ax, x="weight (numbers: levels)")
        ax.set(xlim=(-0.7, count - 0.3), ylim=(-0.85, 1.85), xticks=range(count))
        ax.set_yticks([0, 1], ["down", "up"])
        for y in (0, 1):
            ax.axhline(y, color=style.SHADE, linewidth=1, zorder=0.5)
        ax.vlines(np.arange(count) - BESIDE, 0, 1, color=style.REAL, linewidth=1, zorder=1)
        box = {"marker": "s", "markersize": 15, "linestyle": "none"}
        ax.plot(
            np.tile(np.arange(count), 2), np.repeat([0, 1], count), **box, mec=style.REAL, c="w"
        )
        self.taken = self.line(**box, color=style.QUANTIZED, zorder=3)
        self.errors = self._keep(LineCollection([], colors=style.ERROR, linewidths=4, zorder=2.5))
        ax.add_collection(self.errors)
        self.weights = self.line(marker="o", markersize=5, color=style.BLACK, ls="none", zorder=4)
        row = {"\u25cf weight": style.BLACK, "\u25a0 its level": style.QUANTIZED}
        _name(ax, "Ten weights, each down or up", row | {"\u2503 its error": style.ERROR})
        self.numbers = [[self._number(k) for k in range(count)] for _ in range(3)]

    def update(self, weight: Any, down: Any, levels: Any) -> None:
        """Show real weights in steps, the level below each, and the level that it takes."""
        x, rest, chosen = np.arange(len(weight)), weight - down, levels - down
        y = np.clip(chosen, -BEYOND, 1 + BEYOND)
        self.taken.set_data(x, y)
        self.weights.set_data(x - BESIDE, rest)
        self.errors.set_segments(
            [[(k - BESIDE, a), (k - BESIDE, b)] for k, a, b in zip(x, rest, y, strict=True)]
        )
        for k in x:
            both = {0: down[k], 1: down[k] + 1}
            for words, (place, level) in zip(self.numbers, both.items(), strict=False):
                self._write(words[k], (k, place), level, taken=chosen[k] == place)
            beyond = self.numbers[2][k]
            beyond.set_visible(chosen[k] not in both)
            self._write(beyond, (k, y[k]), levels[k], taken=True)

    def _number(self, k: int) -> Any:
        return self.text(at=(k, 0), ha="center", va="center", fontsize=style.TEXT - 1.5)

    def _write(self, words: Any, at: tuple[float, float], level: float, *, taken: bool) -> None:
        words.set_position(at)
        words.set_text(_signed(f"{level:.0f}"))
        words.set_color("#FFFFFF" if taken else style.REAL)


class Parts(Panel):
    """Three bars: the squared errors alone, what they add to or take from each other, the sum."""

    def __init__(self, ax: Axes) -> None:
        super().__init__(ax)
        style.label(ax, title="The output's squared error (nearest: 1)")
        ax.set(xlim=SPAN, ylim=(2.6, -0.6), yticks=[])
        for row, part in enumerate(PARTS):
            style.note(ax, part, (SPAN[1], row), ha="right", va="center", color=style.REAL)
        ax.axvline(0, color=style.REAL, linewidth=0.8)
        ax.axvline(1, color=MARKS[0][0].color, linewidth=1, linestyle="--", zorder=0.5)
        colors = (style.SKY, style.ORANGE, style.BLACK)
        self.bars = self._keep(LineCollection([], colors=colors, linewidths=13, capstyle="butt"))
        ax.add_collection(self.bars)
        self.numbers = [self.text(va="center") for _ in PARTS]

    def update(self, parts: Any) -> None:
        """Show three numbers, over the error of round to nearest."""
        ends = np.clip(parts, *ENDS)
        self.bars.set_segments([[(0, row), (end, row)] for row, end in enumerate(ends)])
        for row, (words, part, end) in enumerate(zip(self.numbers, parts, ends, strict=True)):
            words.set_text(_signed(f" {part:+.2f} " if row < 2 else f" {part:.2f} "))
            words.set_position((end, row))
            words.set_horizontalalignment("right" if part < 0 else "left")


class Every(Panel):
    """All roundings: error of the weights to the right, of the output upwards, and a few marked."""

    def __init__(self, ax: Axes, ways: list[str]) -> None:
        super().__init__(ax)
        style.label(ax, x="error of the weights (RMS, steps)", y="error of the output (nearest: 1)")
        ax.set(xlim=WEIGHTS, ylim=OUTPUT, yscale="log")
        ax.axhspan(OUTPUT[0], 1, facecolor=BETTER, zorder=0.4)
        style.note(ax, "better than nearest", (WEIGHTS[1], OUTPUT[0]), (-4, 4), ha="right")
        self.dots = self.line(color=style.REAL, marker=".", markersize=2.5, linestyle="none")
        self.marks = {
            name: self.line(
                color=line.color, marker=line.marker, ms=size, mfc="none", mew=1.8, ls="none"
            )
            for name, (line, size) in zip(ways, MARKS, strict=True)
        }
        self.here = self.line(color=style.BLACK, marker="+", ms=15, mew=2.5, ls="none", zorder=4)
        both = zip(ways, MARKS, strict=True)
        row = {f"{GLYPHS[line.marker]} {name}": line.color for name, (line, _) in both}
        _name(ax, "All 1024 roundings", row | {"\u271a this": style.BLACK})

    def update(self, every: Any, marks: Mapping[str, Any], here: Any) -> None:
        """Show points (of weights, of output) of all roundings, of the ways, and of this one."""
        self.dots.set_data(*every)
        for name, mark in self.marks.items():
            mark.set_data(*np.reshape(marks[name], (2, 1)))
        self.here.set_data(*np.reshape(here, (2, 1)))


def _signed(number: str) -> str:
    """With a minus as wide as a plus."""
    return number.replace("-", "\u2212")


def _name(ax: Axes, title: str, row: Mapping[str, str]) -> None:
    """Title, and below it in a row words in colours of their own."""
    at: dict[str, Any] = {"at": (0, 1), "off": (0, 5), "xycoords": "axes fraction"}
    for words, color in row.items():
        options = {"color": style.ink(color), "va": "bottom", "annotation_clip": False}
        before = style.note(ax, words, **at, **options)
        before.set_in_layout(False)
        at = {"at": (1, 0), "off": (10, 0), "xycoords": before}
    ax.set_title(title, loc="left", fontsize=style.TEXT + 1, pad=22)
