"""A weight that goes downhill behind a quantizer: which gradient it gets, and where it walks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.core.params import QuantParams
from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panels, RangePanel, levels_of, steps
from qnn_edu.draw.panels.walks import Walks, name_walks

SPAN = (-12.0, 12.0)  # the widest: what is laid out for -10 holds -8 and 0.5 too
WHOLE = [1, 2, 4, 10]  # a tick every so many, or so many tenths


class StraightThrough(Panels):
    """Left the stairs and the window of one of `methods`; right the walks of all of them."""

    def __init__(self, methods: Sequence[str], steps: int) -> None:
        super().__init__(8.8, 4.9)
        axes = self.figure.subplots(2, 2, width_ratios=(1, 1.15), height_ratios=(1.2, 1))
        self.stairs = self._add(Descent(axes[0, 0], SPAN))
        self.window = self._add(Window(axes[1, 0], SPAN))
        self.weight = self._add(Walks(axes[0, 1], methods, steps, SPAN))
        self.value = self._add(Walks(axes[1, 1], methods, steps, SPAN))
        self._label(methods)
        # Laid out once: whatever the axes show later, they stand in one place.
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")

    def update(self, found: Mapping[str, Any]) -> None:
        """Show all `walks`, and of `method` the stairs `before` and `now` and the `window`."""
        method, target, now = found["method"], found["target"], found["now"]
        walk, walks = found["walks"][method], found["walks"].items()
        self._show(found["weights"], found["values"])
        self.stairs.update(found["before"], now, walk.weight, walk.value, target)
        self.window.update(float(now.lo), float(now.hi), walk.weight[-1], **found["window"])
        levels = moving_levels(found["before"], walk.scale)
        edges = (levels[1:] + levels[:-1]) / 2
        self.weight.update({name: each.weight for name, each in walks}, target, edges, method)
        self.value.update({name: each.value for name, each in walks}, target, levels, method)

    def _show(self, weights: tuple[float, float], values: tuple[float, float]) -> None:
        """Let axes of weights and of quantized weights reach so far."""
        for across in (self.stairs, self.window):
            across.show(weights)
        self.weight.ax.set_ylim(*weights)
        for up in (self.stairs, self.value):
            up.ax.set_ylim(*values)

    def _label(self, methods: Sequence[str]) -> None:
        self.stairs.ax.set_xlabel("")
        style.label(self.weight.ax, title="The weight (grey: edges of the stairs)", y="weight w")
        name_walks(self.weight.ax, methods)
        title = "Its quantized value (grey: the levels)"
        style.label(self.value.ax, title=title, x="step", y="quantized weight")
        for panel in (self.stairs, self.window):
            panel.ax.locator_params(axis="x", nbins=6, steps=WHOLE)
        for panel in (self.stairs, self.weight, self.value):
            panel.ax.locator_params(axis="y", nbins=5, steps=WHOLE)


class Descent(RangePanel):
    """The staircase as it is now, grey as it was, and the steps of a weight along it."""

    def __init__(self, ax: Axes, span: tuple[float, float]) -> None:
        super().__init__(ax, span)
        ax.set_ylim(*span)
        style.label(ax, title="The stairs and the walk", x="weight w", y="quantized weight")
        self.before = self.line(color=style.REAL, linewidth=1, linestyle=":")
        self.stairs = self.line(color=style.QUANTIZED, linewidth=2)
        self.target = self.line(color=style.ERROR, linewidth=1.2, linestyle="--")
        thin = {"linewidth": 0.6, "marker": ".", "markersize": 5, "alpha": 0.6}
        self.path = self.line(color=style.BLACK, zorder=3, **thin)
        dot = {"color": style.BLACK, "marker": "o", "linestyle": "none"}
        self.start = self.line(fillstyle="none", markersize=9, **dot)
        self.now = self.line(markersize=8, zorder=4, **dot)
        self.names = [self.text(color=style.ink(style.ERROR)), self.text(), self.text()]

    def update(
        self, before: QuantParams, now: QuantParams, weight: Any, value: Any, target: float
    ) -> None:
        """Show two quantizers, and `weight` and `value`, 1-D, from the start to this moment."""
        left, right = self.span
        self.shade_clipped(float(now.lo), float(now.hi))
        self.before.set_data(*steps(before, self.span))
        self.stairs.set_data(*steps(now, self.span))
        self.target.set_data(self.span, [target, target])
        self.path.set_data(weight, value)
        self.start.set_data(weight[:1], value[:1])
        self.now.set_data(weight[-1:], value[-1:])
        gap = 0.015 * (right - left)
        marks = [(left + gap, target, "target"), *_start_and_now(weight, value, gap)]
        for text, (x, y, words) in zip(self.names, marks, strict=True):
            text.set_position((x, y))
            text.set_text(words)


class Window(RangePanel):
    """The gradient that comes through a quantizer, over the weight: to it, and to the step."""

    def __init__(self, ax: Axes, span: tuple[float, float]) -> None:
        super().__init__(ax, span)
        ax.set_ylim(-2.4, 1.7)
        title = "What gets through (grey: outside the range)"
        style.label(ax, title=title, x="weight w", y="gradient")
        ax.axhline(0, color=style.REAL, linewidth=0.8)
        to_weight, to_step = style.SERIES[0], style.SERIES[1]
        self.to_step = self.line(color=to_step.color, linestyle=to_step.linestyle, linewidth=1.5)
        self.to_weight = self.line(color=to_weight.color, linewidth=2.2)
        self.now = self.line(color=style.BLACK, marker="o", markersize=8, zorder=4)
        self.names = [
            self.text("solid: to the weight", color=style.ink(to_weight.color)),
            self.text(color=style.ink(to_step.color), ha="right"),
        ]

    def update(
        self,
        lo: float,
        hi: float,
        now: float,
        *,
        weight: Any,
        to_weight: Any,
        to_step: Any,
        here: float,
    ) -> None:
        """Show two gradients over `weight`, 1-D; `to_step` may be None. `here` is that at `now`."""
        self.shade_clipped(lo, hi)
        self.to_weight.set_data(weight, to_weight)
        self.to_step.set_data(*([], []) if to_step is None else (weight, to_step))
        self.now.set_data([now], [here])
        gap = 0.015 * (self.span[1] - self.span[0])
        self.names[0].set_position((self.span[0] + gap, 1.12))
        self.names[1].set_position((self.span[1] - gap, -1.75))
        self.names[1].set_text("" if to_step is None else "dashed: to the step size")


def moving_levels(params: QuantParams, scale: Any) -> np.ndarray:
    """The levels of `params`, had it each of these scales: (levels, scales).

    >>> moving_levels(QuantParams(1.0, 0, bits=2), [1.0, 0.5])
    array([[-2. , -1. ],
           [-1. , -0.5],
           [ 0. ,  0. ],
           [ 1. ,  0.5]])
    """
    whole = levels_of(params) / float(params.scale)
    return np.multiply.outer(whole, np.asarray(scale, float))


def _start_and_now(weight: Any, value: Any, gap: float) -> list[tuple[float, float, str]]:
    """Where the words stand; no "start" while the weight is still there."""
    moved = weight[0] != weight[-1] or value[0] != value[-1]
    start = (weight[0] + 1.5 * gap, value[0] + gap, "start" if moved else "")
    return [start, (weight[-1] + 1.5 * gap, value[-1] + gap, "now")]
