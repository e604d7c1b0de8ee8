"""Of all thresholds the one whose narrow grid has the least mean squared error."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(x, thresholds, bits):
    top = 2 ** (bits - 1) - 1  # the largest level of a narrow grid

    def loss(t):
        q = np.clip(np.round(x * top / t), -top, top)
        return np.mean((q * t / top - x) ** 2)

    return min(thresholds, key=loss)


def _narrow(x, t, bits):
    """`x` quantized and back, over `[-t, t]` on a narrow symmetric grid."""
    top = 2 ** (bits - 1) - 1
    return t / top * np.clip(np.round(x * top / t), -top, top)


@mistake(
    "without a clip the smallest threshold always wins: the steps get fine and nothing pays for "
    "it. Clip q to the grid."
)
def without_clipping(x, thresholds, bits):
    def loss(t):
        scale = t / (2 ** (bits - 1) - 1)
        return np.mean((scale * np.round(x / scale) - x) ** 2)

    return min(thresholds, key=loss)


@mistake(
    "that counts clipping alone (or takes the largest value). Rounding costs too: compare with "
    "the quantized values."
)
def clipping_only(x, thresholds, bits):
    return min(thresholds, key=lambda t: np.mean((np.clip(x, -t, t) - x) ** 2))


@mistake("that minimises the mean absolute error. The mean of the squares is asked for.")
def mean_absolute(x, thresholds, bits):
    def loss(t):
        return np.mean(np.abs(_narrow(x, t, bits) - x))

    return min(thresholds, key=loss)


@mistake("you returned the error. The threshold is asked for.")
def returns_the_loss(x, thresholds, bits):
    best = solution(x, thresholds, bits)
    return np.mean((_narrow(x, best, bits) - x) ** 2)


_WITH_OUTLIER = np.append(default_rng(5).normal(0, 1, 1000), 12.0)
_THRESHOLDS = np.linspace(0.5, 14, 55)  # beyond the outlier, at 12

best_threshold = Exercise(
    "The best threshold",
    solution,
    cases=[(_WITH_OUTLIER, _THRESHOLDS, bits) for bits in (3, 4, 6)],
    mistakes=(without_clipping, clipping_only, mean_absolute, returns_the_loss),
    hints=(
        "For each threshold t: quantize with a symmetric narrow grid over [-t, t], and measure.",
        "The mean squared error of scale * q - x, with q rounded and clipped to the grid.",
        "min(thresholds, key=loss), where loss(t) returns that mean squared error.",
    ),
    tolerance=1e-6,
)
