"""Exercises of lesson 06: the straight-through estimator."""

from __future__ import annotations

import numpy as np

from qnn_edu.lessons.exercise import Exercise, Mistake

RNG = np.random.default_rng


def _straight_through(x, upstream, scale, qmin, qmax):
    lo, hi = scale * qmin, scale * qmax
    return np.where((x >= lo) & (x <= hi), upstream, 0.0)


def _inside(x, scale, qmin, qmax):
    return (x >= scale * qmin) & (x <= scale * qmax)


def _not_clipped(x, upstream, scale, qmin, qmax):
    return upstream


def _zero_everywhere(x, upstream, scale, qmin, qmax):
    return np.zeros_like(upstream)


def _times_the_step(x, upstream, scale, qmin, qmax):
    return _straight_through(x, upstream, scale, qmin, qmax) * scale


def _only_outside(x, upstream, scale, qmin, qmax):
    return np.where(_inside(x, scale, qmin, qmax), 0.0, upstream)


def _mask_in_levels(x, upstream, scale, qmin, qmax):
    return np.where((x >= qmin) & (x <= qmax), upstream, 0.0)


def _ends_outside(x, upstream, scale, qmin, qmax):
    return np.where((x > scale * qmin) & (x < scale * qmax), upstream, 0.0)


def _upstream_forgotten(x, upstream, scale, qmin, qmax):
    return _inside(x, scale, qmin, qmax) * 1.0


_UPSTREAM = np.array([0.5, -3.0, 2.0, -9.0, 1.0, 0.25])

straight_through = Exercise(
    "The clipped straight-through estimator",
    _straight_through,
    [
        (np.array([-9.0, -8.0, -0.5, 1.75, 4.0, 4.5]), _UPSTREAM, 4.0, -2, 1),
        (np.array([-3.0, -0.5, 0.0, 0.75, 1.0, 1.5]), _UPSTREAM, 0.25, -4, 3),
        (RNG(0).normal(0, 4, 60), RNG(1).normal(0, 4, 60), 0.5, 0, 15),
    ],
    (
        Mistake(
            _not_clipped,
            "your gradient is not clipped outside the range. There the quantizer answers the same "
            "whatever x does, and a weight that gets a gradient anyway drifts away for ever.",
        ),
        Mistake(
            _zero_everywhere,
            "your gradient is zero everywhere. That is the staircase's own slope, and nothing can "
            "be learned from it.",
        ),
        Mistake(
            _times_the_step,
            "your gradient is multiplied by the scale. Dividing by the scale, rounding and "
            "multiplying again has slope 1: the two scales cancel.",
        ),
        Mistake(_only_outside, "your mask is on the wrong side: only what is clipped gets one."),
        Mistake(
            _mask_in_levels,
            "you compared x with qmin and qmax. These count levels; in real units the range ends "
            "at scale * qmin and scale * qmax.",
        ),
        Mistake(
            _ends_outside,
            "the ends belong to the range: TensorFlow's op lets x == lo and x == hi through.",
        ),
        Mistake(
            _upstream_forgotten,
            "you returned the mask alone. By the chain rule it is multiplied with upstream.",
        ),
    ),
    (
        "Where does clip(x, lo, hi) have slope 1, and where slope 0?",
        "The first level lies at lo = scale * qmin, the last at hi = scale * qmax.",
        "np.where((x >= scale * qmin) & (x <= scale * qmax), upstream, 0.0)",
    ),
)


def _range_gradients(x, upstream, lo, hi):
    return upstream[x < lo].sum(), upstream[x > hi].sum()


def _means(x, upstream, lo, hi):
    below, above = upstream[x < lo], upstream[x > hi]
    return below.sum() / max(below.size, 1), above.sum() / max(above.size, 1)


def _over_all(x, upstream, lo, hi):
    return upstream[x < lo].sum() / x.size, upstream[x > hi].sum() / x.size


def _swapped(x, upstream, lo, hi):
    return upstream[x > hi].sum(), upstream[x < lo].sum()


def _negated(x, upstream, lo, hi):
    return -upstream[x < lo].sum(), -upstream[x > hi].sum()


def _counts(x, upstream, lo, hi):
    return np.sum(x < lo) * 1.0, np.sum(x > hi) * 1.0


range_gradients = Exercise(
    "The gradients to the ends of the range",
    _range_gradients,
    [
        (np.array([-9.0, -8.0, 0.0, 4.0, 5.0, 9.0]), _UPSTREAM, -8.0, 4.0),
        (RNG(2).normal(0, 2, 50), RNG(3).normal(0, 1, 50), -1.5, 1.0),
        (RNG(4).uniform(0, 8, 50), RNG(5).normal(0, 1, 50), 0.0, 6.0),
    ],
    (
        Mistake(
            _means,
            "means instead of sums. Each clipped value answers with the end itself, so each adds "
            "its whole gradient.",
        ),
        Mistake(
            _over_all,
            "you divided by the number of values. If the loss is a mean, upstream holds that "
            "division already.",
        ),
        Mistake(_swapped, "the two ends are swapped: values below lo are clipped to lo."),
        Mistake(
            _negated,
            "the sign is turned round. A clipped value follows its end: both grow together.",
        ),
        Mistake(_counts, "you counted. Each clipped value brings its upstream, not a 1."),
    ),
    (
        "What comes out for x below lo? And how fast does that grow with lo?",
        "Each value below lo brings its upstream, all others bring nothing.",
        "upstream[x < lo].sum(), upstream[x > hi].sum()",
    ),
    tolerance=1e-9,
)


def _leaky(x, upstream, lo, hi, leak):
    return np.where((x >= lo) & (x <= hi), upstream, leak * upstream)


def _leak_inside(x, upstream, lo, hi, leak):
    return np.where((x >= lo) & (x <= hi), leak * upstream, upstream)


def _no_leak(x, upstream, lo, hi, leak):
    return np.where((x >= lo) & (x <= hi), upstream, 0.0)


def _leak_alone(x, upstream, lo, hi, leak):
    return np.where((x >= lo) & (x <= hi), upstream, leak)


def _leak_everywhere(x, upstream, lo, hi, leak):
    return leak * upstream


def _leak_above_only(x, upstream, lo, hi, leak):
    return np.where(x < lo, 0.0, np.where(x > hi, leak * upstream, upstream))


leaky = Exercise(
    "A leaky straight-through estimator",
    _leaky,
    [
        (np.array([-9.0, -8.0, 0.0, 4.0, 4.5, 9.0]), _UPSTREAM, -8.0, 4.0, 0.1),
        (RNG(6).normal(0, 2, 50), RNG(7).normal(0, 1, 50), -1.5, 1.0, 0.25),
    ],
    (
        Mistake(_leak_inside, "the leak is on the wrong side: inside the range all gets through."),
        Mistake(_no_leak, "nothing leaks yet: outside the range leak * upstream gets through."),
        Mistake(_leak_alone, "outside you return the leak itself; multiply it with upstream."),
        Mistake(
            _leak_everywhere,
            "you scaled the gradient everywhere. That is a smaller learning rate, no more.",
        ),
        Mistake(_leak_above_only, "it must leak on both sides, below lo too."),
    ),
    (
        "Three parts of the axis: below lo, inside, above hi. What gets through in each?",
        "np.where(inside, one thing, another)",
        "np.where((x >= lo) & (x <= hi), upstream, leak * upstream)",
    ),
    tolerance=1e-9,
)


def _step_gradient(x, upstream, scale, qmin, qmax):
    steps = x / scale
    slope = np.clip(np.round(steps), qmin, qmax)
    slope = np.where((steps > qmin) & (steps < qmax), slope - steps, slope)
    return np.sum(upstream * slope) / np.sqrt(x.size * qmax)


def _scaled(x, upstream, slope, qmax):
    return np.sum(upstream * slope) / np.sqrt(x.size * qmax)


def _slopes(x, scale, qmin, qmax):
    """Rounding error inside, in steps; the clipped level; and where is inside."""
    steps = x / scale
    inside = (steps > qmin) & (steps < qmax)
    return np.round(steps) - steps, np.clip(np.round(steps), qmin, qmax), inside


def _sign_inside(x, upstream, scale, qmin, qmax):
    rounding, level, inside = _slopes(x, scale, qmin, qmax)
    return _scaled(x, upstream, np.where(inside, -rounding, level), qmax)


def _nothing_inside(x, upstream, scale, qmin, qmax):
    _, level, inside = _slopes(x, scale, qmin, qmax)
    return _scaled(x, upstream, np.where(inside, 0.0, level), qmax)


def _not_clipped_step(x, upstream, scale, qmin, qmax):
    return _scaled(x, upstream, _slopes(x, scale, qmin, qmax)[0], qmax)


def _nothing_outside(x, upstream, scale, qmin, qmax):
    rounding, _, inside = _slopes(x, scale, qmin, qmax)
    return _scaled(x, upstream, np.where(inside, rounding, 0.0), qmax)


def _in_real_units(x, upstream, scale, qmin, qmax):
    return _step_gradient(x, upstream, scale, qmin, qmax) * scale


def _mean_step(x, upstream, scale, qmin, qmax):
    return _step_gradient(x, upstream, scale, qmin, qmax) / x.size


def _no_gradient_scale(x, upstream, scale, qmin, qmax):
    return _step_gradient(x, upstream, scale, qmin, qmax) * np.sqrt(x.size * qmax)


_AROUND = np.array([-9.0, -8.0, 0.5, 1.75, 4.0, 7.0])

step_gradient = Exercise(
    "The gradient to the step size",
    _step_gradient,
    [
        (_AROUND, _UPSTREAM, 4.0, -2, 1),
        (RNG(8).normal(0, 1, 50), RNG(9).normal(0, 1, 50), 0.3, -4, 3),
        (RNG(10).uniform(0, 8, 50), RNG(11).normal(0, 1, 50), 0.4, 0, 15),
    ],
    (
        Mistake(
            _sign_inside,
            "the sign inside the range is turned round: it is round(x / scale) - x / scale.",
        ),
        Mistake(
            _nothing_inside,
            "inside the range yours is zero, as TensorFlow's and PACT's gradients are. A learned "
            "step also feels how far each value is from its level.",
        ),
        Mistake(
            _not_clipped_step,
            "the clip is forgotten: outside the range the slope is qmin or qmax.",
        ),
        Mistake(_nothing_outside, "outside the range the slope is qmin or qmax, not zero."),
        Mistake(
            _in_real_units,
            "yours is multiplied by the scale. The slopes count in steps: round(x / scale) - "
            "x / scale.",
        ),
        Mistake(_mean_step, "a mean instead of a sum: the gradient scale does the rest."),
        Mistake(
            _no_gradient_scale,
            "the gradient scale is missing: divide by the root of N * qmax.",
        ),
    ),
    (
        "Three parts again: up to qmin, inside, from qmax on, all of x / scale.",
        "Inside: np.round(steps) - steps. Below: qmin. Above: qmax. Times upstream, and sum.",
        "np.sum(upstream * slope) / np.sqrt(x.size * qmax)",
    ),
    tolerance=1e-9,
)
