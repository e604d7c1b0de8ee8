"""Each filter has the range from -a to a, where a is the largest |w| in it: the smallest one."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(w):
    largest = np.abs(w).max(axis=(0, 1, 2))
    return -largest, largest


def from_both_ends(w):
    largest = np.maximum(w.max(axis=(0, 1, 2)), -w.min(axis=(0, 1, 2)))
    return -largest, largest


@mistake(
    "from the smallest to the largest weight: then 0 lies anywhere, the zero point is not 0, and "
    "the file cannot be loaded."
)
def smallest_and_largest(w):
    return w.min(axis=(0, 1, 2)), w.max(axis=(0, 1, 2))


@mistake("one size for all filters. Each has its own: leave out one axis.")
def one_for_all(w):
    largest = np.full(w.shape[-1], np.abs(w).max())
    return -largest, largest


@mistake("a range for each input channel. Filters are on the last axis: only that one stays.")
def each_input_channel(w):
    largest = np.abs(w).max(axis=(0, 1, 3))
    return -largest, largest


@mistake(
    "the largest weight alone. If the smallest is further from 0, it is clipped: take sizes, "
    "np.abs(w)."
)
def largest_alone(w):
    hi = w.max(axis=(0, 1, 2))
    return -hi, hi


@mistake("you made room for -128. Narrow means that both ends are 127 steps from 0.")
def one_step_more(w):
    lo, hi = solution(w)
    return lo * 128 / 127, hi


@mistake("the mean size. What is larger than that would be clipped.")
def mean_size(w):
    size = np.abs(w).mean(axis=(0, 1, 2))
    return -size, size


@mistake("from 0 on. Negative weights would be clipped: the range goes from -a to a.")
def from_zero(w):
    largest = np.abs(w).max(axis=(0, 1, 2))
    return np.zeros_like(largest), largest


filter_ranges = Exercise(
    "A range for each filter",
    solution,
    cases=[
        (default_rng(0).normal(0.05, 0.3, (3, 3, 4, 4)),),
        (default_rng(1).normal(0.05, 0.3, (1, 1, 5, 5)),),
        (default_rng(2).normal(-2, 1, (2, 3, 2, 3)),),
        (default_rng(3).normal(-0.6, 0.3, (1, 1, 3, 4)),),  # some filters are negative throughout
    ],
    mistakes=(
        smallest_and_largest,
        one_for_all,
        each_input_channel,
        largest_alone,
        one_step_more,
        mean_size,
        from_zero,
    ),
    also=(from_both_ends,),
    hints=(
        "Symmetric: from -a to a. What is a, for one filter?",
        "The largest size of its weights; the axes of a filter are 0, 1 and 2.",
        "a = np.abs(w).max(axis=(0, 1, 2)), then return -a, a",
    ),
    tolerance=FLOAT32,
)
