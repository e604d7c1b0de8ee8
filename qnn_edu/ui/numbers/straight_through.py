"""One weight behind a quantizer goes downhill, in three ways: the numbers of that explorer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from qnn_edu.core.affine import fake_quant
from qnn_edu.core.gradients import learned_step, step_slope, straight_through
from qnn_edu.core.params import QuantParams, params_from_range

METHODS = ("staircase", "straight-through", "learned step")
STEPS = 40
MARGIN = 0.2  # of what a picture shows, on either side of it
LEAST = 0.02  # of its first size: a learned step may shrink no further, so that it stays a step


@dataclass(frozen=True, eq=False)
class Walk:
    """Where a descent was before its first step and after each: float64 arrays, 1-D, read-only.

    `weight` is the real weight, `scale` that of its quantizer, `value` what the quantizer gave.
    """

    weight: np.ndarray
    scale: np.ndarray
    value: np.ndarray

    def until(self, steps: int) -> Walk:
        """The start and the first `steps` steps."""
        return Walk(*(each[: steps + 1] for each in (self.weight, self.scale, self.value)))

    def changes_of_level(self) -> np.ndarray:
        """The steps, from 1, that led to another level; a level that only moved is the same one.

        >>> walk = Walk(np.array([1.0, 3.5, 3.2]), np.full(3, 2.0), np.array([0.0, 4.0, 4.0]))
        >>> walk.changes_of_level()
        array([1])
        """
        return np.flatnonzero(np.diff(np.rint(self.value / self.scale))) + 1


def walked(*, method: str, steps: int, target: float, **options: Any) -> dict[str, Any]:
    """The `walks` of all methods, cut off after `steps` of 40 steps, and how `method` sees them.

    `before` and `now`: its quantizer at first and after the steps; `window` as `window` gives it;
    `weights` and `values`: (low, high), what axes for each have to show, as in `seen`; `method` and
    `target` are handed on. `options` as in `three`.

    Raises:
        ValueError: another method.

    >>> options = {"bits": 2, "reach": 6, "start": -3.0, "rate": 0.3}
    >>> found = walked(method="learned step", steps=40, target=3, **options)
    >>> {name: round(float(walk.value[-1]), 2) for name, walk in found["walks"].items()}
    {'staircase': -4.0, 'straight-through': 0.0, 'learned step': 3.0}
    """
    _check(method)
    whole = three(target=target, steps=STEPS, **options)
    walks = {name: walk.until(steps) for name, walk in whole.items()}
    before = params_from_range(-options["reach"], options["reach"], bits=options["bits"])
    now = rescaled(before, walks[method].scale[-1])
    weights = seen(before, options["start"], target)
    over = np.linspace(*weights, 501)
    return {
        "method": method,
        "target": target,
        "walks": walks,
        "before": before,
        "now": now,
        "weights": weights,
        "values": seen(before, target),
        "window": window(method, now, over, float(walks[method].weight[-1])),
    }


def seen(params: QuantParams, *others: float) -> tuple[float, float]:
    """The range of `params` (per tensor) and these other places, with a margin of a fifth.

    >>> seen(params_from_range(-6, 6, bits=2), -3.0, 9.0)
    (-11.4, 12.4)
    """
    places = float(params.lo), float(params.hi), *others
    margin = MARGIN * (max(places) - min(places))
    return min(places) - margin, max(places) + margin


@lru_cache(maxsize=512)
def descend(
    method: str, params: QuantParams, *, start: float, target: float, rate: float, steps: int
) -> Walk:
    """Gradient descent on `(fake_quant(weight) - target)**2 / 2`, one weight, `steps` steps.

    `method`: "staircase" follows the true gradient, which is 0 wherever it exists;
    "straight-through" is `core.gradients.straight_through`; "learned step" moves the scale too, by
    `core.gradients.learned_step`, and keeps it above a fiftieth of its first size. `params`: per
    tensor, with a level above zero.

    Raises:
        ValueError: another method.

    >>> p = params_from_range(-6, 6, bits=2)  # levels -8, -4, 0, 4
    >>> walk = descend("straight-through", p, start=1.0, target=3.0, rate=0.5, steps=4)
    >>> walk.weight.tolist(), walk.value.tolist()
    ([1.0, 2.5, 2.0, 1.5, 3.0], [0.0, 4.0, 4.0, 0.0, 4.0])
    """
    _check(method)
    unit = rescaled(params, 1.0)
    weight, scale, rows = start, float(params.scale), []
    for _ in range(steps + 1):
        position = float(np.float32(weight / scale))  # as fake_quant takes it, ties and all
        value = scale * float(fake_quant(position, unit))
        rows.append((weight, scale, value))
        down = rate * (target - value)  # minus the rate times the gradient to the value
        by, scale_by = _moves(method, position, down, unit)
        weight, scale = weight + by, max(scale + scale_by, LEAST * rows[0][1])
        if (weight, scale) == rows[-1][:2]:  # nothing moved, so nothing ever will
            rows += [rows[-1]] * (steps + 1 - len(rows))
            break
    columns = np.array(rows).T
    columns.flags.writeable = False
    return Walk(*columns)


def _moves(method: str, position: float, down: float, unit: QuantParams) -> tuple[float, float]:
    """By how much weight and scale move; `position` is the weight over the scale."""
    if method == "straight-through":
        return float(straight_through(position, down, unit)), 0.0
    if method == "learned step":
        to_weight, to_scale = learned_step(position, down, 1.0, *_ends(unit))
        return float(to_weight), to_scale
    return 0.0, 0.0


def _ends(params: QuantParams) -> tuple[int, int]:
    """The first and the last level, counted from zero."""
    return params.qmin - params.zero_point, params.qmax - params.zero_point


def three(
    *, bits: int, reach: float, start: float, target: float, rate: float, steps: int
) -> dict[str, Walk]:
    """The walks of all methods from one quantizer of `bits` over `[-reach, reach]`, by name.

    >>> walks = three(bits=2, reach=6, start=1, target=3, rate=0.5, steps=40)
    >>> {name: round(float(walk.value[-1]), 3) for name, walk in walks.items()}
    {'staircase': 0.0, 'straight-through': 4.0, 'learned step': 3.0}
    """
    params = params_from_range(-reach, reach, bits=bits)
    options = {"start": float(start), "target": float(target), "rate": rate, "steps": steps}
    return {method: descend(method, params, **options) for method in METHODS}


def rescaled(params: QuantParams, scale: float) -> QuantParams:
    """`params` with another scale (per tensor).

    >>> rescaled(QuantParams(1.0, 0, bits=2), 0.5)
    QuantParams(scale=0.5, zero_point=0, bits=2, signed=True, narrow_range=False, axis=None)
    """
    return QuantParams(scale, params.zero_point, params.bits, params.signed, params.narrow_range)


def window(
    method: str, params: QuantParams, weight: np.ndarray, here: float
) -> dict[str, np.ndarray | float | None]:
    """What each method takes for the slope of the quantizer, over `weight` (1-D) and at `here`.

    `to_weight`, and `to_step` for the learned step alone, each for an upstream of 1; that of
    "staircase" is 0. The gradient to the step is without LSQ's gradient scale.

    >>> p = params_from_range(-6, 6, bits=2)
    >>> found = window("learned step", p, np.array([-9.0, 1.0, 5.0]), here=1.0)
    >>> found["to_weight"].tolist(), found["to_step"].tolist(), found["here"]
    ([0.0, 1.0, 0.0], [-2.0, -0.25, 1.0], 1.0)
    """
    points = np.append(weight, here)
    to_weight, to_step = np.zeros(points.size), None
    if method != "staircase":
        to_weight = straight_through(points, np.ones(points.size), params).astype(float)
    if method == "learned step":
        to_step = step_slope(weight, params.scale, *_ends(params))
    gradients = {"to_weight": to_weight[:-1], "to_step": to_step, "here": float(to_weight[-1])}
    return {"weight": weight, **gradients}


def _check(method: str) -> None:
    if method not in METHODS:
        raise ValueError(f"There is no method {method!r}; choose one of {', '.join(METHODS)}.")
