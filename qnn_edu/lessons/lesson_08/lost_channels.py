"""A channel is lost where its largest |w| is below half a step of the tensor's scale."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.lesson_08.channels import largest_weights
from qnn_edu.lessons.mistakes import mistake


def solution(weight, bits):
    largest = np.abs(weight).max(axis=tuple(range(weight.ndim - 1)))
    scale = largest.max() / (2 ** (bits - 1) - 1)
    return int(np.sum(largest < scale / 2))


@mistake(
    "you compared with a whole step. Rounding to the nearest level keeps everything from half a "
    "step on."
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
    "you counted channels in which some weight becomes 0. Lost is a channel only when all of them "
    "do."
)
def any_zero(weight, bits):
    scale = largest_weights(weight).max() / (2 ** (bits - 1) - 1)
    zero = np.abs(weight) < scale / 2
    return int(zero.reshape(-1, weight.shape[-1]).any(axis=0).sum())


@mistake("you counted weights. Count channels.")
def single_weights(weight, bits):
    scale = largest_weights(weight).max() / (2 ** (bits - 1) - 1)
    return int((np.abs(weight) < scale / 2).sum())


@mistake("all channels were counted. Lost are only those of nothing but zeros.")
def all_channels(weight, bits):
    return weight.shape[-1]


@mistake("only axes 0 and 1 went. Before the channels there may be more, and all of them go.")
def two_axes_alone(weight, bits):
    largest = np.abs(weight).max(axis=(0, 1))
    return int(np.sum(largest < np.abs(weight).max() / (2 ** (bits - 1) - 1) / 2))


@mistake("that is the share of the channels. Their number is asked for.")
def share_of_channels(weight, bits):
    return solution(weight, bits) / weight.shape[-1]


@mistake(
    "your scale is that of the range from the smallest to the largest weight. Symmetric means "
    "that the largest |w| lands on 2^(bits - 1) - 1."
)
def asymmetric(weight, bits):
    largest = largest_weights(weight)
    return int(np.sum(largest < np.ptp(weight) / (2**bits - 1) / 2))


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
        (_channels(4, 20, 300, (3, 3, 2)), 5),
        (_channels(5, 30, 1000, (5,)), 7),
        (_channels(6, 25, 60) * 50, 4),
        (_channels(7, 40, 500, (1, 3)), 6),
        (_channels(8, 18, 9, (3, 3)), 2),
        (_channels(9, 36, 3000, (2, 2, 4)), 9),
        (_channels(10, 28, 100, (3,)), 3),
        (_channels(11, 33, 40, (3, 3, 3)), 4),
        (np.geomspace(9, 0.01, 20) * [[1], [-0.5]], 5),  # the widest channel first
    ],
    mistakes=(
        below_a_step,
        mean_size,
        without_abs,
        any_zero,
        single_weights,
        all_channels,
        two_axes_alone,
        share_of_channels,
        asymmetric,
    ),
    hints=(
        "One narrow symmetric scale for the whole tensor: the largest |w| over 2^(bits - 1) - 1.",
        "A weight rounds to 0 below half a step. A channel is lost when its largest does.",
        "largest = np.abs(weight).reshape(-1, weight.shape[-1]).max(axis=0), then count "
        "largest < scale / 2",
    ),
)
