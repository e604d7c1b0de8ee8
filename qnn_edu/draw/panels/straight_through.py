"""A weight that goes downhill behind a quantizer: which gradient it gets, and where it walks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from qnn_edu.core.params import QuantParams
from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panel, RangePanel, levels_of, steps

GRID = "#BDBDBD"


class Descent(RangePanel):
    """The staircase as it is now, grey as it was, and the steps of a weight along it."""

    def __init__(self, ax: Axes, span: tuple[float, float]):
        super().__init__(ax, span)
        ax.set_ylim(*span)
        style.label(ax, title="The stairs and the walk", x="weight w", y="quantized weight")
        self.before = self.line(color=style.REAL, linewidth=1, linestyle=":")
        self.stairs = self.line(color=style.QUANTIZED, linewidth=2)
        self.target = self.line(color=style.ERROR, linewidth=1.2, linestyle="--")
        self.path = self.line(
            color=style.BLACK, linewidth=0.6, marker=".", markersize=5, alpha=0.6, zorder=3
        )
        self.start = self.line(
            color=style.BLACK, marker="o", fillstyle="none", markersize=9, linestyle="none"
        )
        self.now = self.line(
            color=style.BLACK, marker="o", markersize=8, linestyle="none", zorder=4
        )
        self.names = [self.text(color=style.ink(style.ERROR)), self.text(), self.text()]

    def update(
        self, before: QuantParams, now: QuantParams, weight: Any, value: Any, target: float
    ) -> None:
        """Show two quantizers, and `weight` and `value`, 1-D, from the start to this moment."""
        left, right = self.span
        self.shade_clipped(float(now.lo), float(now.hi))
        self.before.set_data(*steps(before, self.span))
        self.stairs.set_data(*steps(now, self.span))
        self.target.set_data(self.span, [target, target])
        self.path.set_data(weight, value)
        self.start.set_data(weight[:1], value[:1])
        self.now.set_data(weight[-1:], value[-1:])
        gap = 0.015 * (right - left)
        marks = [(left + gap, target, "target"), *_start_and_now(weight, value, gap)]
        for text, (x, y, words) in zip(self.names, marks, strict=True):
            text.set_position((x, y))
            text.set_text(words)


class Window(RangePanel):
    """The gradient that comes through a quantizer, over the weight: to it, and to the step."""

    def __init__(self, ax: Axes, span: tuple[float, float]):
        super().__init__(ax, span)
        ax.set_ylim(-2.4, 1.7)
        title = "What gets through (grey: outside the range)"
        style.label(ax, title=title, x="weight w", y="gradient")
        ax.axhline(0, color=style.REAL, linewidth=0.8)
        to_weight, to_step = style.SERIES[0], style.SERIES[1]
        self.to_step = self.line(color=to_step.color, linestyle=to_step.linestyle, linewidth=1.5)
        self.to_weight = self.line(color=to_weight.color, linewidth=2.2)
        self.now = self.line(color=style.BLACK, marker="o", markersize=8, zorder=4)
        at = span[0] + 0.015 * (span[1] - span[0])
        self.names = [
            self.text("solid: to the weight", at=(at, 1.12), color=style.ink(to_weight.color)),
            self.text(at=(-at, -1.75), color=style.ink(to_step.color), ha="right"),
        ]

    def update(
        self, lo: float, hi: float, now: float, *, weight: Any, to_weight: Any, to_step: Any,
        here: float,
    ) -> None:  # fmt: skip
        """Show two gradients over `weight`, 1-D; `to_step` may be None. `here` is that at `now`."""
        self.shade_clipped(lo, hi)
        self.to_weight.set_data(weight, to_weight)
        self.to_step.set_data(*([], []) if to_step is None else (weight, to_step))
        self.now.set_data([now], [here])
        self.names[1].set_text("" if to_step is None else "dashed: to the step size")


class Walks(Panel):
    """A number over the steps of several descents, one of them thick, the target, and a grid."""

    def __init__(self, ax: Axes, names: Sequence[str], count: int, height: tuple[float, float]):
        super().__init__(ax)
        ax.set(xlim=(-0.02 * count, 1.02 * count), ylim=height)
        self.grid = self._keep(LineCollection([], colors=GRID, linewidths=0.8, zorder=1))
        ax.add_collection(self.grid)
        self.target = self.line(color=style.ERROR, linewidth=1.2, linestyle="--", zorder=1.5)
        self.lines = {
            name: self.line(
                color=line.color,
                linestyle=line.linestyle,
                marker=line.marker,
                markersize=4,
                markevery=4,
            )  # fmt: skip
            for name, line in zip(names, ways(len(names)), strict=True)
        }

    def update(
        self, walks: Mapping[str, Any], target: float, grid: Any = (), shown: str = ""
    ) -> None:
        """Show `walks` (name -> numbers, 1-D) and `grid`, lines of one number a step each."""
        self.target.set_data(self.ax.get_xlim(), [target, target])
        self.grid.set_segments([np.column_stack([np.arange(len(y)), y]) for y in grid])
        for name, line in self.lines.items():
            line.set_data(np.arange(len(walks[name])), walks[name])
            line.set_linewidth(2.4 if name == shown else 1.0)
            line.set_zorder(3.5 if name == shown else 3)


def ways(count: int) -> list[style.Line]:
    """How up to three descents are drawn: the first, which stands still, in black.

    >>> [way.marker for way in ways(3)]
    ['v', 'o', '^']
    """
    order = [style.SERIES[i] for i in (4, 0, 2)]
    return order[:count]


def walks(
    lines: Mapping[str, Any],
    target: float,
    *,
    levels: Any = (),
    grey: str = "levels",
    ax: Axes | None = None,
) -> Axes:
    """Up to three descents (name -> a number before the first step and after each), and a target.

    `lines`: 1-D, of one length. `levels`: where grey lines run across the plot; `grey` names them.

    Raises:
        ValueError: no descent or more than three, or of different lengths.

    >>> ax = walks({"staircase": [1, 1, 1], "straight-through": [1, 2, 3]}, target=3)
    >>> [list(map(int, line.get_ydata())) for line in ax.lines]
    [[3, 3], [1, 1, 1], [1, 2, 3]]
    """
    lengths = {name: len(line) for name, line in lines.items()}
    if not 1 <= len(lines) <= 3 or len(set(lengths.values())) != 1:
        raise ValueError(f"walks needs one to three lines of one length, got {lengths}.")
    ax = style.axes(ax)
    (count,) = set(lengths.values())
    ends = [target, *np.ravel(levels), *(end for y in lines.values() for end in (min(y), max(y)))]
    margin = 0.1 * (max(ends) - min(ends)) or 1.0
    panel = Walks(ax, list(lines), count - 1, (min(ends) - margin, max(ends) + margin))
    panel.update(lines, target, np.multiply.outer(np.ravel(levels), np.ones(count)), "")
    for line in panel.lines.values():
        line.set_linewidth(1.8)
    style.label(ax, x="step", y="weight")
    name_walks(ax, list(lines), grey if np.size(levels) else "")
    return ax


def moving_levels(params: QuantParams, scale: Any) -> np.ndarray:
    """The levels of `params`, had it each of these scales: (levels, scales).

    >>> moving_levels(QuantParams(1.0, 0, bits=2), [1.0, 0.5])
    array([[-2. , -1. ],
           [-1. , -0.5],
           [ 0. ,  0. ],
           [ 1. ,  0.5]])
    """
    whole = levels_of(params) / float(params.scale)
    return np.multiply.outer(whole, np.asarray(scale, float))


def name_walks(ax: Axes, names: Sequence[str], grey: str = "") -> None:
    """Say in a row between the axes and its title how each descent, target and grid are drawn."""
    glyphs = {"v": "\u25bc", "o": "\u25cf", "^": "\u25b2"}
    row = [
        (f"{glyphs[way.marker]} {name}", style.ink(way.color))
        for name, way in zip(names, ways(len(names)), strict=True)
    ]
    row.append(("- - target", style.ink(style.ERROR)))
    left = 0
    for words, color in row + [(f"\u2014 {grey}", style.REAL)] * bool(grey):
        ax.annotate(
            words, (0, 1), (left, 4), xycoords="axes fraction", textcoords="offset points",
            color=color, fontsize=style.TEXT,
        )  # fmt: skip
        left += 10 + 5.2 * len(words)  # points
    ax.set_title(ax.get_title(loc="left"), loc="left", fontsize=style.TEXT + 1, pad=22)


def _start_and_now(weight: Any, value: Any, gap: float) -> list[tuple[float, float, str]]:
    """Where the words stand; no "start" while the weight is still there."""
    moved = weight[0] != weight[-1] or value[0] != value[-1]
    start = (weight[0] + 1.5 * gap, value[0] + gap, "start" if moved else "")
    return [start, (weight[-1] + 1.5 * gap, value[-1] + gap, "now")]
