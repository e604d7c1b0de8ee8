"""How a difference between two kernel sets grows from layer to layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style

LEAST = 1e-5  # where the logarithmic axis begins; rarer differences have a sliver of a bar


def snowball(rows: Sequence[Any], *, ax: Axes | None = None) -> Axes:
    """A bar for each layer, as long as the share of values that differ, on a logarithmic axis.

    Beside it stand the share in percent and the largest difference in LSB; a layer that is equal
    has no bar. `rows`: with `name`, `operator`, `share` (0 to 1) and `largest` (LSB), in the order
    of execution, as `engine.first_difference` gives them.

    Raises:
        ValueError: no rows.

    >>> from types import SimpleNamespace as Row
    >>> ax = snowball([Row(name="conv", operator="CONV_2D", share=0.001, largest=1)])
    >>> [text.get_text() for text in ax.texts]
    ['0.10 %, 1 LSB']
    """
    if not rows:
        raise ValueError("snowball: there are no rows; nothing to draw.")
    if ax is None:
        ax = style.figure(8, 1.1 + 0.27 * len(rows)).add_subplot()
    places = np.arange(len(rows))
    shares = np.array([row.share for row in rows], float)
    length = np.where(shares > 0, np.maximum(shares, 1.15 * LEAST), LEAST)
    edges = (shares > 0).astype(float)  # points
    look = {"facecolor": style.BAND, "edgecolor": style.ERROR, "linewidth": edges}
    ax.barh(places, length - LEAST, left=LEAST, height=0.7, **look)
    for place, row, end in zip(places, rows, length, strict=True):
        words = f"{100 * row.share:.2f} %, {row.largest} LSB" if row.share > 0 else "equal"
        style.note(ax, words, (end, place), (4, 0), va="center")
    ax.set_xscale("log")
    marks = [1e-4, 1e-3, 1e-2, 1e-1, 1]
    ax.set(xlim=(LEAST, 30), xticks=marks, xticklabels=[f"{100 * m:g} %" for m in marks])
    ax.minorticks_off()
    ax.set(yticks=places, yticklabels=[_named(row) for row in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    return style.label(ax, title="Values that differ, and by how much", x="share of values")


def _named(row: Any) -> str:
    """The layer's name, and its operator where the name does not say it."""
    kind = row.operator.replace("_2D", "").lower()
    plain = row.name.replace("_relu", "").lower()
    return kind if "partitionedcall" in plain else plain
