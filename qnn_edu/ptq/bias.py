"""Bias correction: rounded weights shift the mean of every output, and the bias takes it back."""

from __future__ import annotations

from math import erf
from typing import Any

import numpy as np

from qnn_edu.core.check import real_array

Array = np.ndarray


def correct_bias(
    bias: Any, weight: Any, rounded: Any, mean: Any, *, float_mean: Any = None
) -> Array:
    """`bias + float_mean @ weight - mean @ rounded`: the mean output is what it was.

    `weight`, `rounded`: (inputs, outputs). `mean`: (inputs,), of the inputs that the rounded layer
    gets, `float_mean` of those that the float layer got, None if they are the same. `bias`:
    (outputs,). Returns float64, (outputs,).

    Empirical, the means are measured: `Moments.mean` and `Moments.float_mean`, which takes back
    what the layers before shifted, too. Analytic, without data, they follow from the batch
    normalisation before: `relu_mean`.

    Raises:
        ValueError: shapes that do not fit, NaN or infinity.

    Source: Nagel et al. 2019, "Data-free quantization through weight equalization and bias
    correction", section 4.2 (analytic) and appendix D (empirical).

    >>> correct_bias([0.0], [[0.4], [0.4]], [[0.0], [0.5]], mean=[1.0, 2.0]).round(3)
    array([0.2])
    """
    bias, weight, rounded, mean = (
        _finite(name, value)
        for name, value in (
            ("bias", bias),
            ("weight", weight),
            ("rounded", rounded),
            ("mean", mean),
        )
    )
    float_mean = mean if float_mean is None else _finite("float_mean", float_mean)
    inputs, outputs = weight.shape if weight.ndim == 2 else (None, None)
    fits = rounded.shape == weight.shape and bias.shape == (outputs,)
    if not (fits and mean.shape == float_mean.shape == (inputs,)):
        raise ValueError(
            "correct_bias: expected weight and rounded (inputs, outputs), bias (outputs,), means "
            f"(inputs,); got {weight.shape}, {rounded.shape}, {bias.shape}, {mean.shape} and "
            f"{float_mean.shape}."
        )
    return bias + float_mean @ weight - mean @ rounded


def relu_mean(mean: Any, deviation: Any, *, cap: Any = np.inf) -> Array:
    """The mean of `min(max(y, 0), cap)` where y is normal: what a ReLU passes on, without data.

    `m * (P(b) - P(a)) + s * (p(a) - p(b)) + cap * (1 - P(b))` with `a = -m / s`, `b = (cap - m) /
    s`, p and P the standard normal density and its integral. Behind batch normalisation y has mean
    `beta` and deviation `|gamma|`. All arrays (channels,); `cap` 6 for ReLU6, or one a channel.

    Raises:
        ValueError: a negative deviation, NaN, shapes that do not fit.

    Source: Nagel et al. 2019, appendix C.

    >>> relu_mean([0.0, 3.0], [1.0, 0.0]).round(4).tolist()
    [0.3989, 3.0]
    """
    mean, deviation = _finite("mean", mean), _finite("deviation", deviation)
    cap = real_array("cap", cap).astype(np.float64)
    if (deviation < 0).any() or not (cap > 0).all():
        raise ValueError("relu_mean: deviation must be 0 or more, and cap above 0.")
    try:
        mean, deviation, cap = np.broadcast_arrays(mean, deviation, cap)
    except ValueError:
        raise ValueError(
            f"relu_mean: mean, deviation and cap differ in shape: {mean.shape}, {deviation.shape} "
            f"and {cap.shape}."
        ) from None
    s = np.maximum(deviation, np.finfo(np.float64).tiny)
    with np.errstate(over="ignore"):
        a, b = -mean / s, (cap - mean) / s
    above = np.where(np.isinf(cap), 0, 1 - _integral(b)) * np.where(np.isinf(cap), 0, cap)
    return mean * (_integral(b) - _integral(a)) + s * (_density(a) - _density(b)) + above


def _density(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


def _integral(x: Array) -> Array:
    return 0.5 * (1 + np.vectorize(erf, otypes=[np.float64])(x / np.sqrt(2)))


def _finite(name: str, value: Any) -> Array:
    array = real_array(name, value).astype(np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinity.")
    return array
