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


def _below(sizes, weight, bits):
    """How many of the channels' sizes are below half a step."""
    return int(np.sum(sizes < np.abs(weight).max() / (2 ** (bits - 1) - 1) / 2))


def _columns(weight):
    return weight.reshape(-1, weight.shape[-1])


@mistake("the largest weight of a channel decides, not the mean.")
def mean_size(weight, bits):
    return _below(np.abs(_columns(weight)).mean(axis=0), weight, bits)


@mistake("the largest weight of a channel decides, not the one in the middle, the median.")
def median_size(weight, bits):
    return _below(np.median(np.abs(_columns(weight)), axis=0), weight, bits)


@mistake("the largest weight of a channel decides, not its standard deviation.")
def standard_deviation(weight, bits):
    return _below(_columns(weight).std(axis=0), weight, bits)


@mistake("the largest weight of a channel decides, not the root of its mean square.")
def root_mean_square(weight, bits):
    return _below(np.sqrt(np.square(_columns(weight)).mean(axis=0)), weight, bits)


@mistake("each weight is rounded by itself: the largest decides, not the norm of all of them.")
def norm_of_all(weight, bits):
    return _below(np.linalg.norm(_columns(weight), axis=0), weight, bits)


@mistake("each weight is rounded by itself: the largest decides, not the sum of all of them.")
def sum_of_all(weight, bits):
    return _below(np.abs(_columns(weight)).sum(axis=0), weight, bits)


@mistake("signs cancel in a sum, and each weight is rounded by itself: the largest |w| decides.")
def sum_with_signs(weight, bits):
    return _below(np.abs(_columns(weight).sum(axis=0)), weight, bits)


@mistake(
    "you compared the whole range of a channel, from its smallest to its largest weight. A weight "
    "becomes 0 by its own size: the largest |w| decides."
)
def range_of_the_channel(weight, bits):
    return _below(np.ptp(_columns(weight), axis=0), weight, bits)


@mistake(
    "rounded down: so every small negative weight becomes -1 and not 0, and hardly a channel is "
    "lost. Quantizing rounds to the nearest."
)
def rounded_down(weight, bits):
    steps = np.floor(weight / (np.abs(weight).max() / (2 ** (bits - 1) - 1)))
    return int((_columns(steps) == 0).all(axis=0).sum())


@mistake(
    "rounded up: so every small positive weight becomes 1 and not 0, and hardly a channel is "
    "lost. Quantizing rounds to the nearest."
)
def rounded_up(weight, bits):
    return rounded_down(-weight, bits)


@mistake("the channels are on the last axis. You took those of the first.")
def first_axis(weight, bits):
    return _below(np.abs(weight).reshape(len(weight), -1).max(axis=1), weight, bits)


@mistake(
    "reshaped to (channels, rest), which mixes the channels: the last axis runs fastest and stays "
    "last, as in reshape(-1, channels)."
)
def mixed_channels(weight, bits):
    return _below(np.abs(weight).reshape(weight.shape[-1], -1).max(axis=1), weight, bits)


@mistake("those are the places of the lost channels. How many there are is asked for.")
def which_ones(weight, bits):
    scale = np.abs(weight).max() / (2 ** (bits - 1) - 1)
    return np.flatnonzero(largest_weights(weight) < scale / 2)


@mistake("that says of each channel whether it is lost. How many are is asked for: np.sum.")
def each_channel(weight, bits):
    return largest_weights(weight) < np.abs(weight).max() / (2 ** (bits - 1) - 1) / 2


@mistake("negative weights count too: np.abs first.")
def without_abs(weight, bits):
    return _below(_columns(weight).max(axis=0), weight, bits)


@mistake(
    "you counted channels in which some weight becomes 0. Lost is a channel only when all of them "
    "do."
)
def any_zero(weight, bits):
    scale = largest_weights(weight).max() / (2 ** (bits - 1) - 1)
    return int((np.abs(_columns(weight)) < scale / 2).any(axis=0).sum())


@mistake("you counted weights. Count channels.")
def single_weights(weight, bits):
    return _below(np.abs(weight), weight, bits)


@mistake("all channels were counted. Lost are only those of nothing but zeros.")
def all_channels(weight, bits):
    return weight.shape[-1]


@mistake("only axes 0 and 1 went. Before the channels there may be more, and all of them go.")
def two_axes_alone(weight, bits):
    return _below(np.abs(weight).max(axis=(0, 1)), weight, bits)


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
        (_channels(12, 9, 80, (8,)) * np.geomspace(1, 0.002, 8)[:, np.newaxis], 4),  # rows differ
    ],
    mistakes=(
        below_a_step,
        mean_size,
        median_size,
        standard_deviation,
        root_mean_square,
        norm_of_all,
        sum_of_all,
        sum_with_signs,
        range_of_the_channel,
        rounded_down,
        rounded_up,
        first_axis,
        mixed_channels,
        which_ones,
        each_channel,
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
