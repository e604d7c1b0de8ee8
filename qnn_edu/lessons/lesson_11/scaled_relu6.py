"""min(max(x, 0), 6 / factor): the cap is divided as the channel was."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(x, factor):
    return np.minimum(np.maximum(x, 0), 6 / factor)


@mistake("that is ReLU6 as before. The channel was divided by its factor, and the cap was not.")
def cap_as_before(x, factor):
    return np.clip(x, 0, 6)


@mistake("without a cap: that is another network, which lets through what ReLU6 cut off.")
def no_cap(x, factor):
    return np.maximum(x, 0)


@mistake("the cap grew with the factor. The channel was divided by it, so divide the cap too.")
def cap_times_factor(x, factor):
    return np.minimum(np.maximum(x, 0), 6 * factor)


@mistake("one cap for all channels. Each has a factor of its own, and so a cap of its own.")
def one_cap(x, factor):
    return np.minimum(np.maximum(x, 0), 6 / factor.max())


@mistake("that is what the next layer makes of it. Return what this activation puts out.")
def multiplied_back(x, factor):
    return np.clip(x * factor, 0, 6)


def _case(seed, n, channels):
    rng = default_rng(seed)
    factor = rng.permutation(np.geomspace(0.2, 9, channels))
    return rng.normal(2, 6, (n, channels)) / factor, factor


scaled_relu6 = Exercise(
    "The cap that scales along",
    solution,
    cases=[_case(0, 2, 3), _case(1, 8, 4), _case(2, 20, 7)],
    mistakes=(cap_as_before, no_cap, cap_times_factor, one_cap, multiplied_back),
    hints=(
        "factor * what you return must be min(max(factor * x, 0), 6).",
        "Divide that by factor, in both places: max(x, 0), and the cap becomes 6 / factor.",
        "np.minimum(np.maximum(x, 0), 6 / factor)",
    ),
    tolerance=FLOAT32,
)
