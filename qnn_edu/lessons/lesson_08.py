"""Exercises of lesson 08: folding batch normalisation."""

from __future__ import annotations

import numpy as np

from qnn_edu.lessons.exercise import Exercise, Mistake

RNG = np.random.default_rng


def _folded_bias(bias, gamma, beta, mean, variance, epsilon):
    return beta + (bias - mean) * gamma / np.sqrt(variance + epsilon)


def _bias_not_scaled(bias, gamma, beta, mean, variance, epsilon):
    return bias + beta - mean * gamma / np.sqrt(variance + epsilon)


def _bias_forgotten(bias, gamma, beta, mean, variance, epsilon):
    return beta - mean * gamma / np.sqrt(variance + epsilon)


def _without_root(bias, gamma, beta, mean, variance, epsilon):
    return beta + (bias - mean) * gamma / (variance + epsilon)


def _epsilon_outside(bias, gamma, beta, mean, variance, epsilon):
    return beta + (bias - mean) * gamma / (np.sqrt(variance) + epsilon)


def _epsilon_forgotten(bias, gamma, beta, mean, variance, epsilon):
    return beta + (bias - mean) * gamma / np.sqrt(variance)


def _beta_scaled(bias, gamma, beta, mean, variance, epsilon):
    return (beta + bias - mean) * gamma / np.sqrt(variance + epsilon)


def _mean_added(bias, gamma, beta, mean, variance, epsilon):
    return beta + (bias + mean) * gamma / np.sqrt(variance + epsilon)


def _norm(seed, channels, epsilon):
    """bias, gamma, beta, mean, variance, epsilon; some variances are small."""
    rng = RNG(seed)
    four = [rng.normal(0, 1, channels) for _ in range(4)]
    return (*four, rng.uniform(0.02, 2, channels), epsilon)


folded_bias = Exercise(
    "The folded bias",
    _folded_bias,
    [_norm(0, 3, 1e-3), _norm(1, 5, 1e-2), _norm(2, 16, 1e-3)],
    (
        Mistake(
            _bias_not_scaled,
            "the old bias came through as it was. The batch normalisation sees the sum with the "
            "bias in it, so the factor applies to the bias too.",
        ),
        Mistake(_bias_forgotten, "the old bias is gone. It belongs beside the mean: bias - mean."),
        Mistake(
            _without_root,
            "you divided by the variance. A deviation is its square root.",
        ),
        Mistake(_epsilon_outside, "epsilon stands under the root, beside the variance."),
        Mistake(
            _epsilon_forgotten,
            "epsilon is missing. Where a variance is small it decides, and the result is off.",
        ),
        Mistake(_beta_scaled, "beta is added last: the factor does not apply to it."),
        Mistake(_mean_added, "the mean is subtracted: bias - mean."),
    ),
    (
        "Put y = conv + bias into gamma * (y - mean) / sqrt(variance + epsilon) + beta. What does "
        "not depend on conv is the new bias.",
        "The factor is gamma / np.sqrt(variance + epsilon).",
        "beta + (bias - mean) * gamma / np.sqrt(variance + epsilon)",
    ),
    tolerance=1e-6,
)


def _depthwise_fold(weight, factor):
    channels, multiplier = weight.shape[2:]
    return weight * factor.reshape(channels, multiplier)


def _transposed(weight, factor):
    channels, multiplier = weight.shape[2:]
    return weight * factor.reshape(multiplier, channels).T


def _last_axis_alone(weight, factor):
    return weight * factor[: weight.shape[3]]


def _input_channel_alone(weight, factor):
    return weight * factor[: weight.shape[2], np.newaxis]


def _left_flat(weight, factor):
    return weight.reshape(*weight.shape[:2], -1) * factor


def _divided(weight, factor):
    return weight / factor.reshape(weight.shape[2:])


def _depthwise(seed, channels, multiplier):
    rng = RNG(seed)
    weight = rng.normal(0, 1, (3, 3, channels, multiplier))
    return weight, rng.uniform(0.5, 4, channels * multiplier)


depthwise_fold = Exercise(
    "The factor on depthwise weights",
    _depthwise_fold,
    [_depthwise(0, 4, 2), _depthwise(1, 2, 3), _depthwise(2, 5, 1)],
    (
        Mistake(
            _transposed,
            "the factors went to the wrong places. Output channel k comes from input channel "
            "k // multiplier, so the multiplier counts fastest: reshape to (channels, multiplier).",
        ),
        Mistake(
            _last_axis_alone,
            "only as many factors as the multiplier were used, the same for every input channel.",
        ),
        Mistake(
            _input_channel_alone,
            "one factor for each input channel. With a multiplier of 2, two outputs come from "
            "each, and each has a factor of its own.",
        ),
        Mistake(_left_flat, "right values, but the weights must keep their four axes."),
        Mistake(_divided, "you divided. The factor multiplies."),
    ),
    (
        "There are channels * multiplier outputs, and a factor for each. Weights: (3, 3, channels, "
        "multiplier).",
        "Output k belongs to input channel k // multiplier. Which shape must the factors have so "
        "that broadcasting finds them?",
        "weight * factor.reshape(weight.shape[2:])",
    ),
    tolerance=1e-6,
)


def _largest(weight):
    return np.abs(weight).reshape(-1, weight.shape[-1]).max(axis=0)


def _lost_channels(weight, bits):
    largest = np.abs(weight).reshape(-1, weight.shape[-1]).max(axis=0)
    scale = largest.max() / (2 ** (bits - 1) - 1)
    return int(np.sum(largest < scale / 2))


def _below_a_step(weight, bits):
    largest = _largest(weight)
    return int(np.sum(largest < largest.max() / (2 ** (bits - 1) - 1)))


def _mean_size(weight, bits):
    mean = np.abs(weight).reshape(-1, weight.shape[-1]).mean(axis=0)
    return int(np.sum(mean < _largest(weight).max() / (2 ** (bits - 1) - 1) / 2))


def _without_abs(weight, bits):
    largest = weight.reshape(-1, weight.shape[-1]).max(axis=0)
    return int(np.sum(largest < _largest(weight).max() / (2 ** (bits - 1) - 1) / 2))


def _any_zero(weight, bits):
    scale = _largest(weight).max() / (2 ** (bits - 1) - 1)
    zero = np.abs(weight) < scale / 2
    return int(zero.reshape(-1, weight.shape[-1]).any(axis=0).sum())


def _single_weights(weight, bits):
    scale = _largest(weight).max() / (2 ** (bits - 1) - 1)
    return int((np.abs(weight) < scale / 2).sum())


def _channels(seed, channels, spread, window=(3, 3)):
    rng = RNG(seed)
    widths = np.geomspace(1, 1 / spread, channels)
    rng.shuffle(widths)
    return rng.normal(0, 1, (*window, channels)) * widths


lost_channels = Exercise(
    "Channels that turn into zeros",
    _lost_channels,
    [
        (_channels(0, 16, 100), 4),
        (_channels(1, 32, 2000), 8),
        (_channels(2, 24, 20), 3),
        (_channels(3, 12, 30, (1, 1, 6)), 2),
    ],
    (
        Mistake(
            _below_a_step,
            "you compared with a whole step. Rounding to the nearest level keeps everything from "
            "half a step on.",
        ),
        Mistake(_mean_size, "the largest weight of a channel decides, not the mean."),
        Mistake(_without_abs, "negative weights count too: np.abs first."),
        Mistake(
            _any_zero,
            "you counted channels in which some weight becomes 0. Lost is a channel only when all "
            "of them do.",
        ),
        Mistake(_single_weights, "you counted weights. Count channels."),
    ),
    (
        "One narrow symmetric scale for the whole tensor: the largest |w| over 2^(bits - 1) - 1.",
        "A weight rounds to 0 below half a step. A channel is lost when its largest does.",
        "largest = np.abs(weight).reshape(-1, weight.shape[-1]).max(axis=0), then count "
        "largest < scale / 2",
    ),
)


def _cut_idle(weight, bias, beta, variance, epsilon):
    idle = variance < epsilon
    return np.where(idle, 0, weight), np.where(idle, beta, bias)


def _weights_alone(weight, bias, beta, variance, epsilon):
    return np.where(variance < epsilon, 0, weight), bias


def _bias_to_zero(weight, bias, beta, variance, epsilon):
    idle = variance < epsilon
    return np.where(idle, 0, weight), np.where(idle, 0, bias)


def _busy_ones(weight, bias, beta, variance, epsilon):
    busy = variance >= epsilon
    return np.where(busy, 0, weight), np.where(busy, beta, bias)


def _beta_everywhere(weight, bias, beta, variance, epsilon):
    return np.where(variance < epsilon, 0, weight), beta


def _least_alone(weight, bias, beta, variance, epsilon):
    idle = variance == variance.min()
    return np.where(idle, 0, weight), np.where(idle, beta, bias)


def _widest(weight, bias, beta, variance, epsilon):
    largest = _largest(weight)
    idle = largest == largest.max()
    return np.where(idle, 0, weight), np.where(idle, beta, bias)


def _idle_case(seed, window, channels, idle, epsilon):
    """One channel that is not idle has a variance of just epsilon."""
    rng = RNG(seed)
    variance = np.append(rng.uniform(0.1, 2, channels - 1), epsilon)
    variance[list(idle)] = rng.uniform(0, epsilon, len(idle))
    weight = rng.normal(0, 1, (*window, channels))
    return weight, rng.normal(0, 1, channels), rng.normal(0, 1, channels), variance, epsilon


cut_idle = Exercise(
    "Cut the idle channels",
    _cut_idle,
    [
        _idle_case(0, (3, 3), 6, [2], 1e-3),
        _idle_case(1, (1, 1, 4), 8, [0, 5], 1e-2),
        _idle_case(2, (3, 3), 4, [], 1e-3),
    ],
    (
        Mistake(
            _weights_alone,
            "the weights are cut, but the bias still makes up for them. Without its weights an "
            "idle channel answers beta.",
        ),
        Mistake(_bias_to_zero, "an idle channel does answer something, always the same: beta."),
        Mistake(_busy_ones, "the other way round: idle is where the variance is below epsilon."),
        Mistake(_beta_everywhere, "busy channels keep their folded bias."),
        Mistake(
            _least_alone,
            "you cut the channel of least variance. There may be several idle ones, or none.",
        ),
        Mistake(
            _widest,
            "you cut the widest channel. Width is no crime; what counts is that it never changes.",
        ),
    ),
    (
        "Idle means that the variance is below epsilon. Channels are on the last axis of weight.",
        "An idle channel's sum is always the mean, and gamma * 0 / anything + beta is beta.",
        "np.where(variance < epsilon, 0, weight), and np.where(variance < epsilon, beta, bias)",
    ),
    tolerance=1e-6,
)
