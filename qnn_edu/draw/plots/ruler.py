"""A line of real numbers with the places that integers can stand for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.core.affine import dequantize
from qnn_edu.core.params import QuantParams
from qnn_edu.draw import style


def ruler(params: QuantParams, marks: Sequence[int], *, ax: Axes | None = None) -> Axes:
    """Every level of `params` as a tick. `marks`: integers to name, each below its real value.

    Raises:
        ValueError: `params` are per channel, or a mark is no level.

    >>> ax = ruler(QuantParams(scale=0.5, zero_point=-2, bits=2), [-2, 1])
    >>> [text.get_text() for text in ax.texts[:4]]
    ['0', 'q = -2', '1.5', 'q = 1']
    """
    levels = np.arange(params.qmin, params.qmax + 1)
    if params.axis is not None or not set(marks) <= set(levels.tolist()):
        raise ValueError(
            f"ruler names levels of one quantizer, {params.qmin} to {params.qmax}; got marks "
            f"{list(marks)}" + (" of several channels." if params.axis is not None else ".")
        )
    ax = style.axes(ax)
    ax.vlines(dequantize(levels, params), -0.4, 0.4, color=style.QUANTIZED, linewidth=0.8)
    for mark in marks:
        x = float(dequantize(np.array(mark), params))
        bold = {"weight": "bold"} if mark == params.zero_point else {}
        ax.vlines(x, -1, 1, color=style.QUANTIZED, linewidth=1.6)
        style.note(ax, f"{x:.3g}", (x, 1), (0, 4), ha="center", va="bottom", **bold)
        below = {"ha": "center", "va": "top", "color": style.ink(style.QUANTIZED)}
        style.note(ax, f"q = {mark}", (x, -1), (0, -4), **below, **bold)
    ax.set_ylim(-2.6, 2.6)
    ax.set_axis_off()
    return ax
