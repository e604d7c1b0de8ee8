"""Inside the range the upstream gradient gets through, outside nothing."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.lesson_06.upstream import UPSTREAM
from qnn_edu.lessons.mistakes import mistake


def solution(x, upstream, scale, qmin, qmax):
    lo, hi = scale * qmin, scale * qmax
    return np.where((x >= lo) & (x <= hi), upstream, 0.0)


def _inside(x, scale, qmin, qmax):
    return (x >= scale * qmin) & (x <= scale * qmax)


@mistake(
    "your gradient is not clipped outside the range. There the quantizer answers the same "
    "whatever x does, and a weight that gets a gradient anyway drifts away for ever."
)
def not_clipped(x, upstream, scale, qmin, qmax):
    return upstream


@mistake(
    "your gradient is zero everywhere. That is the staircase's own slope, and nothing can be "
    "learned from it."
)
def zero_everywhere(x, upstream, scale, qmin, qmax):
    return np.zeros_like(upstream)


@mistake(
    "your gradient is multiplied by the scale. Dividing by the scale, rounding and multiplying "
    "again has slope 1: the two scales cancel."
)
def times_the_step(x, upstream, scale, qmin, qmax):
    return solution(x, upstream, scale, qmin, qmax) * scale


@mistake("your mask is on the wrong side: only what is clipped gets one.")
def only_outside(x, upstream, scale, qmin, qmax):
    return np.where(_inside(x, scale, qmin, qmax), 0.0, upstream)


@mistake(
    "you compared x with qmin and qmax. These count levels; in real units the range ends at scale "
    "* qmin and scale * qmax."
)
def mask_in_levels(x, upstream, scale, qmin, qmax):
    return np.where((x >= qmin) & (x <= qmax), upstream, 0.0)


@mistake("the ends belong to the range: TensorFlow's op lets x == lo and x == hi through.")
def ends_outside(x, upstream, scale, qmin, qmax):
    return np.where((x > scale * qmin) & (x < scale * qmax), upstream, 0.0)


@mistake("you returned the mask alone. By the chain rule it is multiplied with upstream.")
def upstream_forgotten(x, upstream, scale, qmin, qmax):
    return _inside(x, scale, qmin, qmax) * 1.0


def _drawn(seed):
    """The last two values stand on the ends of the range."""
    rng = default_rng(seed)
    scale, qmax = 2.0 ** rng.integers(-2, 3), 2 ** int(rng.integers(1, 5)) - 1
    qmin = int(rng.choice([-qmax - 1, 0]))
    x = np.append(rng.normal(0, 12, 12) * scale, [scale * qmin, scale * qmax])
    return x, rng.normal(0, 3, 14), scale, qmin, qmax


@mistake(
    "your range is half a step too wide at both ends: that is where x still rounds to a level. "
    "The clip ends at the last level itself."
)
def half_a_step_wider(x, upstream, scale, qmin, qmax):
    return np.where((x >= scale * (qmin - 0.5)) & (x <= scale * (qmax + 0.5)), upstream, 0.0)


@mistake("that is x, clipped. Asked for is what comes back: upstream where x was not clipped.")
def clipped_values(x, upstream, scale, qmin, qmax):
    return np.clip(x, scale * qmin, scale * qmax)


straight_through = Exercise(
    "The clipped straight-through estimator",
    solution,
    cases=[
        (np.array([-9.0, -8.0, -0.5, 1.75, 4.0, 4.5]), UPSTREAM, 4.0, -2, 1),
        (np.array([-3.0, -0.5, 0.0, 0.75, 1.0, 1.5]), UPSTREAM, 0.25, -4, 3),
        (default_rng(2).normal(0, 4, 30), default_rng(3).normal(0, 1, 30), 2.0, -2, 1),
        (default_rng(0).normal(0, 4, 60), default_rng(1).normal(0, 4, 60), 0.5, 0, 15),
        (np.array([-2.0, -1.5, 0.5, 1.0, 3.0]), UPSTREAM[:5], 0.5, -2, 1),
        *map(_drawn, range(4)),
    ],
    mistakes=(
        not_clipped,
        zero_everywhere,
        times_the_step,
        only_outside,
        mask_in_levels,
        ends_outside,
        upstream_forgotten,
        half_a_step_wider,
        clipped_values,
    ),
    tolerance=FLOAT32,
    hints=(
        "Where does clip(x, lo, hi) have slope 1, and where slope 0?",
        "The first level lies at lo = scale * qmin, the last at hi = scale * qmax.",
        "np.where((x >= scale * qmin) & (x <= scale * qmax), upstream, 0.0)",
    ),
)
