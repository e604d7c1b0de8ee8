"""beta + (bias - mean) * gamma / sqrt(variance + epsilon)."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(bias, gamma, beta, mean, variance, epsilon):
    return beta + (bias - mean) * gamma / np.sqrt(variance + epsilon)


@mistake(
    "the old bias came through as it was. The batch normalisation sees the sum with the bias in "
    "it, so the factor applies to the bias too."
)
def bias_not_scaled(bias, gamma, beta, mean, variance, epsilon):
    return bias + beta - mean * gamma / np.sqrt(variance + epsilon)


@mistake("the old bias is gone. It belongs beside the mean: bias - mean.")
def bias_forgotten(bias, gamma, beta, mean, variance, epsilon):
    return beta - mean * gamma / np.sqrt(variance + epsilon)


@mistake("you divided by the variance. A deviation is its square root.")
def without_root(bias, gamma, beta, mean, variance, epsilon):
    return beta + (bias - mean) * gamma / (variance + epsilon)


@mistake("epsilon stands under the root, beside the variance.")
def epsilon_outside(bias, gamma, beta, mean, variance, epsilon):
    return beta + (bias - mean) * gamma / (np.sqrt(variance) + epsilon)


@mistake("epsilon is missing. Where a variance is small it decides, and the result is off.")
def epsilon_forgotten(bias, gamma, beta, mean, variance, epsilon):
    return beta + (bias - mean) * gamma / np.sqrt(variance)


@mistake("beta is added last: the factor does not apply to it.")
def beta_scaled(bias, gamma, beta, mean, variance, epsilon):
    return (beta + bias - mean) * gamma / np.sqrt(variance + epsilon)


@mistake("the mean is subtracted: bias - mean.")
def mean_added(bias, gamma, beta, mean, variance, epsilon):
    return beta + (bias + mean) * gamma / np.sqrt(variance + epsilon)


def _norm(seed, channels, epsilon):
    """bias, gamma, beta, mean, variance, epsilon; some variances are small."""
    rng = default_rng(seed)
    four = [rng.normal(0, 1, channels) for _ in range(4)]
    return (*four, rng.uniform(0.02, 2, channels), epsilon)


folded_bias = Exercise(
    "The folded bias",
    solution,
    cases=[_norm(0, 3, 1e-3), _norm(1, 5, 1e-2), _norm(2, 16, 1e-3)],
    mistakes=(
        bias_not_scaled,
        bias_forgotten,
        without_root,
        epsilon_outside,
        epsilon_forgotten,
        beta_scaled,
        mean_added,
    ),
    hints=(
        "Put y = conv + bias into gamma * (y - mean) / sqrt(variance + epsilon) + beta. What does "
        "not depend on conv is the new bias.",
        "The factor is gamma / np.sqrt(variance + epsilon).",
        "beta + (bias - mean) * gamma / np.sqrt(variance + epsilon)",
    ),
    tolerance=FLOAT32,
)
