"""What each layer of a quantized network lost: the noise made there, and the noise handed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from qnn_edu.draw import style

ROUNDING = 12**-0.5  # RMSE in steps where nothing but rounding happens
SUSPICIOUS = 0.7  # look closer above
WORDS = {"va": "center", "fontsize": style.TEXT - 1}
INHERITED = {"facecolor": style.SHADE, "edgecolor": style.GREY}
MADE = {"facecolor": style.BAND, "edgecolor": style.VERMILION, "hatch": "////"}


def layer_losses(report: Sequence[Any], *, ax: Axes | None = None) -> Axes:
    """A bar for each layer, as long as its noise is loud: `-SQNR`, 0 dB is as loud as the signal.

    The bar is split by energy into the part inherited from the layers before and the part made
    here (hatched). At its end stands the SQNR; at the right the RMSE of what was made here, in
    steps of the tensor, if it has steps, bold above 0.7. A layer without noise has no bar.

    `report`: rows with `name`, `sqnr_db` (dB), `rmse_steps` (or None) and `share_made` (0 to 1), as
    `nets.layer_report` gives them.

    Raises:
        ValueError: no rows.

    Source: TensorFlow's quantization debugger, for the yardsticks 0.289 and 0.7.

    >>> from types import SimpleNamespace as Row
    >>> ax = layer_losses([Row(name="conv", sqnr_db=42.0, rmse_steps=0.3, share_made=0.9)])
    >>> [text.get_text() for text in ax.texts]
    ['42.0 dB', '0.30', 'made: RMSE in steps\\n(rounding: 0.29)']
    """
    if not report:
        raise ValueError("layer_losses: the report has no rows; nothing to draw.")
    if ax is None:
        ax = style.figure(8, 1.3 + 0.3 * len(report)).add_subplot()
    levels = -np.array([row.sqnr_db for row in report], float)
    floor, top = _span(levels)
    length = np.clip(levels, floor, top) - floor
    made = length * [row.share_made for row in report]
    places = np.arange(len(report))
    _bars(ax, floor, length - made, **INHERITED)
    _bars(ax, floor + length - made, made, **MADE)
    for place, row, end in zip(places, report, floor + length, strict=True):
        words = "no noise" if end == floor else f"{row.sqnr_db:.1f} dB"
        ax.annotate(words, (end, place), (4, 0), textcoords="offset points", **WORDS)
    _write_steps(ax, [row.rmse_steps for row in report])
    ax.set(yticks=places, yticklabels=[row.name for row in report])
    ax.set(xlim=(floor, top), ylim=(len(report) - 0.4, -0.6))
    parts = [Patch(label="inherited", **INHERITED), Patch(label="made here", **MADE)]
    place = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.2}
    ax.legend(handles=parts, ncols=2, frameon=False, fontsize=style.TEXT - 1, **place)
    return style.label(ax, title="Noise of each layer's output", x="noise over signal, -SQNR (dB)")


def _span(levels: np.ndarray) -> tuple[float, float]:
    """From 5 dB or more below the softest level to 0 dB, and room for words after the loudest."""
    finite = levels[np.isfinite(levels)]
    softest, loudest = (finite.min(), finite.max()) if finite.size else (-5.0, 0.0)
    floor = 10 * np.floor((softest - 5) / 10)
    return floor, max(0.0, loudest + 0.15 * (loudest - floor))


def _bars(ax: Axes, start: Any, length: np.ndarray, **look: str) -> None:
    edges = (length > 0).astype(float)  # points; a part that is not there has no line either
    ax.barh(np.arange(len(length)), length, left=start, height=0.7, linewidth=edges, **look)


def _write_steps(ax: Axes, steps: list[float | None]) -> None:
    """RMSE of what was made here, a column right of the axes."""
    column = {"transform": ax.get_yaxis_transform(), **WORDS}
    for place, value in enumerate(steps):
        if value is not None:
            weight = "bold" if value > SUSPICIOUS else "normal"
            ax.text(1.03, place, f"{value:.2f}", weight=weight, **column)
    if any(value is not None for value in steps):
        column["va"] = "bottom"
        ax.text(1.03, -0.6, f"made: RMSE in steps\n(rounding: {ROUNDING:.2f})", **column)
