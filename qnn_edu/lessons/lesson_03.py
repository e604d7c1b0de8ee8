"""Exercises of lesson 03: choosing the range."""

from __future__ import annotations

import numpy as np

from qnn_edu.lessons.exercise import Exercise, Mistake

RNG = np.random.default_rng


def _narrow_scale(w, bits):
    return np.abs(w).max() / (2 ** (bits - 1) - 1)


def _wide_scale(w, bits):
    return np.abs(w).max() / 2 ** (bits - 1)


def _all_steps(w, bits):
    return np.abs(w).max() / (2**bits - 1)


def _always_127(w, bits):
    return np.abs(w).max() / 127


def _max_without_abs(w, bits):
    return w.max() / (2 ** (bits - 1) - 1)


def _asymmetric(w, bits):
    return (w.max() - w.min()) / (2**bits - 2)


_SKEWED = np.array([-2.0, 0.5, 1.25, -0.125])

narrow_scale = Exercise(
    "Scale of narrow symmetric weights",
    _narrow_scale,
    [(_SKEWED, 8), (-_SKEWED, 8), (RNG(0).normal(0, 1, 100), 4), (_SKEWED, 2)],
    (
        Mistake(
            _wide_scale,
            "you divided by 2^(bits - 1), 128 at 8 bits. That level exists on the negative side "
            "only, and narrow range gives it up: the grid ends at 127 on both sides.",
        ),
        Mistake(
            _all_steps,
            "you divided the largest |w| by the steps of the whole grid. They cover -max to +max, "
            "twice as much.",
        ),
        Mistake(
            _always_127,
            "you divided by 127 whatever the bits. 127 is the largest integer at 8 bits; at n bits "
            "it is 2^(n - 1) - 1.",
        ),
        Mistake(
            _max_without_abs,
            "w.max() forgets the negative weights. The largest size counts: np.abs(w).max().",
        ),
        Mistake(
            _asymmetric,
            "that is the scale of the range [min, max]. Symmetric means [-a, a], whatever the "
            "other end does.",
        ),
    ),
    (
        "Which integers does a narrow signed grid of 8 bits have? The largest is 127.",
        "The largest |w| is to land on the largest integer.",
        "np.abs(w).max() / (2 ** (bits - 1) - 1)",
    ),
    tolerance=1e-6,
)


def _channel_scales(w, axis):
    others = tuple(i for i in range(w.ndim) if i != axis)
    return np.abs(w).max(axis=others) / 127


def _one_for_all(w, axis):
    return np.full(w.shape[axis], np.abs(w).max() / 127)


def _along_the_axis(w, axis):
    return np.abs(w).max(axis=axis) / 127


def _first_axis(w, axis):
    return np.abs(w).reshape(len(w), -1).max(axis=1) / 127


def _last_axis(w, axis):
    return np.abs(w).reshape(-1, w.shape[-1]).max(axis=0) / 127


def _channels_by_128(w, axis):
    return _channel_scales(w, axis) * 127 / 128


def _channels_without_abs(w, axis):
    others = tuple(i for i in range(w.ndim) if i != axis)
    return w.max(axis=others) / 127


channel_scales = Exercise(
    "A scale for each channel",
    _channel_scales,
    [
        (RNG(1).normal(0, 1, (4, 3, 3, 2)), 0),
        (RNG(2).normal(0, 1, (1, 3, 3, 5)), 3),
        (RNG(3).normal(0, 1, (2, 6, 4, 3)), 1),
    ],
    (
        Mistake(_one_for_all, "all channels got the scale of the whole tensor."),
        Mistake(
            _along_the_axis,
            "np.max(..., axis=axis) removes the channel axis and keeps the others. It is the other "
            "way round: reduce over all axes but that one.",
        ),
        Mistake(
            _first_axis,
            "you took axis 0 as the channels, always. A depthwise layer has them on axis 3.",
        ),
        Mistake(
            _last_axis,
            "you took the last axis as the channels, always. A LiteRT convolution has them on "
            "axis 0.",
        ),
        Mistake(_channels_by_128, "a narrow grid ends at 127 on both sides: divide by 127."),
        Mistake(_channels_without_abs, "the negative weights are forgotten: np.abs(w) first."),
    ),
    (
        "The result has one entry per channel: shape (w.shape[axis],).",
        "np.max takes a tuple of axes. Which axes must go?",
        "others = tuple(i for i in range(w.ndim) if i != axis); np.abs(w).max(axis=others) / 127",
    ),
    tolerance=1e-6,
)


def _moving_average(maxima, decay):
    average = maxima[0]
    for value in maxima[1:]:
        average = decay * average + (1 - decay) * value
    return average


def _starts_at_zero(maxima, decay):
    average = 0.0
    for value in maxima:
        average = decay * average + (1 - decay) * value
    return average


def _swapped_decay(maxima, decay):
    average = maxima[0]
    for value in maxima[1:]:
        average = (1 - decay) * average + decay * value
    return average


def _whole_series(maxima, decay):
    series = [maxima[0]]
    for value in maxima[1:]:
        series.append(decay * series[-1] + (1 - decay) * value)
    return np.array(series)


def _plain_mean(maxima, decay):
    return np.mean(maxima)


def _plain_max(maxima, decay):
    return np.max(maxima)


moving_average = Exercise(
    "Moving average of a range",
    _moving_average,
    [
        (np.array([4.0, 5.0, 3.0, 13.0, 4.0]), 0.9),
        (np.array([1.0, 2.0]), 0.99),
        (RNG(4).uniform(3, 6, 50), 0.95),
    ],
    (
        Mistake(
            _starts_at_zero,
            "your average starts at zero and needs a long time to climb away from it. Until then "
            "the range is far too small and everything is clipped. Start at the first value.",
        ),
        Mistake(
            _swapped_decay,
            "decay and 1 - decay are swapped: yours forgets the past and follows every batch.",
        ),
        Mistake(
            _whole_series, "that is the average after every batch; only the last is asked for."
        ),
        Mistake(_plain_mean, "that is the plain mean: it never forgets."),
        Mistake(_plain_max, "that is the maximum: one bad batch decides for ever."),
    ),
    (
        "New average = decay times the old one + (1 - decay) times the new value.",
        "What is the average after the first value alone? That value.",
        "average = maxima[0]; then, value by value, decay * average + (1 - decay) * value",
    ),
    tolerance=1e-6,
)


def _best_threshold(x, thresholds, bits):
    top = 2 ** (bits - 1) - 1  # the largest level of a narrow grid

    def loss(t):
        q = np.clip(np.round(x * top / t), -top, top)
        return np.mean((q * t / top - x) ** 2)

    return min(thresholds, key=loss)


def _narrow(x, t, bits):
    """`x` quantized and back, over `[-t, t]` on a narrow symmetric grid."""
    top = 2 ** (bits - 1) - 1
    return t / top * np.clip(np.round(x * top / t), -top, top)


def _without_clipping(x, thresholds, bits):
    def loss(t):
        scale = t / (2 ** (bits - 1) - 1)
        return np.mean((scale * np.round(x / scale) - x) ** 2)

    return min(thresholds, key=loss)


def _clipping_only(x, thresholds, bits):
    return min(thresholds, key=lambda t: np.mean((np.clip(x, -t, t) - x) ** 2))


def _mean_absolute(x, thresholds, bits):
    def loss(t):
        return np.mean(np.abs(_narrow(x, t, bits) - x))

    return min(thresholds, key=loss)


def _returns_the_loss(x, thresholds, bits):
    best = _best_threshold(x, thresholds, bits)
    return np.mean((_narrow(x, best, bits) - x) ** 2)


_WITH_OUTLIER = np.append(RNG(5).normal(0, 1, 1000), 12.0)
_THRESHOLDS = np.linspace(0.5, 14, 55)  # beyond the outlier, at 12

best_threshold = Exercise(
    "The best threshold",
    _best_threshold,
    [(_WITH_OUTLIER, _THRESHOLDS, bits) for bits in (3, 4, 6)],
    (
        Mistake(
            _without_clipping,
            "without a clip the smallest threshold always wins: the steps get fine and nothing "
            "pays for it. Clip q to the grid.",
        ),
        Mistake(
            _clipping_only,
            "that counts clipping alone (or takes the largest value). Rounding costs too: compare "
            "with the quantized values.",
        ),
        Mistake(
            _mean_absolute,
            "that minimises the mean absolute error. The mean of the squares is asked for.",
        ),
        Mistake(_returns_the_loss, "you returned the error. The threshold is asked for."),
    ),
    (
        "For each threshold t: quantize with a symmetric narrow grid over [-t, t], and measure.",
        "The mean squared error of scale * q - x, with q rounded and clipped to the grid.",
        "min(thresholds, key=loss), where loss(t) returns that mean squared error.",
    ),
    tolerance=1e-6,
)
