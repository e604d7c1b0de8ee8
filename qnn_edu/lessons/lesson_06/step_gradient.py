"""The slope to the scale, v = x / scale: round(v) - v inside the range, qmin or qmax outside."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.lesson_06.upstream import UPSTREAM
from qnn_edu.lessons.mistakes import mistake


def solution(x, upstream, scale, qmin, qmax):
    steps = x / scale
    slope = np.clip(np.round(steps), qmin, qmax)
    slope = np.where((steps > qmin) & (steps < qmax), slope - steps, slope)
    return np.sum(upstream * slope) / np.sqrt(x.size * qmax)


def in_three_parts(x, upstream, scale, qmin, qmax):
    steps = x / scale
    inside = np.round(steps) - steps
    slope = np.where(steps <= qmin, qmin, np.where(steps >= qmax, qmax, inside))
    return np.sum(upstream * slope) / np.sqrt(x.size * qmax)


def _scaled(x, upstream, slope, qmax):
    return np.sum(upstream * slope) / np.sqrt(x.size * qmax)


def _slopes(x, scale, qmin, qmax):
    """Rounding error inside, in steps; the clipped level; and where is inside."""
    steps = x / scale
    inside = (steps > qmin) & (steps < qmax)
    return np.round(steps) - steps, np.clip(np.round(steps), qmin, qmax), inside


@mistake("the sign inside the range is turned round: it is round(x / scale) - x / scale.")
def sign_inside(x, upstream, scale, qmin, qmax):
    rounding, level, inside = _slopes(x, scale, qmin, qmax)
    return _scaled(x, upstream, np.where(inside, -rounding, level), qmax)


@mistake(
    "inside the range yours is zero, as TensorFlow's and PACT's gradients are. A learned step "
    "also feels how far each value is from its level."
)
def nothing_inside(x, upstream, scale, qmin, qmax):
    _, level, inside = _slopes(x, scale, qmin, qmax)
    return _scaled(x, upstream, np.where(inside, 0.0, level), qmax)


@mistake("the clip is forgotten: outside the range the slope is qmin or qmax.")
def not_clipped_step(x, upstream, scale, qmin, qmax):
    return _scaled(x, upstream, _slopes(x, scale, qmin, qmax)[0], qmax)


@mistake("outside the range the slope is qmin or qmax, not zero.")
def nothing_outside(x, upstream, scale, qmin, qmax):
    rounding, _, inside = _slopes(x, scale, qmin, qmax)
    return _scaled(x, upstream, np.where(inside, rounding, 0.0), qmax)


@mistake("inside yours is the level. Only what rounding adds is asked for: round(v) - v.")
def level_inside(x, upstream, scale, qmin, qmax):
    return _scaled(x, upstream, _slopes(x, scale, qmin, qmax)[1], qmax)


@mistake(
    "outside, the slope is qmin or qmax alone. Yours is the clipped level less x / scale, there "
    "as well as inside."
)
def less_steps_everywhere(x, upstream, scale, qmin, qmax):
    _, level, _ = _slopes(x, scale, qmin, qmax)
    return _scaled(x, upstream, level - x / scale, qmax)


@mistake("the ends are exchanged: below the range the slope is qmin, above it qmax.")
def ends_exchanged(x, upstream, scale, qmin, qmax):
    rounding, level, inside = _slopes(x, scale, qmin, qmax)
    return _scaled(x, upstream, np.where(inside, rounding, qmin + qmax - level), qmax)


@mistake(
    "yours is multiplied by the scale. The slopes count in steps: round(x / scale) - x / scale."
)
def in_real_units(x, upstream, scale, qmin, qmax):
    return solution(x, upstream, scale, qmin, qmax) * scale


@mistake("a mean instead of a sum: the gradient scale does the rest.")
def mean_step(x, upstream, scale, qmin, qmax):
    return solution(x, upstream, scale, qmin, qmax) / x.size


@mistake("the gradient scale is missing: divide by the root of N * qmax.")
def no_gradient_scale(x, upstream, scale, qmin, qmax):
    rounding, level, inside = _slopes(x, scale, qmin, qmax)
    slope = np.where(inside, rounding, level)
    return np.sum(upstream * slope)


_AROUND = np.array([-9.0, -8.0, 0.5, 1.75, 4.0, 7.0])


def _drawn(seed):
    rng = default_rng(seed)
    qmax, scale = 2 ** int(rng.integers(1, 5)) - 1, rng.uniform(0.1, 3)
    qmin = -qmax - int(rng.integers(0, 2))
    x = rng.uniform(1.6 * qmin, 1.6 * qmax, 24) * scale
    return x, rng.normal(0, 9, 24), scale, qmin, qmax


step_gradient = Exercise(
    "The gradient to the step size",
    solution,
    cases=[
        (_AROUND, UPSTREAM, 4.0, -2, 1),
        (default_rng(8).normal(0, 1, 50), default_rng(9).normal(0, 1, 50), 0.3, -4, 3),
        (default_rng(10).uniform(0, 8, 50), default_rng(11).normal(0, 1, 50), 0.4, 0, 15),
        *map(_drawn, range(12, 17)),
    ],
    mistakes=(
        sign_inside,
        nothing_inside,
        not_clipped_step,
        nothing_outside,
        level_inside,
        less_steps_everywhere,
        ends_exchanged,
        in_real_units,
        mean_step,
        no_gradient_scale,
    ),
    also=(in_three_parts,),
    hints=(
        "Three parts again: up to qmin, inside, from qmax on, all of x / scale.",
        "Inside: np.round(steps) - steps. Below: qmin. Above: qmax. Times upstream, and sum.",
        "np.sum(upstream * slope) / np.sqrt(x.size * qmax)",
    ),
    tolerance=10 * FLOAT32,  # in a sum of both signs digits cancel
)
