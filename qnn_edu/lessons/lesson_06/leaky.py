"""Inside the range the upstream gradient gets through, outside `leak` times as much."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.lesson_06.upstream import UPSTREAM
from qnn_edu.lessons.mistakes import mistake


def solution(x, upstream, lo, hi, leak):
    return np.where((x >= lo) & (x <= hi), upstream, leak * upstream)


@mistake("the leak is on the wrong side: inside the range all gets through.")
def leak_inside(x, upstream, lo, hi, leak):
    return np.where((x >= lo) & (x <= hi), leak * upstream, upstream)


@mistake("nothing leaks yet: outside the range leak * upstream gets through.")
def no_leak(x, upstream, lo, hi, leak):
    return np.where((x >= lo) & (x <= hi), upstream, 0.0)


@mistake("outside you return the leak itself; multiply it with upstream.")
def leak_alone(x, upstream, lo, hi, leak):
    return np.where((x >= lo) & (x <= hi), upstream, leak)


@mistake("you scaled the gradient everywhere. That is a smaller learning rate, no more.")
def leak_everywhere(x, upstream, lo, hi, leak):
    return leak * upstream


@mistake("it must leak on both sides, below lo too.")
def leak_above_only(x, upstream, lo, hi, leak):
    return np.where(x < lo, 0.0, np.where(x > hi, leak * upstream, upstream))


@mistake("it must leak on both sides, above hi too.")
def leak_below_only(x, upstream, lo, hi, leak):
    return np.where(x > hi, 0.0, np.where(x < lo, leak * upstream, upstream))


def _drawn(seed):
    """The first two values stand on the ends of the range."""
    rng = default_rng(seed)
    below = int(rng.integers(1, 255))
    lo, hi, leak = -below / 64, (255 - below) / 64, rng.uniform(0.01, 0.9)
    return np.append([lo, hi], rng.normal(0, 2.5, 30)), rng.normal(0, 4, 32), lo, hi, leak


@mistake(
    "that lets everything through, as if the range had no ends: outside, leak * upstream does."
)
def not_clipped(x, upstream, lo, hi, leak):
    return upstream


leaky = Exercise(
    "A leaky straight-through estimator",
    solution,
    cases=[
        (np.array([-9.0, -8.0, 0.0, 4.0, 4.5, 9.0]), UPSTREAM, -8.0, 4.0, 0.1),
        (default_rng(6).normal(0, 2, 50), default_rng(7).normal(0, 1, 50), -1.5, 1.0, 0.25),
        *map(_drawn, range(30, 36)),
    ],
    mistakes=(
        leak_inside,
        no_leak,
        leak_alone,
        leak_everywhere,
        leak_above_only,
        leak_below_only,
        not_clipped,
    ),
    hints=(
        "Three parts of the axis: below lo, inside, above hi. What gets through in each?",
        "np.where(inside, one thing, another)",
        "np.where((x >= lo) & (x <= hi), upstream, leak * upstream)",
    ),
    tolerance=FLOAT32,
)
