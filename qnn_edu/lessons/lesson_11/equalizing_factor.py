"""sqrt(r1 / r2): dividing by it here and multiplying there, both largest weights are alike."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(first, second):
    return np.sqrt(np.abs(first).max(axis=0) / np.abs(second).max(axis=1))


@mistake("the other way round: the first layer is divided by it, so its own range stands on top.")
def upside_down(first, second):
    return np.sqrt(np.abs(second).max(axis=1) / np.abs(first).max(axis=0))


@mistake("that moves the whole difference over, and the other layer has it now. Take the root.")
def without_root(first, second):
    return np.abs(first).max(axis=0) / np.abs(second).max(axis=1)


@mistake("both ranges were multiplied. Their root is what both come to; the factor is a ratio.")
def product(first, second):
    return np.sqrt(np.abs(first).max(axis=0) * np.abs(second).max(axis=1))


@mistake("the largest weight, but a channel is as wide as its largest |weight|.")
def largest_of_one_sign(first, second):
    return np.sqrt(np.abs(first.max(axis=0) / second.max(axis=1)))


@mistake("one range for the whole tensor. Each channel has its own: take the largest along inputs.")
def of_whole_tensors(first, second):
    return np.sqrt(np.abs(first).max() / np.abs(second).max()) * np.ones(first.shape[1])


def _case(seed, inputs, channels, outputs):
    rng = default_rng(seed)
    factors = np.geomspace(0.01, 100, channels)
    first = rng.normal(0, 1, (inputs, channels)) * factors
    first[0, 0] = -3 * np.abs(first[:, 0]).max()
    return first, rng.normal(0, 1, (channels, outputs)) / rng.permutation(factors)[:, None]


equalizing_factor = Exercise(
    "The factor of each channel",
    solution,
    cases=[_case(0, 3, 2, 2), _case(1, 9, 6, 4), _case(2, 4, 5, 1), _case(3, 1, 3, 7)],
    mistakes=(
        upside_down,
        without_root,
        product,
        largest_of_one_sign,
        of_whole_tensors,
    ),
    hints=(
        "The largest |weight| of each channel: along the inputs in first, along the outputs in "
        "second.",
        "r1 / s = r2 * s.",
        "np.sqrt(np.abs(first).max(axis=0) / np.abs(second).max(axis=1))",
    ),
    tolerance=FLOAT32,
)
