"""What a quantizer does to one value, the staircase and its error, and to a tensor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from qnn_edu.core.params import QuantParams
from qnn_edu.draw import style
from qnn_edu.draw.panels.histogram import Histogram
from qnn_edu.draw.panels.panel import Panels, RangePanel, steps

SPAN = (-6.5, 6.5)


class Affine(Panels):
    """Left the staircase, right its error, below that the histogram of the data under the grid."""

    def __init__(self) -> None:
        super().__init__(8.8, 4.4)
        grid = self.figure.add_gridspec(2, 2, width_ratios=(1, 1.25))
        self.stairs = self._add(Staircase(self.figure.add_subplot(grid[:, 0]), SPAN))
        self.error = self._add(Error(self.figure.add_subplot(grid[0, 1]), SPAN, 1.5))
        self.spread = self._add(Histogram(self.figure.add_subplot(grid[1, 1]), SPAN))
        self.error.ax.set_xlabel("")

    def update(self, found: Mapping[str, Any]) -> None:
        """Show the quantizer `params` and the data `x`."""
        self.stairs.update(found["params"])
        self.error.update(found["params"])
        self.spread.update(found["x"], found["params"])


class Staircase(RangePanel):
    """`fake_quant(x)` over x beside the identity, with lo, hi and the exact zero marked."""

    def __init__(self, ax: Axes, span: tuple[float, float]) -> None:
        super().__init__(ax, span)
        ax.set_ylim(*span)
        style.label(
            ax, title="What comes out (dashed: y = x)", x="real value x", y="quantized and back"
        )
        ax.plot(span, span, color=style.REAL, linestyle="--", linewidth=1)
        self.curve = self.line(color=style.QUANTIZED, linewidth=2)
        self.zero = self.line(color=style.BLACK, marker="o", markersize=6, linestyle="none")
        self.zero_text = self.text(va="top", ha="left")
        self.lo_text = self.text(va="top", ha="left")
        self.hi_text = self.text(va="bottom", ha="right")

    def update(self, params: QuantParams) -> None:
        """Show `params` (per tensor)."""
        lo, hi = float(params.lo), float(params.hi)
        self.shade_clipped(lo, hi)
        self.curve.set_data(*steps(params, self.span))
        self.zero.set_data([0], [0])
        left, right = self.span
        margin = 0.02 * (right - left)
        _write(self.zero_text, margin, -2 * margin, f"0 is exactly q = {params.zero_point}")
        _write(self.lo_text, max(lo, left) + margin, right - margin, f"lo = {lo:.3g}")
        _write(self.hi_text, min(hi, right) - margin, left + margin, f"hi = {hi:.3g}")


class Error(RangePanel):
    """`fake_quant(x) - x` over x: a sawtooth inside half a step, and a ramp where x is clipped."""

    def __init__(self, ax: Axes, span: tuple[float, float], height: float) -> None:
        super().__init__(ax, span)
        ax.set_ylim(-height, height)
        style.label(
            ax, title="What it costs (grey: clipped)", x="real value x", y="error (real units)"
        )
        ax.axhline(0, color=style.REAL, linewidth=0.8)
        self.band = self._keep(ax.axhspan(0, 0, facecolor=style.BAND, edgecolor="none", zorder=0.6))
        self.curve = self.line(color=style.ERROR, linewidth=1.2)
        self.height = height
        self.note = self.text(ha="center", va="top")

    def update(self, params: QuantParams) -> None:
        """Show `params` (per tensor)."""
        x, y = steps(params, self.span)
        half = float(params.scale) / 2
        lo, hi = float(params.lo), float(params.hi)
        self.shade_clipped(lo, hi)
        self.band.set_y(-half)
        self.band.set_height(2 * half)
        self.curve.set_data(x, y - x)
        inner = (max(lo, self.span[0]) + min(hi, self.span[1])) / 2
        below = -min(1.15 * half, 0.8 * self.height)
        _write(self.note, inner, below, f"half a step: \u00b1{half:.3g}")


def error_height(params: QuantParams, span: tuple[float, float]) -> float:
    """How far the error axis must reach to show all of `params` over `span`.

    >>> error_height(QuantParams(scale=1, zero_point=0, bits=2), (-3, 3))
    2.2
    """
    x, y = steps(params, span)
    return 1.1 * float(np.max(np.abs(y - x)))


def _write(text: Text, x: float, y: float, words: str) -> None:
    text.set_position((x, y))
    text.set_text(words)
