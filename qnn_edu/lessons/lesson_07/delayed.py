"""The first `delay` batches pass unrounded, each later one is rounded with its own range."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(x, hi, bits, delay):
    scale = hi[:, None] / (2**bits - 1)
    rounded = np.clip(np.round(x / scale), 0, 2**bits - 1) * scale
    batch = np.arange(len(x))[:, None]
    return np.where(batch < delay, x, rounded)


@mistake("the delay is one too long: exactly `delay` batches pass unrounded.")
def one_too_long(x, hi, bits, delay):
    return solution(x, hi, bits, delay + 1)


@mistake("the delay is one too short: `delay` whole batches pass unrounded.")
def one_too_short(x, hi, bits, delay):
    return solution(x, hi, bits, delay - 1)


@mistake("nothing waits: the first batches must come out as they came in.")
def no_delay(x, hi, bits, delay):
    return solution(x, hi, bits, 0)


@mistake("turned round: the first batches wait, the later ones are rounded.")
def turned_round(x, hi, bits, delay):
    return x + solution(x, hi, bits, 0) - solution(x, hi, bits, delay)


@mistake("you used the last range for all. In training each batch has the range of its moment.")
def last_range(x, hi, bits, delay):
    return solution(x, np.full_like(hi, hi[-1]), bits, delay)


@mistake("you used the largest range for all. In training each batch has the range of its moment.")
def largest_range(x, hi, bits, delay):
    return solution(x, np.full_like(hi, hi.max()), bits, delay)


@mistake("you used the first range for all. In training each batch has the range of its moment.")
def first_range(x, hi, bits, delay):
    return solution(x, np.full_like(hi, hi[0]), bits, delay)


@mistake(
    "each batch was rounded with its own largest value. Its range is hi, an average that lags."
)
def own_largest(x, hi, bits, delay):
    return solution(x, x.max(axis=1), bits, delay)


@mistake("each batch was rounded with the range of the one before. Take hi of the batch itself.")
def range_before(x, hi, bits, delay):
    return solution(x, np.roll(hi, 1), bits, delay)


@mistake(
    "the first rounded batch took the first range. Each batch has the range of its own number."
)
def ranges_from_the_start(x, hi, bits, delay):
    return solution(x, np.roll(hi, delay), bits, delay)


@mistake("the clip is forgotten. The average lags behind, so values above it do come.")
def clip_forgotten(x, hi, bits, delay):
    scale = hi[:, None] / (2**bits - 1)
    return np.where(np.arange(len(x))[:, None] < delay, x, np.round(x / scale) * scale)


@mistake("divided by 2^n: between 2^n levels there are 2^n - 1 steps.")
def steps_of_2_to_the_n(x, hi, bits, delay):
    scale = hi[:, None] / 2**bits
    late = np.arange(len(x))[:, None] >= delay
    return np.where(late, np.clip(np.round(x / scale), 0, 2**bits) * scale, x)


delayed = Exercise(
    "Rounding that waits",
    solution,
    cases=[
        (default_rng(5).uniform(0, 3, (6, 5)), np.linspace(1.0, 2.5, 6), 2, 2),
        (default_rng(6).uniform(0, 9, (8, 20)), np.linspace(2.0, 8.0, 8), 4, 3),
        (default_rng(8).uniform(0, 400, (4, 6)), np.array([150.0, 90.0, 300.0, 210.0]), 5, 2),
        (default_rng(9).uniform(0, 2, (12, 4)), default_rng(10).uniform(0.3, 2, 12), 3, 9),
        (default_rng(7).uniform(0, 9, (3, 20)), np.array([7.0, 6.0, 5.0]), 3, 1),
    ],
    mistakes=(
        one_too_long,
        one_too_short,
        no_delay,
        turned_round,
        last_range,
        largest_range,
        first_range,
        own_largest,
        range_before,
        ranges_from_the_start,
        clip_forgotten,
        steps_of_2_to_the_n,
    ),
    hints=(
        "Round everything first, each row with its own hi; then decide which rows wait.",
        "scale = hi[:, None] / (2**bits - 1); clip the levels to 0 .. 2**bits - 1.",
        "np.where(np.arange(len(x))[:, None] < delay, x, rounded)",
    ),
    tolerance=FLOAT32,
)
