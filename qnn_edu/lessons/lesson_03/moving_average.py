"""average = decay * average + (1 - decay) * value, begun at the first value."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(maxima, decay):
    average = maxima[0]
    for value in maxima[1:]:
        average = decay * average + (1 - decay) * value
    return average


@mistake(
    "your average starts at zero and needs a long time to climb away from it. Until then the "
    "range is far too small and everything is clipped. Start at the first value."
)
def starts_at_zero(maxima, decay):
    average = 0.0
    for value in maxima:
        average = decay * average + (1 - decay) * value
    return average


@mistake("decay and 1 - decay are swapped: yours forgets the past and follows every batch.")
def swapped_decay(maxima, decay):
    average = maxima[0]
    for value in maxima[1:]:
        average = (1 - decay) * average + decay * value
    return average


@mistake("that is the average after every batch; only the last is asked for.")
def whole_series(maxima, decay):
    series = [maxima[0]]
    for value in maxima[1:]:
        series.append(decay * series[-1] + (1 - decay) * value)
    return np.array(series)


@mistake("only the last two values count. The average remembers all, each less than the next.")
def last_two(maxima, decay):
    return decay * maxima[-2] + (1 - decay) * maxima[-1]


@mistake(
    "that begins at zero and divides the error away, as Adam does. Here the average begins at the "
    "first value, and nothing is divided."
)
def corrected(maxima, decay):
    average = 0.0
    for value in maxima:
        average = decay * average + (1 - decay) * value
    return average / (1 - decay ** len(maxima))


@mistake("that is the last value: nothing is averaged.")
def last_value(maxima, decay):
    return maxima[-1]


@mistake("that is the plain mean: it never forgets.")
def plain_mean(maxima, decay):
    return np.mean(maxima)


@mistake("that is the maximum: one bad batch decides for ever.")
def plain_max(maxima, decay):
    return np.max(maxima)


moving_average = Exercise(
    "Moving average of a range",
    solution,
    cases=[
        (np.array([4.0, 5.0, 3.0, 13.0, 4.0]), 0.9),
        (np.array([1.0, 2.0]), 0.99),
        (np.array([3.0, 1.0, 7.0]), 0.6),
        (default_rng(4).uniform(3, 6, 50), 0.95),
        (default_rng(5).uniform(1, 90, 7), 0.4),
    ],
    mistakes=(
        starts_at_zero,
        swapped_decay,
        whole_series,
        last_two,
        corrected,
        last_value,
        plain_mean,
        plain_max,
    ),
    hints=(
        "New average = decay times the old one + (1 - decay) times the new value.",
        "What is the average after the first value alone? That value.",
        "average = maxima[0]; then, value by value, decay * average + (1 - decay) * value",
    ),
    tolerance=FLOAT32,
)
