"""Several descents step by step, told apart by colour, dashes and marker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panel

GRID = "#BDBDBD"


class Walks(Panel):
    """A number over the steps of several descents, one of them thick, the target, and a grid."""

    def __init__(
        self, ax: Axes, names: Sequence[str], count: int, height: tuple[float, float]
    ) -> None:
        super().__init__(ax)
        ax.set(xlim=(-0.02 * count, 1.02 * count), ylim=height)
        self.grid = self._keep(LineCollection([], colors=GRID, linewidths=0.8, zorder=1))
        ax.add_collection(self.grid)
        self.target = self.line(color=style.ERROR, linewidth=1.2, linestyle="--", zorder=1.5)
        self.lines = {
            name: self.line(**way._asdict(), markersize=4, markevery=4)
            for name, way in zip(names, ways(len(names)), strict=True)
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
        above = {"xycoords": "axes fraction", "size": style.TEXT}
        style.note(ax, words, (0, 1), (left, 4), color=color, **above)
        left += 10 + 5.2 * len(words)  # points
    ax.set_title(ax.get_title(loc="left"), loc="left", fontsize=style.TEXT + 1, pad=22)
