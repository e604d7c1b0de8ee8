"""Min-max: the smallest and the largest value of all batches, with 0 in the range."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(batches):
    lo = min(0.0, *(batch.min() for batch in batches))
    hi = max(0.0, *(batch.max() for batch in batches))
    return lo, hi


@mistake(
    "the range must hold zero, or padding and ReLU could not "
    "write an exact 0: extend it to 0 where it misses it."
)
def without_zero(batches):
    return min(batch.min() for batch in batches), max(batch.max() for batch in batches)


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
        ([np.array([-3.0, -1.0]), np.array([-2.0, -0.5])],),
        (
            [
                default_rng(k).normal(0, 1, shape)
                for k, shape in enumerate([(50,), (6, 5), (2, 3, 4)])
            ],
        ),
    ],
    mistakes=(without_zero, mean_of_extremes, last_batch, first_batch, symmetric),
    hints=(
        "Keep the smallest and the largest value of all batches.",
        "What if all values are positive? The range has to hold zero as well.",
        "min(0.0, *(batch.min() for batch in batches)), and max likewise",
    ),
    tolerance=1e-6,
)
