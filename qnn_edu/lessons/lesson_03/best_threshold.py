"""Of all thresholds the one whose narrow grid has the least mean squared error."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(x, thresholds, bits):
    top = 2 ** (bits - 1) - 1  # the largest level of a narrow grid
    t = thresholds[:, None]  # a row for each
    q = np.clip(np.round(x * top / t), -top, top)
    losses = np.mean((q * t / top - x) ** 2, axis=1)
    return thresholds[np.argmin(losses)]


def _narrow(x, t, bits):
    """`x` quantized and back, over `[-t, t]` on a narrow symmetric grid."""
    top = 2 ** (bits - 1) - 1
    return t / top * np.clip(np.round(x * top / t), -top, top)


@mistake(
    "yours is always the smallest threshold. Without a clip that one wins: the steps get fine and "
    "nothing pays for it. Clip q to the grid, and compare what comes back with x."
)
def always_the_smallest(x, thresholds, bits):
    return min(thresholds)


@mistake("yours is always the largest threshold. It clips nothing, and its steps are the coarsest.")
def always_the_largest(x, thresholds, bits):
    return max(thresholds)


@mistake("yours is always the first threshold of the list. Which is best depends on x.")
def always_the_first(x, thresholds, bits):
    return thresholds[0]


@mistake("yours is always the last threshold of the list. Which is best depends on x.")
def always_the_last(x, thresholds, bits):
    return thresholds[-1]


@mistake("you compared levels with x. Multiply them by the scale first.")
def levels_compared(x, thresholds, bits):
    top = 2 ** (bits - 1) - 1

    def loss(t):
        return np.mean((np.clip(np.round(x * top / t), -top, top) - x) ** 2)

    return min(thresholds, key=loss)


@mistake("that counts clipping alone. Rounding costs too: compare with the quantized values.")
def clipping_only(x, thresholds, bits):
    return min(thresholds, key=lambda t: np.mean((np.clip(x, -t, t) - x) ** 2))


@mistake("that minimises the mean absolute error. The mean of the squares is asked for.")
def mean_absolute(x, thresholds, bits):
    return min(thresholds, key=lambda t: np.mean(np.abs(_narrow(x, t, bits) - x)))


@mistake("that minimises the largest error. The mean of the squares is asked for.")
def largest_error(x, thresholds, bits):
    return min(thresholds, key=lambda t: np.abs(_narrow(x, t, bits) - x).max())


@mistake("you returned the error. The threshold is asked for.")
def returns_the_loss(x, thresholds, bits):
    return min(np.mean((_narrow(x, t, bits) - x) ** 2) for t in thresholds)


@mistake("you returned the place of the threshold in the list. The threshold is asked for.")
def returns_the_index(x, thresholds, bits):
    return np.argmin([np.mean((_narrow(x, t, bits) - x) ** 2) for t in thresholds])


@mistake("that is the largest size in x. Of the thresholds given, the best one is asked for.")
def largest_size(x, thresholds, bits):
    return np.abs(x).max()


@mistake(
    "your grid is a wide one, with 2^bits - 1 steps from -t to t. A narrow grid has 2^(bits - 1) "
    "- 1 steps from 0 to t, and no more levels below than above."
)
def wide_grid(x, thresholds, bits):
    end = 2 ** (bits - 1)

    def loss(t):
        scale = 2 * t / (2 * end - 1)
        return np.mean((np.clip(np.round(x / scale), -end, end - 1) * scale - x) ** 2)

    return min(thresholds, key=loss)


def _with_outlier(seed, bits, size=60):
    """Values, among them an outlier of either sign, and thresholds to both sides of it."""
    rng = default_rng(seed)
    thresholds = rng.permutation(np.append(rng.uniform(0.4, 6, 12), rng.uniform(6, 14, 3)))
    outlier = rng.choice([-1, 1]) * rng.uniform(3, 11)
    return np.append(rng.normal(0, 1, size), outlier), thresholds, bits


best_threshold = Exercise(
    "The best threshold",
    solution,
    cases=[_with_outlier(seed, 2 + seed % 5) for seed in range(24)],
    mistakes=(
        always_the_smallest,
        always_the_largest,
        always_the_first,
        always_the_last,
        levels_compared,
        clipping_only,
        mean_absolute,
        largest_error,
        returns_the_loss,
        returns_the_index,
        largest_size,
        wide_grid,
    ),
    hints=(
        "For each threshold t: quantize with a symmetric narrow grid over [-t, t], and measure.",
        "The mean squared error of scale * q - x, with q rounded and clipped to the grid.",
        "min(thresholds, key=loss), where loss(t) returns that mean squared error.",
    ),
    tolerance=FLOAT32,
    pairs=False,
)
