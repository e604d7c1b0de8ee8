"""One output value of a layer: the numbers that meet in its window, and the way of their sum."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Rectangle

from qnn_edu.draw import style
from qnn_edu.draw.panels.numbergrid import Integer, NumberGrid
from qnn_edu.draw.panels.panel import Panel

MOST = 64  # products that can be read at this size
SIDE = 24.0  # of the square that a grid may fill, in tenths of an inch
LARGEST_CELL = 6.0
WIDTH, HEIGHT = 88.0, 46.0
BOTTOM_OF_GRIDS = 19.0
CHAIN = (20.4, 9.0)  # where the first box stands, left and bottom
BOX = (10.2, 4.6)
GAP = 1.16


class Explained(Panel):
    """Inputs, weights and products as grids of numbers, below them the way from sum to output.

    The axes are 8.8 by 4.5 inches, in tenths of an inch; 0 to 18 at the bottom left stay free.
    """

    def __init__(self, ax: Axes) -> None:
        super().__init__(ax)
        ax.set(xlim=(0, WIDTH), ylim=(0, HEIGHT), aspect="equal")
        ax.set_axis_off()
        self.grids = [Numbers(ax, left) for left in (2.0, 32.0, 62.0)]
        for x, sign in ((29.0, "\u00d7"), (59.0, "=")):
            middle = BOTTOM_OF_GRIDS + SIDE / 2
            ax.text(x, middle, sign, ha="center", va="center", fontsize=style.TEXT + 6)
        self.boxes = [Step(ax, CHAIN[0] + k * (BOX[0] + GAP)) for k in range(6)]
        parts = [*self.grids, *self.boxes]
        self.artists += [artist for part in parts for artist in part.artists]

    def update(self, explained: Any) -> None:
        """Show what `engine.explain` found, of at most 64 products."""
        zero_points = explained.input_zero_point, explained.weight_zero_point
        named = {
            f"inputs, zero point {zero_points[0]}": (explained.inputs, zero_points[0]),
            f"weights, zero point {zero_points[1]}": (explained.weights, zero_points[1]),
            "products, zero points taken off": (explained.products, 0),
        }
        for grid, (title, (array, zero)) in zip(self.grids, named.items(), strict=True):
            grid.update(as_matrix(array), title, zero=zero)
        for box, words in zip(self.boxes, chain(explained), strict=True):
            box.update(*words)


class Numbers(Panel):
    """A grid of at most 64 numbers in a square of fixed size, coloured by their own range."""

    def __init__(self, ax: Axes, left: float) -> None:
        super().__init__(ax)
        self.left = left
        self.grid = self._keep(NumberGrid(ax))
        self.frame = self._keep(frame(ax, style.GREY, 0.6))
        self.title = self.text(va="bottom", ha="center", fontsize=style.TEXT)

    def update(self, matrix: np.ndarray, title: str, *, zero: int) -> None:
        """Show a matrix of whole numbers under its title; what equals `zero` is nearly white."""
        (rows, columns), (x, y, side) = matrix.shape, place(matrix.shape, self.left)
        shade = matrix.astype(float) - zero
        shade /= 2 * (np.abs(shade).max() or 1.0)  # pale, so that black can be read on it
        size = float(np.clip(1.6 * side + 0.8, 5.5, style.TEXT))
        self.grid.set(matrix, shade, (x, y, side), size)
        self.frame.set_bounds(x, y - rows * side, columns * side, rows * side)
        self.title.set_position((x + columns * side / 2, y + 0.4))
        self.title.set_text(title)


class Step(Panel):
    """A box of the chain: above it what is done, in it the number that comes out."""

    def __init__(self, ax: Axes, left: float) -> None:
        super().__init__(ax)
        middle, bottom = left + BOX[0] / 2, CHAIN[1]
        look = {"facecolor": "white", "edgecolor": style.GREY, "zorder": 1}
        shape = {"boxstyle": "round,pad=0,rounding_size=0.5", "mutation_scale": 1}
        ax.add_patch(FancyBboxPatch((left, bottom), *BOX, **shape, **look))
        centred = {"ha": "center", "fontsize": style.TEXT - 2}
        self.does = self.text(at=(middle, bottom + BOX[1] + 0.4), va="bottom", **centred)
        self.number = self._keep(Integer(ax, (middle, bottom + BOX[1] / 2), style.TEXT))
        self.by = self.text(at=(middle, bottom - 0.4), va="top", **centred)

    def update(self, does: str, number: int, by: str) -> None:
        """Show what is done, what comes out, and the number it is done with."""
        self.does.set_text(does)
        self.number.value = number
        self.by.set_text(by)


def chain(explained: Any) -> list[tuple[str, int, str]]:
    """What is done, what comes out, and with which number, for the six steps after the products.

    >>> from types import SimpleNamespace as Some
    >>> found = Some(products=np.ones(3), total=3, bias=1, accumulator=4, multiplier=2**30,
    ...              shift=-1, high=2, rounded=1, zero_point=5, clamp=(-128, 127), value=6)
    >>> [number for _, number, _ in chain(found)]
    [3, 4, 2, 1, 6, 6]
    """
    lowest, highest = explained.clamp
    shifted = explained.rounded + explained.zero_point
    return [
        (f"sum of {explained.products.size}", explained.total, "products"),
        ("+ bias", explained.accumulator, f"{explained.bias}"),
        ("\u00d7 multiplier / 2\u00b3\u00b9", explained.high, f"{explained.multiplier}"),
        ("shift", explained.rounded, f"by {explained.shift}"),
        ("+ zero point", shifted, f"{explained.zero_point}"),
        ("= output", explained.value, f"in {lowest} to {highest}"),
    ]


def as_matrix(array: np.ndarray) -> np.ndarray:
    """An array as the matrix to show: a window of one channel as it is, a list nearly square.

    >>> as_matrix(np.zeros((3, 3, 1))).shape, as_matrix(np.zeros((1, 1, 32))).shape
    ((3, 3), (4, 8))
    """
    array = np.squeeze(array)
    if array.ndim == 2:
        return array
    if array.ndim == 3:  # places below each other, channels side by side
        return array.reshape(-1, array.shape[-1])
    rows = next(k for k in range(int(array.size**0.5), 0, -1) if array.size % k == 0)
    return array.reshape(rows, -1)


def place(shape: tuple[int, int], left: float) -> tuple[float, float, float]:
    """Left and top of a grid of numbers, and the side of a cell, in tenths of an inch.

    >>> place((3, 3), 0)
    (3.0, 40.0, 6.0)
    """
    rows, columns = shape
    side = min(LARGEST_CELL, SIDE / max(rows, columns))
    middle = left + SIDE / 2, BOTTOM_OF_GRIDS + SIDE / 2
    return middle[0] - columns * side / 2, middle[1] + rows * side / 2, side


def frame(ax: Axes, color: str, width: float) -> Rectangle:
    """A rectangle of which only the edge is drawn, `width` points wide, to be moved."""
    look = {"fill": False, "edgecolor": color, "linewidth": width, "zorder": 5}
    return ax.add_patch(Rectangle((0, 0), 1, 1, **look))


def rounded(explained: Any) -> str:
    """The exact product, and the output that each rounding makes of it, in words.

    >>> from types import SimpleNamespace as Some
    >>> rounded(Some(accumulator=5, scale=0.5, rules={"double": 3, "single": 3}))
    'exactly 2.50000; rounded, zero point added, clamped: double 3, single 3'
    """
    rules = ", ".join(f"{name} {value}" for name, value in explained.rules.items())
    exact = explained.accumulator * explained.scale
    return f"exactly {exact:.5f}; rounded, zero point added, clamped: {rules}"
