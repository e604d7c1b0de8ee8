"""Folding batch normalisation: two linear maps in a row are one, so the second is for free.

In inference a batch normalisation is a factor and an offset for each channel (`affine_form`), and
both go into the weights and the bias of the layer before (`fold_affine`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.core.check import channel_axis, real_array


def fold_batch_norm(
    weight: Any,
    bias: Any,
    gamma: Any,
    beta: Any,
    mean: Any,
    variance: Any,
    epsilon: float,
    *,
    axis: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias of the one layer that does what a layer and its batch normalisation do.

    `weight * gamma / sqrt(variance + epsilon)` and
    `beta + (bias - mean) * gamma / sqrt(variance + epsilon)`, channel by channel.

    `axis`: the axis of `weight` that counts output channels. The other arrays are 1-D, an entry a
    channel; None stands for a `bias` of 0, a `gamma` of 1 and a `beta` of 0. All are taken as
    float32. Returns float32: the weights in the shape of `weight`, the bias 1-D.

    In float32 and in the order of TensorFlow's converter. The weights still differ from its file
    by a few units in the last place, since its `rsqrt` is an estimate that processors make each in
    their own way; here it is the root, rounded.

    Raises:
        ValueError: an array with text, NaN or infinity, or of another length than there are
            channels, a negative variance or epsilon, both 0, a result too large for float32, an
            axis that does not fit.

    Source: Ioffe and Szegedy 2015, "Batch Normalization", algorithm 2; Jacob et al. 2018, equation
    14.

    >>> w, b = fold_batch_norm(
    ...     [[1, 2], [3, 4]], None, gamma=[2, 1], beta=[0, 5], mean=[1, 1], variance=[4, 1],
    ...     epsilon=0, axis=1,
    ... )
    >>> w.tolist(), b.tolist()
    ([[1.0, 2.0], [3.0, 4.0]], [-1.0, 4.0])
    """
    variance = _vector("variance", variance)
    power = variance + _epsilon(epsilon)
    if (variance < 0).any() or (power == 0).any():
        raise ValueError(
            "fold_batch_norm: every variance must be 0 or more, and above 0 once epsilon is added; "
            f"the smallest is {variance.min():.6g}, epsilon {epsilon!r}."
        )
    factor, offset = affine_form(gamma, beta, mean, 1 / np.sqrt(power))
    return fold_affine(weight, bias, factor, offset, axis=axis)


def affine_form(
    gamma: Any, beta: Any, mean: Any, inverse_deviation: Any
) -> tuple[np.ndarray, np.ndarray]:
    """`factor = gamma * inverse_deviation`, `offset = beta - mean * factor`.

    Batch normalisation in inference is `y = factor * x + offset`. All are 1-D with an entry a
    channel and taken as float32; `inverse_deviation` is `1 / sqrt(variance + epsilon)`, None stands
    for a `gamma` of 1 and a `beta` of 0.

    Raises:
        ValueError: text, NaN, infinity, arrays of different length, a result too large for float32.

    >>> factor, offset = affine_form([2.0], [1.0], mean=[3.0], inverse_deviation=[0.5])
    >>> factor.tolist(), offset.tolist()
    ([1.0], [-2.0])
    """
    inverse_deviation = _vector("inverse_deviation", inverse_deviation)
    channels = inverse_deviation.size
    mean = _vector("mean", mean, channels)
    gamma = np.ones_like(mean) if gamma is None else _vector("gamma", gamma, channels)
    beta = np.zeros_like(mean) if beta is None else _vector("beta", beta, channels)
    with np.errstate(over="ignore", invalid="ignore"):
        factor = gamma * inverse_deviation
        offset = beta - mean * factor
    return _finite("factor", factor), _finite("offset", offset)


def fold_affine(
    weight: Any, bias: Any, factor: Any, offset: Any, *, axis: int
) -> tuple[np.ndarray, np.ndarray]:
    """`weight * factor` and `bias * factor + offset`: a layer with `factor * y + offset` behind it.

    Arguments, result and errors as in `fold_batch_norm`. Holds for every layer that is linear in
    its weights and adds its bias last; an activation in between would stand in the way.

    >>> w, b = fold_affine([[1, 2], [3, 4]], [1, 1], factor=[10, 1], offset=[0, 5], axis=0)
    >>> w.tolist(), b.tolist()
    ([[10.0, 20.0], [3.0, 4.0]], [10.0, 6.0])
    """
    weight = _float32("weight", weight)
    axis = channel_axis(axis, weight.ndim)
    channels = weight.shape[axis]
    factor, offset = _vector("factor", factor, channels), _vector("offset", offset, channels)
    along = [1] * weight.ndim
    along[axis] = -1
    with np.errstate(over="ignore", invalid="ignore"):
        folded = weight * factor.reshape(along)
        bias = offset if bias is None else _vector("bias", bias, channels) * factor + offset
    return _finite("the folded weight", folded), _finite("the folded bias", bias)


def _vector(name: str, value: Any, channels: int | None = None) -> np.ndarray:
    array = _float32(name, value)
    if array.ndim != 1 or channels not in (None, array.size):
        count = "an entry a channel" if channels is None else f"{channels} entries, one a channel"
        raise ValueError(
            f"{name} must be 1-D with {count}; got shape {array.shape}. Do gamma, beta, mean and "
            "variance belong to this layer, and does axis count its output channels?"
        )
    return array


def _float32(name: str, value: Any) -> np.ndarray:
    with np.errstate(over="ignore"):
        return _finite(name, real_array(name, value).astype(np.float32))


def _finite(name: str, array: np.ndarray) -> np.ndarray:
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinity (in float32). Is a variance nearly 0?")
    return array


def _epsilon(value: Any) -> np.float32:
    epsilon = real_array("epsilon", value).astype(np.float32)
    if epsilon.ndim or not (np.isfinite(epsilon) and epsilon >= 0):
        raise ValueError(f"epsilon must be one number, 0 or more; got {value!r}.")
    return np.float32(epsilon)
