"""What a zero that comes back as another number adds to a sum: that number times each weight."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(x, w, zero):
    return zero * np.sum(w[x == 0])


def value_by_value(x, w, zero):
    return np.sum(w * np.where(x == 0, zero, 0))


@mistake("all weights count in yours. Only where x is 0 does a zero leak: w[x == 0].")
def all_weights(x, w, zero):
    return zero * np.sum(w)


@mistake("those are the weights where x is not 0. The zeros are what leaks.")
def where_not_zero(x, w, zero):
    return zero * np.sum(w[x != 0])


@mistake("you counted the zeros; the weights are forgotten. Each zero is multiplied by its own.")
def counts_the_zeros(x, w, zero):
    return zero * np.sum(x == 0)


@mistake(
    "you added squares and took the root. That is for errors that know nothing of each other; "
    "these are all the same. Add them as they are."
)
def as_if_by_chance(x, w, zero):
    return zero * np.sqrt(np.sum(w[x == 0] ** 2))


@mistake("the weights lost their signs. Those of unlike sign take away from each other.")
def sizes_of_weights(x, w, zero):
    return zero * np.sum(np.abs(w[x == 0]))


@mistake("that is the mean over the zeros. A convolution adds, and divides by nothing.")
def mean_of_zeros(x, w, zero):
    return zero * np.mean(w[x == 0])


@mistake("that is the mean over all taps. A convolution adds, and divides by nothing.")
def mean_of_all(x, w, zero):
    return zero * np.sum(w[x == 0]) / x.size


@mistake("that is the whole sum with the leak in it. By how much it changes is asked for.")
def whole_sum(x, w, zero):
    return np.sum(w * np.where(x == 0, zero, x))


@mistake("that is the sum itself, in which a zero adds nothing. What the leak adds is asked for.")
def sum_without_leak(x, w, zero):
    return np.sum(w * x)


@mistake("you moved every input by the leak. Only those that are 0 come back as `zero`.")
def every_input_moved(x, w, zero):
    return np.sum(w * (x + zero))


@mistake("those are the leaks one by one. A convolution adds them up: one number is asked for.")
def one_by_one(x, w, zero):
    return zero * w * (x == 0)


def _taps(seed, shape, zeros, mean):
    """Inputs, of which the share `zeros` is 0, weights about `mean`, and a leak."""
    rng = default_rng(seed)
    x = np.where(rng.uniform(size=shape) < zeros, 0, rng.uniform(-1, 1, shape))
    return x, rng.normal(mean, 1, shape), float(rng.uniform(-0.05, 0.05))


leak = Exercise(
    "What a leaking zero costs",
    solution,
    cases=[
        (np.array([0.0, 0.5, 0.0, -0.25]), np.array([3.0, 1.0, -1.0, 2.0]), 0.125),
        _taps(1, (3, 3), 0.5, 0.3),
        _taps(2, (3, 3, 4), 0.3, -0.5),
        _taps(3, (60,), 0.8, 1.0),
        _taps(4, (5, 5, 2), 0.5, 0.0),
    ],
    mistakes=(
        all_weights,
        where_not_zero,
        counts_the_zeros,
        as_if_by_chance,
        sizes_of_weights,
        mean_of_zeros,
        mean_of_all,
        whole_sum,
        sum_without_leak,
        every_input_moved,
        one_by_one,
    ),
    also=(value_by_value,),
    hints=(
        "At which places does anything leak? x == 0 tells them.",
        "At each of them the sum gets zero * weight too much. Add these up.",
        "zero * np.sum(w[x == 0])",
    ),
    tolerance=FLOAT32,
)
