"""A channel is lost where its largest |w| is below half a step of the tensor's scale."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.lesson_08.channels import largest_weights
from qnn_edu.lessons.mistakes import mistake


def solution(weight, bits):
    largest = np.abs(weight).reshape(-1, weight.shape[-1]).max(axis=0)
    scale = largest.max() / (2 ** (bits - 1) - 1)
    return int(np.sum(largest < scale / 2))


@mistake(
    "you compared with a whole step. Rounding to the "
    "nearest level keeps everything from half a step on."
)
def below_a_step(weight, bits):
    largest = largest_weights(weight)
    return int(np.sum(largest < largest.max() / (2 ** (bits - 1) - 1)))


@mistake("the largest weight of a channel decides, not the mean.")
def mean_size(weight, bits):
    mean = np.abs(weight).reshape(-1, weight.shape[-1]).mean(axis=0)
    return int(np.sum(mean < largest_weights(weight).max() / (2 ** (bits - 1) - 1) / 2))


@mistake("negative weights count too: np.abs first.")
def without_abs(weight, bits):
    largest = weight.reshape(-1, weight.shape[-1]).max(axis=0)
    return int(np.sum(largest < largest_weights(weight).max() / (2 ** (bits - 1) - 1) / 2))


@mistake(
    "you counted channels in which some weight becomes "
    "0. Lost is a channel only when all of them do."
)
def any_zero(weight, bits):
    scale = largest_weights(weight).max() / (2 ** (bits - 1) - 1)
    zero = np.abs(weight) < scale / 2
    return int(zero.reshape(-1, weight.shape[-1]).any(axis=0).sum())


@mistake("you counted weights. Count channels.")
def single_weights(weight, bits):
    scale = largest_weights(weight).max() / (2 ** (bits - 1) - 1)
    return int((np.abs(weight) < scale / 2).sum())


def _channels(seed, channels, spread, window=(3, 3)):
    rng = default_rng(seed)
    widths = np.geomspace(1, 1 / spread, channels)
    rng.shuffle(widths)
    return rng.normal(0, 1, (*window, channels)) * widths


lost_channels = Exercise(
    "Channels that turn into zeros",
    solution,
    cases=[
        (_channels(0, 16, 100), 4),
        (_channels(1, 32, 2000), 8),
        (_channels(2, 24, 20), 3),
        (_channels(3, 12, 30, (1, 1, 6)), 2),
    ],
    mistakes=(below_a_step, mean_size, without_abs, any_zero, single_weights),
    hints=(
        "One narrow symmetric scale for the whole tensor: the largest |w| over 2^(bits - 1) - 1.",
        "A weight rounds to 0 below half a step. A channel is lost when its largest does.",
        "largest = np.abs(weight).reshape(-1, weight.shape[-1]).max(axis=0), then count "
        "largest < scale / 2",
    ),
)
