"""Explore the straight-through estimator: one weight goes downhill, with three gradients."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from qnn_edu.core.params import params_from_range
from qnn_edu.draw import style
from qnn_edu.draw.panels.straight_through import Descent, Walks, Window, moving_levels, name_walks
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.numbers import straight_through as descents
from qnn_edu.ui.screen import Plot

SPAN = (-10.0, 10.0)
TICKS = range(-8, 9, 4)
STEPS = 40
ALT = (
    "Left, the staircase of a quantizer with the walk of one weight along it and, below, the "
    "gradient that comes through; right, the weight and its quantized value, step by step, for "
    "three descents: by the slope of the staircase, by the straight-through estimator, and with a "
    "learned step, whose levels move."
)


def straight_through() -> Live:
    """Let one weight go downhill towards a target, with three gradients, and watch the stairs.

    The loss is half the squared distance of the quantized weight from `target`. Controls: `method`
    (the one shown on the left), `steps`, `bits`, `reach` (the quantizer covers [-reach, reach]),
    `start`, `target`, `rate`. Values: `walks` (method -> `descents.Walk`), `before` and `now` (the
    quantizer shown, at first and after the steps), `window` as `descents.window` gives it.

    >>> found = straight_through().at(target=3, steps=40)
    >>> {name: round(float(walk.value[-1]), 2) for name, walk in found["walks"].items()}
    {'staircase': -4.0, 'straight-through': 0.0, 'learned step': 3.0}
    """
    figure = style.figure(8.8, 4.9)
    grid = figure.subplots(2, 2, width_ratios=(1, 1.15), height_ratios=(1.2, 1))
    stairs, window = Descent(grid[0, 0], SPAN), Window(grid[1, 0], SPAN)
    weight, value = (Walks(ax, descents.METHODS, STEPS, SPAN) for ax in grid[:, 1])
    _label(stairs, window, weight, value)

    def paint(found: dict[str, Any]) -> None:
        method, target, now = found["method"], found["target"], found["now"]
        walk = found["walks"][method]
        stairs.update(found["before"], now, walk.weight, walk.value, target)
        window.update(float(now.lo), float(now.hi), walk.weight[-1], **found["window"])
        levels = moving_levels(found["before"], walk.scale)
        edges = (levels[1:] + levels[:-1]) / 2
        walks = found["walks"].items()
        weight.update({name: each.weight for name, each in walks}, target, edges, method)
        value.update({name: each.value for name, each in walks}, target, levels, method)

    artists = [*stairs.artists, *window.artists, *weight.artists, *value.artists]
    screen = Plot(paint, figure, artists)
    return live(_compute, screen, _controls(), readout=_readout, alt=ALT)


def _label(stairs: Descent, window: Window, weight: Walks, value: Walks) -> None:
    stairs.ax.set_xlabel("")
    style.label(weight.ax, title="The weight (grey: edges of the stairs)", y="weight w")
    name_walks(weight.ax, descents.METHODS)
    title = "Its quantized value (grey: the levels)"
    style.label(value.ax, title=title, x="step", y="quantized weight")
    for panel in (stairs, window):
        panel.ax.set_xticks(TICKS)
    for panel in (stairs, weight, value):
        panel.ax.set_yticks(TICKS)


def _compute(*, method: str, steps: int, target: float, **options: Any) -> dict[str, Any]:
    whole = descents.three(target=target, steps=STEPS, **options)
    walks = {name: walk.until(steps) for name, walk in whole.items()}
    before = params_from_range(-options["reach"], options["reach"], bits=options["bits"])
    walk = walks[method]
    now = descents.rescaled(before, walk.scale[-1])
    over = np.linspace(*SPAN, 501)
    return {
        "method": method,
        "target": target,
        "walks": walks,
        "before": before,
        "now": now,
        "window": descents.window(method, now, over, float(walk.weight[-1])),
    }


def _controls() -> dict[str, widgets.Widget]:
    return {
        "method": widgets.ToggleButtons(
            options=descents.METHODS, value="straight-through", description="shown on the left",
            style={"button_width": "auto"}, tooltip="Whose stairs and gradients stand on the left",
        ),
        "steps": widgets.IntSlider(
            STEPS, 0, STEPS, description="steps", tooltip="How many steps downhill"
        ),
        "bits": widgets.IntSlider(
            2, 2, 4, description="bits", tooltip="n bits give 2 to the power n levels"
        ),
        "reach": widgets.FloatSlider(
            6.0, min=1, max=9, step=0.1, readout_format=".1f", description="range, plus and minus",
            tooltip="The real values that the quantizer is to cover, before nudging",
        ),
        "rate": widgets.FloatSlider(
            0.3, min=0.02, max=1, step=0.02, readout_format=".2f", description="learning rate",
            tooltip="How far a step goes along the gradient",
        ),
        "start": widgets.FloatSlider(
            -3.0, min=-9.5, max=9.5, step=0.1, readout_format=".1f", description="start",
            tooltip="Where the weight is before the first step",
        ),
        "target": widgets.FloatSlider(
            2.5, min=-9.5, max=9.5, step=0.1, readout_format=".1f", description="target",
            tooltip="What the quantized weight should be",
        ),
    }  # fmt: skip


def _readout(found: dict[str, Any]) -> dict[str, str]:
    before, now, target = found["before"], found["now"], found["target"]
    walk = found["walks"][found["method"]]
    moved = int(np.count_nonzero(np.diff(walk.value)))
    return {
        "gradient passes": f"{now.lo:.3g} to {now.hi:.3g}",
        "step size": f"{before.scale:.3g} -> {now.scale:.3g}",
        "weight": f"{walk.weight[0]:.3g} -> {walk.weight[-1]:.3g}",
        "quantized value changed": f"{moved} times",
        **{
            f"loss, {name}": f"{(each.value[-1] - target) ** 2 / 2:.3g}"
            for name, each in found["walks"].items()
        },
    }
