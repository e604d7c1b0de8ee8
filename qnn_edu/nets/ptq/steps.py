"""Steps chosen from outside: of weights and of activations, by least squares or by extremes."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.core import clipping
from qnn_edu.nets.qat import straight_through
from qnn_edu.nets.qat.layers import FakeQuantActivation, as_array
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer

SEEN = 1 << 15  # values of an activation on which its step is searched for


def weight_step(layer: QuantizedLayer, kernel: np.ndarray, *, least_squares: bool) -> np.ndarray:
    """The step of a layer's grid for this kernel, broadcasting against it.

    `least_squares`: of the least rounding error, else the largest weight gets the highest level.

    >>> from qnn_edu.nets import quantize_aware
    >>> from qnn_edu.nets.models import digits_net
    >>> conv = quantize_aware(digits_net(), weight_bits=4, first_last_bits=4).get_layer("conv")
    >>> weight_step(conv, np.ones((3, 3, 1, 16)), least_squares=False).shape
    (1, 1, 1, 16)
    """
    axes = layer._shared
    rows = np.moveaxis(kernel, axes, range(len(axes))).reshape(
        int(np.prod([kernel.shape[axis] for axis in axes])), -1
    )
    grid = {"symmetric": True, "narrow_range": True, "bits": layer.bits}
    ends = clipping.mse(rows, axis=1, **grid)[1] if least_squares else np.abs(rows).max(axis=0)
    shape = [1 if axis in axes else n for axis, n in enumerate(kernel.shape)]
    step = np.maximum(ends / layer.highest, straight_through.SMALLEST)
    return step.astype(np.float32).reshape(shape)


def set_range(quantizer: FakeQuantActivation, x: Any, member: int, *, least_squares: bool) -> None:
    """Let a quantizer cover `x`: its extremes, or with fewer than 8 bits the range of least error.

    One with several members covers each; the widest decides.
    """
    if quantizer.ranges == "fixed":
        return
    values = np.asarray(x, np.float32).ravel()
    lo, hi = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    if least_squares and quantizer.bits < 8 and quantizer.positive and hi > 0:
        some = values
        if len(values) > SEEN:  # drawn: evenly spaced ones can be of one channel alone
            some = values[np.random.default_rng(0).integers(len(values), size=SEEN)]
        hi = min(hi, float(clipping.mse(np.maximum(some, 0), bits=quantizer.bits)[1]))
    seen = np.atleast_1d(as_array(quantizer.seen)).copy()
    if quantizer.ranges == "ema":
        for variable, end in (
            (quantizer.lo, 0.0 if quantizer.positive else lo),
            (quantizer.hi, hi),
        ):
            ends = np.atleast_1d(as_array(variable)).copy()
            ends[member] = end
            variable.assign(ends.reshape(variable.shape))
    else:
        learned = max(hi, -lo) / (1 if quantizer.ranges == "clipped" else quantizer._highest())
        before = float(as_array(quantizer.learned)) if seen.any() else 0.0
        quantizer.learned.assign(max(learned, before, straight_through.SMALLEST))
    seen[member] = max(seen[member], 1)
    quantizer.seen.assign(seen.reshape(quantizer.seen.shape))
