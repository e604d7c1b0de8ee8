"""Gradients through a quantizer, over what goes into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.core.params import QuantParams
from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import RangePanel


def gradients(
    x: Any, lines: Mapping[str, Any], params: QuantParams, *, ax: Axes | None = None
) -> Axes:
    """Each of `lines` (name -> one number for each of x) over x, what `params` clip in grey.

    `x`: 1-D, ascending. `params`: per tensor.

    Raises:
        ValueError: no line, one whose shape is not that of x, or `params` per channel.

    >>> p = QuantParams(scale=1, zero_point=0, bits=2)  # from -2 to 1
    >>> ax = gradients([-3.0, 0.0, 3.0], {"to x": [0, 1, 0]}, p)
    >>> tuple(map(float, ax.get_xlim())), ax.lines[-1].get_label()
    ((-3.0, 3.0), 'to x')
    """
    x = np.asarray(x, float)
    shapes = {name: np.shape(line) for name, line in lines.items()}
    if not lines or set(shapes.values()) != {x.shape} or params.axis is not None:
        raise ValueError(
            f"gradients needs lines of shape {x.shape}, as x has, and one quantizer; got "
            f"{shapes or 'no line'} and axis={params.axis}."
        )
    ax = style.axes(ax)
    panel = RangePanel(ax, (float(x[0]), float(x[-1])))
    panel.shade_clipped(float(params.lo), float(params.hi))
    ax.axhline(0, color=style.REAL, linewidth=0.8)
    for (name, line), way in zip(lines.items(), style.series(len(lines)), strict=True):
        ax.plot(x, line, color=way.color, linestyle=way.linestyle, linewidth=2, label=name)
    ax.margins(y=0.15)
    place = {"loc": "lower left", "bbox_to_anchor": (0.45, 1), "borderaxespad": 0.1}
    ax.legend(ncols=len(lines), frameon=False, fontsize=style.TEXT, **place)
    return style.label(ax, title="What gets through (grey: clipped)", x="x", y="gradient")
