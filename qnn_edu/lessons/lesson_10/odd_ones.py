"""Images whose largest absolute value is not within four times the median of all of them."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(images):
    sizes = np.abs(images).reshape(len(images), -1).max(axis=1)
    middle = np.median(sizes)
    return np.flatnonzero((sizes > 4 * middle) | (sizes < middle / 4))


def _sizes(images):
    """The largest absolute value of each image."""
    return np.abs(images).reshape(len(images), -1).max(axis=1)


def _odd(sizes, middle):
    return np.flatnonzero((sizes > 4 * middle) | (sizes < middle / 4))


@mistake(
    "a mean is moved by the very images you look for: one that is 255 times too large may hide "
    "itself, or make all others look small. Take the median."
)
def by_the_mean(images):
    sizes = _sizes(images)
    return _odd(sizes, sizes.mean())


@mistake("only those that are too large. An image divided by 255 twice is odd as well.")
def only_large(images):
    sizes = _sizes(images)
    return np.flatnonzero(sizes > 4 * np.median(sizes))


@mistake("only those that are too small. An image that was not divided by 255 is odd as well.")
def only_small(images):
    sizes = _sizes(images)
    return np.flatnonzero(sizes < np.median(sizes) / 4)


@mistake("without the absolute value an image of large negative numbers goes unseen.")
def signed(images):
    sizes = images.reshape(len(images), -1).max(axis=1)
    return _odd(sizes, np.median(sizes))


@mistake("that says for each image whether it is odd. Asked are the indices: np.flatnonzero.")
def as_a_mask(images):
    sizes = _sizes(images)
    middle = np.median(sizes)
    return (sizes > 4 * middle) | (sizes < middle / 4)


@mistake("those are the images that are well. Asked are the odd ones.")
def the_even_ones(images):
    return np.setdiff1d(np.arange(len(images)), solution(images))


@mistake("you compared the mean of each image. A dark image is not odd: take its largest value.")
def by_mean_value(images):
    sizes = np.abs(images).reshape(len(images), -1).mean(axis=1)
    return _odd(sizes, np.median(sizes))


def _images(seed):
    """Images whose sizes lie about a middle, some near the limits, and one beyond at least."""
    rng = default_rng(seed)
    count, shape = int(rng.integers(5, 16)), tuple(rng.integers(1, 5, rng.integers(1, 4)))
    near = [0.95, 1, 1, 1, 1.05, 1.3, 0.7, 2.5, 0.4, 3.6, 4.6, 0.27, 0.22, 255, 1 / 255]
    sizes = rng.choice([0.02, 0.3, 1, 7, 200]) * rng.choice(near, count)
    sizes[rng.integers(count)] = sizes.max() * rng.choice([16.0, 1 / 65536])
    images = rng.uniform(-1, 1, (count, *shape))
    largest = np.abs(images).reshape(count, -1).max(axis=1)
    return images * (sizes / largest).reshape(-1, *[1] * len(shape))


odd_ones = Exercise(
    "The odd ones out",
    solution,
    cases=[
        (np.array([[0.5, -1.0], [0.9, 0.1], [200.0, 3.0], [0.8, 0.0]]),),
        (np.array([[0.5, 0.1], [1.0, 0.2], [0.8, 0.8], [0.003, 0.001], [0.9, 0.01]]),),
        (np.array([[1.0, 0.0], [0.5, -255.0], [0.75, 0.25], [1.0, 1.0]]),),
        (np.array([[1.0, 0.5], [4.0, 1.0], [0.25, 0.125], [1.0, 1.0], [4.25, 0.5]]),),
        (np.array([[-8.0, 0.5], [1.0, 0.5], [1.5, 0.25], [0.125, 0.0], [1.25, 1.0]]),),
        *((_images(seed),) for seed in range(24)),
    ],
    mistakes=(
        by_the_mean,
        only_large,
        only_small,
        signed,
        as_a_mask,
        the_even_ones,
        by_mean_value,
    ),
    pairs=False,
    hints=(
        "np.abs(images).reshape(len(images), -1) has a row for each image.",
        "Its max(axis=1) are the sizes; compare each with four times, and a quarter of, np.median.",
        "np.flatnonzero((sizes > 4 * middle) | (sizes < middle / 4))",
    ),
)
