"""range = momentum * range + (1 - momentum) * maximum, begun at the first batch."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(momentum, maxima):
    track = [maxima[0]]
    for value in maxima[1:]:
        track.append(momentum * track[-1] + (1 - momentum) * value)
    return np.array(track)


@mistake(
    "your average started at zero. At momentum 0.99 its first range is a hundredth of what it "
    "should be; begin at the first batch."
)
def from_zero(momentum, maxima):
    return solution(momentum, np.concatenate([[0.0], maxima]))[1:]


@mistake("momentum is swapped: it is the share of the old range that stays, not of the new one.")
def momentum_swapped(momentum, maxima):
    return solution(1 - momentum, maxima)


@mistake(
    "only this batch and the one before count. The range remembers all, each less than the next."
)
def last_two(momentum, maxima):
    before = np.append(maxima[0], maxima[:-1])
    return momentum * before + (1 - momentum) * maxima


@mistake("the range of the last batch: nothing is averaged.")
def last_batch(momentum, maxima):
    return np.array(maxima)


@mistake("the largest so far. One outlier and it never comes down again.")
def largest_so_far(momentum, maxima):
    return np.maximum.accumulate(maxima)


@mistake("a plain mean of all batches: it never forgets the first, small ones.")
def plain_mean(momentum, maxima):
    return np.cumsum(maxima) / np.arange(1, len(maxima) + 1)


@mistake("one batch late. The range after a batch has that batch in it.")
def one_late(momentum, maxima):
    return np.concatenate([[maxima[0]], solution(momentum, maxima)[:-1]])


ranges = Exercise(
    "A range that follows its batches",
    solution,
    cases=[
        (0.75, np.array([4.0, 8.0, 8.0, 2.0, 6.0])),
        (0.99, default_rng(3).uniform(3, 5, 40)),
        (0.3, default_rng(5).uniform(1, 9, 6)),
        (0.6, default_rng(4).uniform(1, 9, 12)),
    ],
    mistakes=(
        from_zero,
        momentum_swapped,
        last_two,
        last_batch,
        largest_so_far,
        plain_mean,
        one_late,
    ),
    hints=(
        "What is the range after the first batch, when there is no old one?",
        "After that: momentum * (the range before) + (1 - momentum) * (this batch's largest).",
        "Keep a list: track.append(momentum * track[-1] + (1 - momentum) * value)",
    ),
    tolerance=FLOAT32,
)
