"""What a multiplier and a rounding rule make of accumulators: integers, and how far they miss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panel

NEAR = 4.6  # LSB around zero that the upper panel shows
FAR = 128  # LSB around zero that the lower panel shows
MOST = 1500  # points drawn of one kind; more lie closer together than pixels


class AroundZero(Panel):
    """The integers that come out over the exact products, ties as squares, in LSB."""

    def __init__(self, ax: Axes):
        super().__init__(ax)
        style.label(
            ax, title="Around zero (squares: ties)", x="exact acc * M (LSB)", y="comes out (LSB)"
        )
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

    def __init__(self, ax: Axes):
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


def multiplier_error(bits: Sequence[int], error: Any, *, ax: Axes | None = None) -> Axes:
    """The relative error of multipliers over their bits, and the bound 2**-n that none exceeds.

    `bits`: whole numbers. `error`: (len(bits), multipliers), relative; zeros are not drawn.

    Raises:
        ValueError: not one row for each entry of `bits`.

    Source: Jacob et al. 2018, equation 6, read for n bits.

    >>> ax = multiplier_error([4, 8], [[0.05], [0.003]])
    >>> ax.get_yscale(), ax.lines[0].get_ydata().tolist()
    ('log', [0.0625, 0.00390625])
    """
    bits, error = np.asarray(bits), np.abs(np.asarray(error, float))
    if error.ndim != 2 or len(error) != len(bits):
        raise ValueError(
            f"multiplier_error needs a row for each of {len(bits)} bits, got shape {error.shape}."
        )
    ax = style.axes(ax)
    ax.plot(bits, 2.0**-bits, color=style.ERROR, linestyle="--", linewidth=1.5)
    shown = np.where(error > 0, error, np.nan)
    ax.plot(
        bits, shown, color=style.QUANTIZED, linestyle="none", marker="_", markersize=7, alpha=0.5
    )
    ax.plot(
        bits, np.nanmax(shown, axis=1), color=style.BLACK, marker="v", markersize=5, linewidth=1
    )
    middle = len(bits) // 2
    ax.annotate(
        "dashed: the bound, 2 to the power -n;  triangles: the worst channel",
        (bits[middle], 2.0 ** -bits[middle]), (-75, 40), textcoords="offset points",
        fontsize=style.TEXT,
    )  # fmt: skip
    ax.set_yscale("log")
    title = "How well n bits hold M (a dash for each channel)"
    return style.label(ax, title=title, x="bits of the multiplier, n", y="relative error of M")
