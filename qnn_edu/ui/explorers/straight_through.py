"""Explore the straight-through estimator: one weight goes downhill, with three gradients."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as widgets

from qnn_edu.draw.panels.straight_through import StraightThrough
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

ALT = (
    "Left, the staircase of a quantizer with the walk of one weight along it and, below, the "
    "gradient that comes through; right, the weight and its quantized value, step by step, for "
    "three descents: by the slope of the staircase, by the straight-through estimator, and with a "
    "learned step, whose levels move."
)
TIPS = {
    "method": "Whose stairs and gradients stand on the left",
    "steps": "How many steps downhill",
    "reach": "The real values that the quantizer is to cover, before nudging",
    "rate": "How far a step goes along the gradient",
    "start": "Where the weight is before the first step",
    "target": "What the quantized weight should be",
}


def straight_through() -> Live:
    """Let one weight go downhill towards a target, with three gradients, and watch the stairs.

    The loss is half the squared distance of the quantized weight from `target`. Controls: `method`
    (the one shown on the left), `steps`, `bits`, `reach` (the quantizer covers [-reach, reach]),
    `start`, `target`, `rate`. Values: what `numbers.straight_through.walked` gives.

    >>> found = straight_through().at(target=3, steps=40)
    >>> {name: round(float(walk.value[-1]), 2) for name, walk in found["walks"].items()}
    {'staircase': -4.0, 'straight-through': 0.0, 'learned step': 3.0}
    """
    methods, steps = numbers.straight_through.METHODS, numbers.straight_through.STEPS
    screen = Plot.of(StraightThrough(methods, steps))
    compute = numbers.straight_through.walked
    return live(compute, screen, _controls(), readout=_readout, alt=ALT, idle=_idle)


def _idle(*, steps: int, **others: object) -> set[str]:
    return set() if steps else {"rate"}


def _controls() -> dict[str, widgets.Widget]:
    methods, last = numbers.straight_through.METHODS, numbers.straight_through.STEPS
    shown, place = "straight-through", {"low": -9.5, "high": 9.5, "step": 0.1}
    rate = {"low": 0.02, "high": 1, "step": 0.02, "digits": 2}
    return {
        "method": controls.choice("shown on the left", shown, methods, tip=TIPS["method"]),
        "steps": controls.whole("steps", last, 0, last, tip=TIPS["steps"]),
        "bits": controls.bits(2, 2, 4),
        "reach": controls.real("range, plus and minus", 6.0, 1, 9, step=0.1, tip=TIPS["reach"]),
        "rate": controls.real("learning rate", 0.3, **rate, tip=TIPS["rate"]),
        "start": controls.real("start", -3.0, **place, tip=TIPS["start"]),
        "target": controls.real("target", 2.5, **place, tip=TIPS["target"]),
    }


def _readout(found: Numbers) -> dict[str, str]:
    before, now, target = found["before"], found["now"], found["target"]
    walk = found["walks"][found["method"]]
    return {
        "gradient passes": f"{now.lo:.3g} to {now.hi:.3g}",
        "step size": f"{before.scale:.3g} -> {now.scale:.3g}",
        "weight": f"{walk.weight[0]:.3g} -> {walk.weight[-1]:.3g}",
        "went to another level": _how_often(walk.changes_of_level()),
        **{
            f"loss, {name}": f"{(each.value[-1] - target) ** 2 / 2:.3g}"
            for name, each in found["walks"].items()
        },
    }


def _how_often(steps: Sequence[int]) -> str:
    """That it goes on to the last step is how one sees a swing."""
    return f"{len(steps)} times, last in step {steps[-1]}" if len(steps) else "never"
