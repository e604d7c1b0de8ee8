"""Each end of the range gets the sum of the gradients of all that is clipped to it."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.lesson_06.upstream import UPSTREAM
from qnn_edu.lessons.mistakes import mistake


def solution(x, upstream, lo, hi):
    return upstream[x < lo].sum(), upstream[x > hi].sum()


@mistake(
    "means instead of sums. Each clipped value answers with the end itself, so each adds its "
    "whole gradient."
)
def means(x, upstream, lo, hi):
    below, above = upstream[x < lo], upstream[x > hi]
    return below.sum() / max(below.size, 1), above.sum() / max(above.size, 1)


@mistake(
    "you divided by the number of values. If the loss is a mean, upstream holds that division "
    "already."
)
def over_all(x, upstream, lo, hi):
    return upstream[x < lo].sum() / x.size, upstream[x > hi].sum() / x.size


@mistake("the two ends are swapped: values below lo are clipped to lo.")
def swapped(x, upstream, lo, hi):
    return upstream[x > hi].sum(), upstream[x < lo].sum()


@mistake("the sign is turned round. A clipped value follows its end: both grow together.")
def negated(x, upstream, lo, hi):
    return -upstream[x < lo].sum(), -upstream[x > hi].sum()


@mistake("you counted. Each clipped value brings its upstream, not a 1.")
def counts(x, upstream, lo, hi):
    return np.sum(x < lo) * 1.0, np.sum(x > hi) * 1.0


@mistake("those are the ones inside. What is not clipped does not depend on the ends.")
def inside(x, upstream, lo, hi):
    both = upstream[(x >= lo) & (x <= hi)].sum()
    return both, both


def _drawn(seed):
    """The first two values stand on the ends of the range, which are levels of a grid of 1/64."""
    rng = default_rng(seed)
    below = int(rng.integers(1, 255))
    lo, hi = -below / 64, (255 - below) / 64
    x = np.append([lo, hi], rng.normal(0, 2.5, 30))
    return x, rng.normal(rng.uniform(-1, 1), 4, 32), lo, hi


range_gradients = Exercise(
    "The gradients to the ends of the range",
    solution,
    cases=[
        (np.array([-9.0, -8.0, 0.0, 4.0, 5.0, 9.0]), UPSTREAM, -8.0, 4.0),
        (default_rng(2).normal(0, 2, 50), default_rng(3).normal(0, 1, 50), -1.5, 1.0),
        (default_rng(4).uniform(0, 8, 50), default_rng(5).normal(0, 1, 50), 0.0, 6.0),
        (default_rng(6).normal(0, 2, 12), -default_rng(7).uniform(0, 0.01, 12), -1.0, 1.0),
        *map(_drawn, range(20, 26)),
    ],
    mistakes=(means, over_all, swapped, negated, counts, inside),
    hints=(
        "What comes out for x below lo? And how fast does that grow with lo?",
        "Each value below lo brings its upstream, all others bring nothing.",
        "upstream[x < lo].sum(), upstream[x > hi].sum()",
    ),
    tolerance=10 * FLOAT32,  # in a sum of both signs digits cancel
)
