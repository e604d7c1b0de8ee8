"""q = round(x / scale) + zero_point, clipped to qmin..qmax."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(x, scale, zero_point, qmin, qmax):
    q = np.round(x / scale) + zero_point
    return np.clip(q, qmin, qmax).astype(int)


@mistake(
    "a forgotten clip. A value beyond the range got an integer beyond the grid: 8 bits have no "
    "room for it."
)
def no_clip(x, scale, zero_point, qmin, qmax):
    return (np.round(x / scale) + zero_point).astype(int)


@mistake(
    "a forgotten clip, and astype(np.int8) then wrapped around: large positive numbers came out "
    "negative. Clip before you convert."
)
def wraps_around(x, scale, zero_point, qmin, qmax):
    return (np.round(x / scale) + zero_point).astype(int).astype(np.int8)


@mistake("astype(int) cuts the fraction off, towards zero. The nearest level needs np.round.")
def truncates(x, scale, zero_point, qmin, qmax):
    return np.clip((x / scale).astype(int) + zero_point, qmin, qmax)


@mistake("astype(int) at the end cuts the fraction off, towards zero. Round before.")
def truncates_at_the_end(x, scale, zero_point, qmin, qmax):
    return np.clip((x / scale + zero_point).astype(int), qmin, qmax)


@mistake("you multiplied by the scale. The way from real numbers to integers divides by it.")
def multiplies(x, scale, zero_point, qmin, qmax):
    return np.clip(np.round(x * scale) + zero_point, qmin, qmax).astype(int)


@mistake("np.floor always rounds down: on average every value loses half a step. Use np.round.")
def floors(x, scale, zero_point, qmin, qmax):
    return np.clip(np.floor(x / scale) + zero_point, qmin, qmax).astype(int)


@mistake("the zero point is missing.")
def no_zero_point(x, scale, zero_point, qmin, qmax):
    return np.clip(np.round(x / scale), qmin, qmax).astype(int)


@mistake("you clipped before adding the zero point. The limits qmin and qmax are limits for q.")
def clips_before_zero_point(x, scale, zero_point, qmin, qmax):
    return np.clip(np.round(x / scale), qmin, qmax).astype(int) + zero_point


@mistake("the zero point has the wrong sign. From x = scale * (q - zero_point), solve for q.")
def subtracts_zero_point(x, scale, zero_point, qmin, qmax):
    return np.clip(np.round(x / scale) - zero_point, qmin, qmax).astype(int)


@mistake("those are real numbers again: quantized, and turned back. The integers are asked for.")
def there_and_back(x, scale, zero_point, qmin, qmax):
    return scale * (np.clip(np.round(x / scale) + zero_point, qmin, qmax) - zero_point)


def _without_ties(size, scale, zero_point, qmin, qmax):
    """Values within the range and beyond it on both sides, none half way between two levels."""
    levels = default_rng(size).integers(2 * qmin - qmax, 2 * qmax - qmin, size)
    steps = levels - zero_point + default_rng(1).uniform(-0.45, 0.45, size)
    return steps * scale, scale, zero_point, qmin, qmax


quantize = Exercise(
    "Quantize",
    solution,
    cases=[
        _without_ties(60, 0.1, 3, -128, 127),
        _without_ties(300, 0.02, -60, -128, 127),
        _without_ties(50, 1.5, 9, 0, 15),
        _without_ties(61, 0.05, 128, 0, 255),
        _without_ties(40, 2.6, -1, -2, 1),
        _without_ties(80, 0.37, 40, -127, 127),
    ],
    mistakes=(
        no_clip,
        wraps_around,
        truncates,
        truncates_at_the_end,
        multiplies,
        floors,
        no_zero_point,
        clips_before_zero_point,
        subtracts_zero_point,
        there_and_back,
    ),
    hints=(
        "Solve x = scale * (q - zero_point) for q.",
        "q must be a whole number of the grid: round first, then add, then keep it within limits.",
        "np.clip(np.round(x / scale) + zero_point, qmin, qmax).astype(int)",
    ),
)
