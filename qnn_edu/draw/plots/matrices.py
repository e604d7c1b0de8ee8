"""Small matrices side by side, every number to be read: the smallest picture of quantization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style

GAP = 0.7  # of a cell, between two matrices


def matrices(named: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Each matrix of `named` (title -> 2-D array) as a grid of numbers, coloured by its own range.

    Whole numbers are written as they are, others with two decimals.

    Raises:
        ValueError: something is not a matrix, or the matrices differ in height.

    >>> ax = matrices({"x": [[0.5, -1.0]], "q": [[1, -2]]})
    >>> [text.get_text() for text in ax.texts]
    ['x', '0.50', '-1.00', 'q', '1', '-2']
    """
    arrays = {title: np.asarray(matrix) for title, matrix in named.items()}
    heights = {array.shape[0] if array.ndim == 2 else None for array in arrays.values()}
    if len(heights) != 1 or None in heights:
        shapes = [array.shape for array in arrays.values()]
        raise ValueError(f"Matrices side by side need two dimensions and one height, got {shapes}.")
    ax = style.axes(ax)
    left = 0.0
    for title, array in arrays.items():
        _grid(ax, left, title, array)
        left += array.shape[1] + GAP
    ax.set(xlim=(-0.1, left - GAP + 0.1), ylim=(heights.pop() + 0.1, -0.9), aspect="equal")
    ax.set_axis_off()
    return ax


def _grid(ax: Axes, left: float, title: str, array: np.ndarray) -> None:
    rows, columns = array.shape
    bound = np.abs(array.astype(float)).max() or 1.0  # int8 would wrap around below
    edges = (np.arange(columns + 1) + left, np.arange(rows + 1))
    colors = {"cmap": "PuOr_r", "vmin": -2 * bound, "vmax": 2 * bound}
    ax.pcolormesh(*edges, array, edgecolors="white", linewidth=1.5, **colors)
    ax.text(left + columns / 2, -0.25, title, ha="center", va="bottom", fontsize=style.TEXT + 1)
    form = "{:d}" if array.dtype.kind in "iu" else "{:.2f}"
    for (row, column), value in np.ndenumerate(array):
        middle = left + column + 0.5, row + 0.5
        ax.text(*middle, form.format(value), ha="center", va="center", fontsize=style.TEXT - 1)
