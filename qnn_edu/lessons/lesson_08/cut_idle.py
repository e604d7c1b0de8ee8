"""A channel whose variance is below epsilon answers beta: its weights go, its bias is beta."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.lesson_08.channels import largest_weights
from qnn_edu.lessons.mistakes import mistake


def solution(weight, bias, beta, variance, epsilon):
    idle = variance < epsilon
    return np.where(idle, 0, weight), np.where(idle, beta, bias)


@mistake(
    "the weights are cut, but the bias still makes up for them. Without its weights an idle "
    "channel answers beta."
)
def weights_alone(weight, bias, beta, variance, epsilon):
    return np.where(variance < epsilon, 0, weight), bias


@mistake("an idle channel does answer something, always the same: beta.")
def bias_to_zero(weight, bias, beta, variance, epsilon):
    idle = variance < epsilon
    return np.where(idle, 0, weight), np.where(idle, 0, bias)


@mistake("the other way round: idle is where the variance is below epsilon.")
def busy_ones(weight, bias, beta, variance, epsilon):
    busy = variance >= epsilon
    return np.where(busy, 0, weight), np.where(busy, beta, bias)


@mistake("busy channels keep their folded bias.")
def beta_everywhere(weight, bias, beta, variance, epsilon):
    return np.where(variance < epsilon, 0, weight), beta


@mistake("you cut the channel of least variance. There may be several idle ones, or none.")
def least_alone(weight, bias, beta, variance, epsilon):
    idle = variance == variance.min()
    return np.where(idle, 0, weight), np.where(idle, beta, bias)


@mistake("you cut the widest channel. Width is no crime; what counts is that it never changes.")
def widest(weight, bias, beta, variance, epsilon):
    largest = largest_weights(weight)
    idle = largest == largest.max()
    return np.where(idle, 0, weight), np.where(idle, beta, bias)


@mistake("the idle channels are gone. They stay where they are, with weights of 0.")
def removed(weight, bias, beta, variance, epsilon):
    busy = variance >= epsilon
    return weight[..., busy], bias[busy]


def _idle_case(seed, window, channels, idle, epsilon):
    """One channel that is not idle has a variance of just epsilon."""
    rng = default_rng(seed)
    variance = np.append(rng.uniform(0.1, 2 + seed, channels - 1), epsilon)
    variance[list(idle)] = rng.uniform(0, epsilon, len(idle))
    variance[list(idle[:1])] /= 1000  # below the square of epsilon too
    variance[0] = variance[0] if 0 in idle else epsilon * rng.uniform(1, 2)
    weight = rng.normal(0, 1, (*window, channels))
    return weight, rng.normal(0, 1, channels), rng.normal(0, 1, channels), variance, epsilon


cut_idle = Exercise(
    "Cut the idle channels",
    solution,
    cases=[
        _idle_case(4, (2,), 3, [1], 1e-2),
        _idle_case(0, (3, 3), 6, [2], 1e-3),
        _idle_case(1, (1, 1, 4), 8, [0, 5], 1e-2),
        _idle_case(2, (3, 3), 4, [], 1e-3),
        _idle_case(3, (5,), 6, [1, 2, 4], 0.25),
        _idle_case(5, (3,), 9, [0], 1e-2),
        _idle_case(6, (3, 3), 7, [2, 3], 5e-3),
        _idle_case(7, (4,), 5, [1, 2, 3], 1e-3),
    ],
    mistakes=(
        weights_alone,
        bias_to_zero,
        busy_ones,
        beta_everywhere,
        least_alone,
        widest,
        removed,
    ),
    hints=(
        "Idle means that the variance is below epsilon. Channels are on the last axis of weight.",
        "An idle channel's sum is always the mean, and gamma * 0 / anything + beta is beta.",
        "np.where(variance < epsilon, 0, weight), and np.where(variance < epsilon, beta, bias)",
    ),
    tolerance=FLOAT32,
)
