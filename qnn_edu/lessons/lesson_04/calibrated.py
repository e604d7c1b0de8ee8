"""Min-max: the smallest and the largest value of all batches, with 0 in the range."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(batches):
    lo = min(0.0, *(batch.min() for batch in batches))
    hi = max(0.0, *(batch.max() for batch in batches))
    return lo, hi


def _extremes(batches):
    """The smallest value of each batch, and the largest."""
    return np.array([(batch.min(), batch.max()) for batch in batches]).T


def from_all_extremes(batches):
    lows, highs = _extremes(batches)
    return min(0.0, lows.min()), max(0.0, highs.max())


@mistake(
    "the range must hold zero, or padding and ReLU could not write an exact 0: extend it to 0 "
    "where it misses it."
)
def without_zero(batches):
    lows, highs = _extremes(batches)
    return lows.min(), highs.max()


@mistake("you averaged the batches. Min-max keeps the smallest and the largest value ever seen.")
def mean_of_extremes(batches):
    lo = np.mean([batch.min() for batch in batches])
    hi = np.mean([batch.max() for batch in batches])
    return min(0.0, lo), max(0.0, hi)


@mistake("only the last batch counted. Keep the extremes of all of them.")
def last_batch(batches):
    return solution([batches[-1], batches[-1]])


@mistake("only the first batch counted. Keep the extremes of all of them.")
def first_batch(batches):
    return solution([batches[0], batches[0]])


@mistake("that is a symmetric range. Activations take lo and hi as they come.")
def symmetric(batches):
    largest = max(np.abs(batch).max() for batch in batches)
    return -largest, largest


calibrated = Exercise(
    "The range that min-max calibration finds",
    solution,
    cases=[
        ([np.array([-1.0, 2.0]), np.array([0.5, 3.0]), np.array([-0.25, 1.0])],),
        ([np.array([2.0, 5.0]), np.array([1.0, 4.0])],),
        ([np.array([0.5, 1.5, 1.0]), np.array([-2.0, -1.0]), np.array([1.0, 2.5, -3.5])],),
        ([np.array([0.25, -1.5, 7.0]), np.array([-0.5, 2.0]), np.array([1.0, 2.5])],),
        ([np.array([-3.0, -1.0]), np.array([-2.0, -0.5])],),
        (
            [
                default_rng(k).normal(0, 1, shape)
                for k, shape in enumerate([(50,), (6, 5), (2, 3, 4)])
            ],
        ),
        ([default_rng(k).uniform(-1, k, (k, 7)) for k in (1, 2, 3, 4)],),
        ([default_rng(k).uniform(-9, 1 / k, 5) for k in (4, 3, 2, 1)],),
        ([default_rng(k).normal(0.1, 0.02, (2, 2)) for k in (5, 6)],),
    ],
    mistakes=(without_zero, mean_of_extremes, last_batch, first_batch, symmetric),
    also=(from_all_extremes,),
    hints=(
        "Keep the smallest and the largest value of all batches.",
        "What if all values are positive? The range has to hold zero as well.",
        "min(0.0, *(batch.min() for batch in batches)), and max likewise",
    ),
    tolerance=FLOAT32,
)
