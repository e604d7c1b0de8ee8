"""Ranges that follow their batches: extremes as dots, ranges as lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style


def moving_ranges(extremes: Any, lines: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """The largest value of each batch as a dot, and ranges (name -> one number a batch) as lines.

    Raises:
        ValueError: a line of another length than `extremes`, or none.

    >>> ax = moving_ranges([4.0, 8.0], {"momentum 0.5": [4.0, 6.0]})
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['largest value of a batch', 'momentum 0.5']
    """
    lengths = [len(line) for line in lines.values()]
    if set(lengths) != {len(extremes)}:
        raise ValueError(
            f"moving_ranges: lines as long as the {len(extremes)} extremes, got {lengths}."
        )
    ax = style.axes(ax)
    batches = np.arange(len(extremes))
    dots = {"color": style.REAL, "marker": ".", "linestyle": "none"}
    ax.plot(batches, extremes, label="largest value of a batch", **dots)
    for (name, line), way in zip(lines.items(), style.series(len(lines)), strict=True):
        ax.plot(batches, line, color=way.color, linestyle=way.linestyle, linewidth=2, label=name)
    style.label(ax, x="batch", y="real units")
    ax.legend(frameon=False, fontsize=style.TEXT)
    return ax
