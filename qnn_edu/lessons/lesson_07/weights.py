"""round(w / scale) * scale, with a narrow scale for each output channel."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(w, bits):
    qmax = 2 ** (bits - 1) - 1
    scale = np.abs(w).max(axis=(0, 1, 2)) / qmax
    return np.round(w / scale) * scale


def _on_grid(w, largest, qmax):
    """Rounded, with the step largest / qmax, which broadcasts against `w`."""
    scale = largest / qmax
    return np.round(w / scale) * scale


@mistake("one scale for the whole tensor. Each output channel has its own.")
def one_scale(w, bits):
    return _on_grid(w, np.abs(w).max(), 2 ** (bits - 1) - 1)


@mistake("a scale for each input channel: the wrong axis. Keras keeps output channels last.")
def input_channels(w, bits):
    return _on_grid(w, np.abs(w).max(axis=(0, 1, 3), keepdims=True), 2 ** (bits - 1) - 1)


@mistake("the scale follows the maximum alone; the largest may be negative.")
def max_alone(w, bits):
    qmax = 2 ** (bits - 1) - 1
    scale = w.max(axis=(0, 1, 2)) / qmax
    return np.clip(np.round(w / scale), -qmax, qmax) * scale


@mistake("divided by 2^(n-1). On the narrow grid the top level is 2^(n-1) - 1.")
def one_level_more(w, bits):
    return _on_grid(w, np.abs(w).max(axis=(0, 1, 2)), 2 ** (bits - 1))


@mistake("divided by 2^n - 1: that many steps lie between -max and max, not up to max.")
def all_levels(w, bits):
    return _on_grid(w, np.abs(w).max(axis=(0, 1, 2)), 2**bits - 1)


@mistake(
    "that is the range from the smallest to the largest weight. Weights are symmetric: from -a to "
    "a, with 0 as a level."
)
def asymmetric(w, bits):
    lo, hi = w.min(axis=(0, 1, 2)), w.max(axis=(0, 1, 2))
    scale = (hi - lo) / (2**bits - 1)
    return np.round((w - lo) / scale) * scale + lo


@mistake("2a, from -a to a, over the 2^n - 1 steps of a wide grid. A narrow one has 2^n - 2 steps.")
def wide_grid(w, bits):
    return _on_grid(w, 2 * np.abs(w).max(axis=(0, 1, 2)), 2**bits - 1)


@mistake(
    "a wide grid, with 2^(n-1) levels below 0. Weights are narrow: as many levels below as above, "
    "2^(n-1) - 1."
)
def wide_and_clipped(w, bits):
    scale, end = np.abs(w).max(axis=(0, 1, 2)) / 2 ** (bits - 1), 2 ** (bits - 1)
    return np.clip(np.round(w / scale), -end, end - 1) * scale


@mistake("these are levels. Fake quantization multiplies by the scale again.")
def levels_alone(w, bits):
    return np.round(w / (np.abs(w).max(axis=(0, 1, 2)) / (2 ** (bits - 1) - 1)))


@mistake("cut off towards zero instead of rounded to the nearest level.")
def truncated(w, bits):
    scale = np.abs(w).max(axis=(0, 1, 2)) / (2 ** (bits - 1) - 1)
    return np.trunc(w / scale * (1 + 1e-9)) * scale


weights = Exercise(
    "Weights as training sees them",
    solution,
    cases=[
        (default_rng(0).normal(0, 1, (3, 3, 4, 4)) * [1, 0.1, 5, 2], 4),
        (default_rng(1).normal(0, 1, (1, 1, 6, 6)) * np.geomspace(1, 9, 6), 2),
        (default_rng(2).normal(0, 1, (2, 2, 3, 3)), 8),
    ],
    mistakes=(
        one_scale,
        input_channels,
        max_alone,
        one_level_more,
        all_levels,
        asymmetric,
        wide_grid,
        wide_and_clipped,
        levels_alone,
        truncated,
    ),
    hints=(
        "One scale for each output channel: which axes does the maximum go over?",
        "The largest absolute value of a channel is its top level, 2^(n-1) - 1.",
        "np.abs(w).max(axis=(0, 1, 2)) / qmax, then round and multiply again",
    ),
    tolerance=FLOAT32 / 4,  # nothing is summed, so nothing adds up
)
