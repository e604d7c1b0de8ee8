"""AdaRound: up or down is learned, by a penalty that leaves nothing in between."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.ptq.rounding.rounded import Array, Rounded, Task, task

LOW, HIGH = -0.1, 1.1  # the sigmoid is stretched to these and cut off, so that 0 and 1 are reached
PENALTY = 0.3  # in steps squared; with less, hundreds of iterations leave many undecided
SHARPEST, BLUNTEST = 2.0, 20.0  # the exponent of the penalty falls from one to the other
WARM = 0.2  # the share of iterations without a penalty
DECIDED = 1e-3  # how near 0 or 1 is there


def adaround(
    weight: Any, step: Any, gram: Any, *, bits: int, iterations: int = 400, rate: float = 0.1
) -> Rounded:
    """Learn for each weight whether it goes up or down, all at once, by gradient descent.

    A weight is `step * clip(floor(weight / step) + h(v))`, with `h(v) = clip(1.2 sigmoid(v) - 0.1,
    0, 1)` from 0 to 1, at first as far up as the weight lies. Adam lowers the error of the outputs,
    which `gram` gives without a look at the inputs, plus `0.3 * sum(1 - |2 h - 1|**beta)`, where
    beta falls from 20 to 2: late, that pushes each h to an end. What is not there then is rounded
    to the nearer end, and counted in `undecided`.

    `weight`, `step`, `gram` as in `gptq`.

    Raises:
        ValueError: what does not fit; see `task`.

    Source: Nagel et al. 2020, "Up or down?", equations 21 to 24.

    >>> both = [[1.0, 1.0], [1.0, 1.0]]
    >>> found = adaround([[0.4], [0.45]], 1.0, both, bits=4)
    >>> found.levels.tolist(), found.undecided
    ([[0], [1]], 0.0)
    """
    layer = task(weight, step, gram, bits)
    floor = np.floor(layer.weight / layer.step)
    h = _learned(layer, floor, iterations, rate)
    up = h > 0.5
    undecided = float(((h > DECIDED) & (h < 1 - DECIDED)).mean())
    return layer.rounded(layer.nearest(floor + up), undecided=undecided)


def _learned(layer: Task, floor: Array, iterations: int, rate: float) -> Array:
    """How far up each weight goes in the end, from 0 to 1."""
    part = layer.weight / layer.step - floor
    scaled = (part - LOW) / (HIGH - LOW)
    v = np.log(scaled / (1 - scaled))
    # In units in which the mean input has power 1, the penalty weighs as much in every layer.
    power = np.trace(layer.gram) / len(layer.gram)
    gram = layer.gram / power if power > 0 else np.eye(len(layer.gram))
    first, second = np.zeros_like(v), np.zeros_like(v)
    for i in range(iterations):
        gradient = _gradient(layer, gram, floor, v, i / iterations)
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        unbiased = first / (1 - 0.9 ** (i + 1)), second / (1 - 0.999 ** (i + 1))
        v -= rate * unbiased[0] / (np.sqrt(unbiased[1]) + 1e-8)
    return _stretched(v)[0]


def _gradient(layer: Task, gram: Array, floor: Array, v: Array, time: float) -> Array:
    """The gradient to v, of error and penalty, when `time` of 1 is over."""
    h, slope = _stretched(v)
    levels = floor + h
    inside = np.abs(levels) <= layer.highest
    error = np.clip(levels, -layer.highest, layer.highest) - layer.weight / layer.step
    of_h = 2 * inside * (gram @ error)
    if time >= WARM:
        left = 1 - (time - WARM) / (1 - WARM)
        beta = SHARPEST + (BLUNTEST - SHARPEST) * (1 + np.cos(np.pi * (1 - left))) / 2
        away = 2 * h - 1
        of_h -= PENALTY * 2 * beta * np.sign(away) * np.abs(away) ** (beta - 1)
    return of_h * slope


def _stretched(v: Array) -> tuple[Array, Array]:
    """The rectified sigmoid h and its derivative."""
    sigmoid = 1 / (1 + np.exp(-v))
    h = sigmoid * (HIGH - LOW) + LOW
    inside = (h > 0) & (h < 1)
    return np.clip(h, 0, 1), inside * sigmoid * (1 - sigmoid) * (HIGH - LOW)
