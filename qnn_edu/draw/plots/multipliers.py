"""How well multipliers of n bits hold their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style


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
    dash = {"linestyle": "none", "marker": "_", "markersize": 7, "alpha": 0.5}
    ax.plot(bits, shown, color=style.QUANTIZED, **dash)
    triangle = {"marker": "v", "markersize": 5, "linewidth": 1}
    ax.plot(bits, np.nanmax(shown, axis=1), color=style.BLACK, **triangle)
    middle = bits[len(bits) // 2]
    words = "dashed: the bound, 2 to the power -n;  triangles: the worst channel"
    style.note(ax, words, (middle, 2.0**-middle), (-75, 40), size=style.TEXT)
    ax.set_yscale("log")
    title = "How well n bits hold M (a dash for each channel)"
    return style.label(ax, title=title, x="bits of the multiplier, n", y="relative error of M")
