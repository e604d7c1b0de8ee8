"""Exercises of lesson 07: quantization-aware training."""

from __future__ import annotations

import numpy as np

from qnn_edu.lessons.exercise import Exercise, Mistake

RNG = np.random.default_rng


def _weights(w, bits):
    qmax = 2 ** (bits - 1) - 1
    scale = np.abs(w).max(axis=(0, 1, 2)) / qmax
    return np.round(w / scale) * scale


def _on_grid(w, largest, qmax):
    """Rounded, with the step largest / qmax, which broadcasts against `w`."""
    scale = largest / qmax
    return np.round(w / scale) * scale


def _one_scale(w, bits):
    return _on_grid(w, np.abs(w).max(), 2 ** (bits - 1) - 1)


def _input_channels(w, bits):
    return _on_grid(w, np.abs(w).max(axis=(0, 1, 3), keepdims=True), 2 ** (bits - 1) - 1)


def _max_alone(w, bits):
    qmax = 2 ** (bits - 1) - 1
    scale = w.max(axis=(0, 1, 2)) / qmax
    return np.clip(np.round(w / scale), -qmax, qmax) * scale


def _one_level_more(w, bits):
    return _on_grid(w, np.abs(w).max(axis=(0, 1, 2)), 2 ** (bits - 1))


def _all_levels(w, bits):
    return _on_grid(w, np.abs(w).max(axis=(0, 1, 2)), 2**bits - 1)


def _levels_alone(w, bits):
    return np.round(w / (np.abs(w).max(axis=(0, 1, 2)) / (2 ** (bits - 1) - 1)))


def _truncated(w, bits):
    scale = np.abs(w).max(axis=(0, 1, 2)) / (2 ** (bits - 1) - 1)
    return np.trunc(w / scale * (1 + 1e-9)) * scale


weights = Exercise(
    "Weights as training sees them",
    _weights,
    [
        (RNG(0).normal(0, 1, (3, 3, 4, 4)) * [1, 0.1, 5, 2], 4),
        (RNG(1).normal(0, 1, (1, 1, 6, 6)) * np.geomspace(1, 9, 6), 2),
        (RNG(2).normal(0, 1, (2, 2, 3, 3)), 8),
    ],
    (
        Mistake(_one_scale, "one scale for the whole tensor. Each output channel has its own."),
        Mistake(
            _input_channels,
            "a scale for each input channel: the wrong axis. Keras keeps output channels last.",
        ),
        Mistake(_max_alone, "the scale follows the maximum alone; the largest may be negative."),
        Mistake(
            _one_level_more,
            "divided by 2^(n-1). On the narrow grid the top level is 2^(n-1) - 1.",
        ),
        Mistake(
            _all_levels,
            "divided by 2^n - 1: that many steps lie between -max and max, not up to max.",
        ),
        Mistake(
            _levels_alone, "these are levels. Fake quantization multiplies by the scale again."
        ),
        Mistake(_truncated, "cut off towards zero instead of rounded to the nearest level."),
    ),
    (
        "One scale for each output channel: which axes does the maximum go over?",
        "The largest absolute value of a channel is its top level, 2^(n-1) - 1.",
        "np.abs(w).max(axis=(0, 1, 2)) / qmax, then round and multiply again",
    ),
    tolerance=1e-9,
)


def _ranges(momentum, maxima):
    track = [maxima[0]]
    for value in maxima[1:]:
        track.append(momentum * track[-1] + (1 - momentum) * value)
    return np.array(track)


def _from_zero(momentum, maxima):
    return _ranges(momentum, np.concatenate([[0.0], maxima]))[1:]


def _momentum_swapped(momentum, maxima):
    return _ranges(1 - momentum, maxima)


def _last_batch(momentum, maxima):
    return np.array(maxima)


def _largest_so_far(momentum, maxima):
    return np.maximum.accumulate(maxima)


def _plain_mean(momentum, maxima):
    return np.cumsum(maxima) / np.arange(1, len(maxima) + 1)


def _one_late(momentum, maxima):
    return np.concatenate([[maxima[0]], _ranges(momentum, maxima)[:-1]])


ranges = Exercise(
    "A range that follows its batches",
    _ranges,
    [
        (0.75, np.array([4.0, 8.0, 8.0, 2.0, 6.0])),
        (0.99, RNG(3).uniform(3, 5, 40)),
        (0.6, RNG(4).uniform(1, 9, 12)),
    ],
    (
        Mistake(
            _from_zero,
            "your average started at zero. At momentum 0.99 its first range is a hundredth of "
            "what it should be; begin at the first batch.",
        ),
        Mistake(
            _momentum_swapped,
            "momentum is swapped: it is the share of the old range that stays, not of the new one.",
        ),
        Mistake(_last_batch, "the range of the last batch: nothing is averaged."),
        Mistake(_largest_so_far, "the largest so far. One outlier and it never comes down again."),
        Mistake(
            _plain_mean, "a plain mean of all batches: it never forgets the first, small ones."
        ),
        Mistake(_one_late, "one batch late. The range after a batch has that batch in it."),
    ),
    (
        "What is the range after the first batch, when there is no old one?",
        "After that: momentum * (the range before) + (1 - momentum) * (this batch's largest).",
        "Keep a list: track.append(momentum * track[-1] + (1 - momentum) * value)",
    ),
    tolerance=1e-9,
)


def _delayed(x, hi, bits, delay):
    scale = hi[:, None] / (2**bits - 1)
    rounded = np.clip(np.round(x / scale), 0, 2**bits - 1) * scale
    return np.where(np.arange(len(x))[:, None] < delay, x, rounded)


def _one_too_long(x, hi, bits, delay):
    return _delayed(x, hi, bits, delay + 1)


def _one_too_short(x, hi, bits, delay):
    return _delayed(x, hi, bits, delay - 1)


def _no_delay(x, hi, bits, delay):
    return _delayed(x, hi, bits, 0)


def _turned_round(x, hi, bits, delay):
    return x + _delayed(x, hi, bits, 0) - _delayed(x, hi, bits, delay)


def _last_range(x, hi, bits, delay):
    return _delayed(x, np.full_like(hi, hi[-1]), bits, delay)


def _clip_forgotten(x, hi, bits, delay):
    scale = hi[:, None] / (2**bits - 1)
    return np.where(np.arange(len(x))[:, None] < delay, x, np.round(x / scale) * scale)


def _steps_of_2_to_the_n(x, hi, bits, delay):
    scale = hi[:, None] / 2**bits
    late = np.arange(len(x))[:, None] >= delay
    return np.where(late, np.clip(np.round(x / scale), 0, 2**bits) * scale, x)


delayed = Exercise(
    "Rounding that waits",
    _delayed,
    [
        (RNG(5).uniform(0, 3, (6, 5)), np.linspace(1.0, 2.5, 6), 2, 2),
        (RNG(6).uniform(0, 9, (8, 20)), np.linspace(2.0, 8.0, 8), 4, 3),
        (RNG(7).uniform(0, 9, (3, 20)), np.array([5.0, 6.0, 7.0]), 3, 1),
    ],
    (
        Mistake(
            _one_too_long, "the delay is one too long: exactly `delay` batches pass unrounded."
        ),
        Mistake(
            _one_too_short, "the delay is one too short: `delay` whole batches pass unrounded."
        ),
        Mistake(_no_delay, "nothing waits: the first batches must come out as they came in."),
        Mistake(_turned_round, "turned round: the first batches wait, the later ones are rounded."),
        Mistake(
            _last_range,
            "you used the last range for all. In training each batch has the range of its moment.",
        ),
        Mistake(
            _clip_forgotten,
            "the clip is forgotten. The average lags behind, so values above it do come.",
        ),
        Mistake(
            _steps_of_2_to_the_n, "divided by 2^n: between 2^n levels there are 2^n - 1 steps."
        ),
    ),
    (
        "Round everything first, each row with its own hi; then decide which rows wait.",
        "scale = hi[:, None] / (2**bits - 1); clip the levels to 0 .. 2**bits - 1.",
        "np.where(np.arange(len(x))[:, None] < delay, x, rounded)",
    ),
    tolerance=1e-9,
)


def _turns(levels):
    turns = np.zeros(levels.shape[1], int)
    last = np.zeros(levels.shape[1])
    for way in np.sign(np.diff(levels, axis=0)):
        turns += way * last < 0
        last = np.where(way != 0, way, last)
    return turns


def _all_changes(levels):
    return (np.diff(levels, axis=0) != 0).sum(axis=0)


def _along_the_weights(levels):
    return _turns(levels.T)


def _at_once_only(levels):
    way = np.sign(np.diff(levels, axis=0))
    return (way[1:] * way[:-1] < 0).sum(axis=0)


def _signs(levels):
    return (np.sign(levels[1:]) != np.sign(levels[:-1])).sum(axis=0)


def _all_together(levels):
    return _turns(levels).sum()


def _recorded(seed, steps, weights):
    walk = RNG(seed).choice([-1, 0, 0, 0, 1], (steps, weights))
    return np.clip(walk.cumsum(axis=0), -3, 3)


turns = Exercise(
    "Count the swings",
    _turns,
    [
        (np.array([[0, 1, 2], [1, 1, 3], [1, 1, 2], [0, 2, 3], [1, 3, 2]]),),
        (_recorded(8, 40, 7),),
        (_recorded(9, 12, 12),),
    ],
    (
        Mistake(
            _all_changes,
            "you counted every change. A weight that climbs from level to level does not swing; "
            "count where it goes back.",
        ),
        Mistake(
            _along_the_weights,
            "the wrong axis: steps are rows and weights are columns. Compare a weight with itself.",
        ),
        Mistake(
            _at_once_only,
            "it may stand for a while before it goes back. Remember the last direction that was "
            "not 0.",
        ),
        Mistake(
            _signs, "you compared signs of levels; what turns round is the direction of a move."
        ),
        Mistake(_all_together, "one sum for all; wanted is a number for each weight."),
    ),
    (
        "np.sign(np.diff(levels, axis=0)) is the direction of each move, or 0.",
        "Keep, for each weight, the last direction that was not 0.",
        "A swing is where direction * last < 0.",
    ),
)
