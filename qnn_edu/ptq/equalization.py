"""Cross-layer equalization: what a channel is large by goes over to the layer that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qnn_edu.core.check import channel_axis, real_array

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Equalized:
    """Two layers after `equalize`, in float32, and `factor`, what each channel was divided by."""

    first: Array
    bias: Array | None
    second: Array
    cap: Array | None
    factor: Array


def equalize(
    first: Any,
    bias: Any,
    second: Any,
    *,
    first_axis: int,
    second_axis: int,
    cap: Any = None,
) -> Equalized:
    """Two layers with a ReLU between them that compute the same, their channels alike in size.

    Channel c is divided by `s = sqrt(r1 / r2)` where it is made and multiplied by it where it is
    read, `r1` and `r2` its largest |weight| in `first` and in `second`; then both are `sqrt(r1
    r2)`. A ReLU lets s > 0 through, `relu(x / s) = relu(x) / s`; a cap does not stay where it is,
    `min(x, cap) / s = min(x / s, cap / s)`, so ReLU6 becomes a cap for each channel.

    `first_axis` counts the channels that `first` makes, `second_axis` those that `second` reads, of
    any shape otherwise; a depthwise layer makes and reads along one axis. `bias`: of `first`,
    (channels,) or None. `cap`: one number or (channels,), None for a ReLU without. A channel whose
    weights are all 0, in one of the two, is left alone.

    In a chain of layers one pair disturbs the next: go over all pairs until every factor is 1. The
    end is the same whatever the channels were scaled by at first.

    Raises:
        ValueError: text, NaN or infinity, an axis that does not fit, another number of channels, a
            cap that is not above 0.

    Source: Nagel et al. 2019, "Data-free quantization", section 4.1, equations 6 to 9 and 11.

    >>> pair = equalize(
    ...     [[8.0, 1.0]], [4.0, 0.0], [[2.0], [1.0]], first_axis=1, second_axis=0, cap=6
    ... )
    >>> pair.first.tolist(), pair.second.tolist(), pair.bias.tolist(), pair.cap.tolist()
    ([[4.0, 1.0]], [[4.0], [1.0]], [2.0, 0.0], [3.0, 6.0])
    """
    one, other = _finite("first", first), _finite("second", second)
    first_axis, second_axis = (
        channel_axis(first_axis, one.ndim),
        channel_axis(second_axis, other.ndim),
    )
    channels = one.shape[first_axis]
    if other.shape[second_axis] != channels:
        raise ValueError(
            f"equalize: first makes {channels} channels on axis {first_axis} of {one.shape}, "
            f"second reads {other.shape[second_axis]} on axis {second_axis} of {other.shape}."
        )
    made, read = _largest(one, first_axis), _largest(other, second_axis)
    both = (made > 0) & (read > 0)
    factor = np.sqrt(np.divide(made, read, out=np.ones_like(made), where=both))
    return Equalized(
        _float32(one / _along(factor, first_axis, one.ndim)),
        None if bias is None else _float32(_channels("bias", bias, channels) / factor),
        _float32(other * _along(factor, second_axis, other.ndim)),
        None if cap is None else _float32(_caps(cap, channels) / factor),
        factor,
    )


def _largest(weight: Array, axis: int) -> Array:
    """The largest |weight| of each channel."""
    return np.abs(np.moveaxis(weight, axis, 0)).reshape(weight.shape[axis], -1).max(axis=1)


def _along(factor: Array, axis: int, ndim: int) -> Array:
    """Factors, shaped to run along an axis of `ndim`."""
    return factor.reshape([-1 if i == axis else 1 for i in range(ndim)])


def _caps(cap: Any, channels: int) -> Array:
    caps = _finite("cap", cap)
    caps = _channels("cap", np.full(channels, caps) if caps.ndim == 0 else caps, channels)
    if not (caps > 0).all():
        raise ValueError(f"equalize: cap must be above 0, got {cap!r}; None for a ReLU without.")
    return caps


def _channels(name: str, value: Any, channels: int) -> Array:
    array = _finite(name, value)
    if array.shape != (channels,):
        raise ValueError(f"equalize: {name} has shape {array.shape}; expected ({channels},).")
    return array


def _float32(array: Array) -> Array:
    return array.astype(np.float32)


def _finite(name: str, value: Any) -> Array:
    array = real_array(name, value).astype(np.float64)
    if not np.isfinite(array).all():
        raise ValueError(f"equalize: {name} holds NaN or infinity.")
    return array
