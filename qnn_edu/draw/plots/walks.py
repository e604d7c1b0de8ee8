"""Descents of one weight, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style
from qnn_edu.draw.panels.walks import Walks, name_walks


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
