"""What a multiplier and a rounding rule make of accumulators: integers, and how far they miss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panel, Panels

NEAR = 4.6  # LSB around zero that the left panel shows
FAR = 128  # LSB around zero that the right panel shows
MOST = 1500  # points drawn of one kind; more lie closer together than pixels


class Requantize(Panels):
    """Left what comes out around zero, right the error over the whole range of int8."""

    def __init__(self) -> None:
        super().__init__(8.8, 3.6)
        left, right = self.figure.subplots(1, 2, width_ratios=(1, 1.5))
        self.near, self.far = self._add(AroundZero(left)), self._add(Missed(right))

    def update(self, found: Mapping[str, Any]) -> None:
        """Show the `exact` products, their `integers` and `error`, and which are `tie`, `wrong`."""
        self.near.update(found["exact"], found["integers"], found["tie"])
        self.far.update(found["exact"], found["error"], found["wrong"])


class AroundZero(Panel):
    """The integers that come out over the exact products, ties as squares, in LSB."""

    def __init__(self, ax: Axes) -> None:
        super().__init__(ax)
        title = "Around zero (squares: ties)"
        style.label(ax, title=title, x="exact acc * M (LSB)", y="comes out (LSB)")
        ticks = range(-4, 5)
        ax.set(xlim=(-NEAR, NEAR), ylim=(-5.2, 5.2), xticks=ticks, yticks=ticks)
        ax.grid(color=style.SHADE, linewidth=0.6)
        ax.plot([-9, 9], [-9, 9], color=style.REAL, linestyle="--", linewidth=1)
        dots = {"linestyle": "none", "marker": "."}
        self.points = self.line(color=style.QUANTIZED, markersize=6, **dots)
        self.ties = self.line(
            color=style.BLACK, linestyle="none", marker="s", markersize=7, fillstyle="none"
        )

    def update(self, exact: np.ndarray, integers: np.ndarray, tie: np.ndarray) -> None:
        """Show products and integers, 1-D; `tie` marks products halfway between two integers."""
        near = np.abs(exact) <= NEAR
        self.points.set_data(*thinned(exact[near], integers[near]))
        self.ties.set_data(exact[near & tie], integers[near & tie])


class Missed(Panel):
    """The error over the exact products; beyond half a step the nearest integer was missed."""

    def __init__(self, ax: Axes) -> None:
        super().__init__(ax)
        title = "All of int8 (red crosses: not the nearest integer)"
        style.label(ax, title=title, x="exact acc * M (LSB)", y="error (LSB)")
        ax.set(xlim=(-FAR - 3, FAR + 3), ylim=(-1.6, 1.6), xticks=range(-FAR, FAR + 1, 32))
        ax.axhspan(-0.5, 0.5, facecolor=style.BAND, edgecolor="none", zorder=0.5)
        ax.axhline(0, color=style.REAL, linewidth=0.8)
        self.points = self.line(
            color=style.QUANTIZED, linestyle="none", marker=".", markersize=1.5, zorder=2
        )
        self.wrong = self.line(
            color=style.ERROR, linestyle="none", marker="x", markersize=5, zorder=3
        )

    def update(self, exact: np.ndarray, error: np.ndarray, wrong: np.ndarray) -> None:
        """Show products and errors, 1-D, in LSB; `wrong` marks those that missed."""
        clipped = np.clip(error, *self.ax.get_ylim())
        self.points.set_data(*thinned(exact, clipped))
        self.wrong.set_data(*thinned(exact[wrong], clipped[wrong], most=300))


def thinned(*arrays: np.ndarray, most: int = MOST) -> list[np.ndarray]:
    """About `most` entries of arrays of one length, the same of each, by a stride that is odd.

    >>> thinned(np.arange(10), most=4)
    [array([0, 3, 6, 9])]
    """
    stride = -(-len(arrays[0]) // most) | 1  # odd, so that no pattern of two hides
    return [array[::stride] for array in arrays]
