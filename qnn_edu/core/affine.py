"""The affine map between real numbers and integers: quantize, dequantize, and both at once.

Two kinds of arithmetic stand side by side, because two kinds are in use. `quantize` and
`dequantize` are what a phone computes (LiteRT's QUANTIZE and DEQUANTIZE operators); `fake_quant` is
what training computes (TensorFlow's fake-quant ops). They differ in the last bit, and by a step on
ties or within a float's rounding of one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from qnn_edu.core.check import channel_axis, real_array
from qnn_edu.core.params import QuantParams

BLOCK = 1 << 17  # float32 values worked on at a time: two blocks fit in a core's own cache


def quantize(x: Any, params: QuantParams) -> np.ndarray:
    """`q = clamp(round(x / scale) + zero_point, qmin, qmax)`, rounding half away from zero.

    `x`: real numbers of any shape, taken as float32. Returns integers of `params.dtype`, same
    shape. Bit for bit LiteRT's QUANTIZE operator with reference kernels wherever that one is
    defined (`|x / scale|` below 2**31); beyond, we saturate.

    Raises:
        ValueError: NaN or infinity in x, text, an empty array, a channel axis that does not fit.

    Source: Jacob et al. 2018, equation 1; LiteRT 8-bit quantization specification.

    >>> p = QuantParams(scale=0.5, zero_point=3)
    >>> quantize([-0.25, 0.0, 0.25, 1000.0], p)
    array([  2,   3,   4, 127], dtype=int8)
    """
    x = _float32(x)
    if not np.isfinite(x).all():
        raise ValueError(
            "x holds NaN or infinity (in float32), which no integer stands for. Clean or clip x."
        )
    scale, zero_point = _broadcastable(params, x)
    with np.errstate(over="ignore"):  # a quotient that overflows is clamped
        steps = x / scale
    # Clamping to whole numbers commutes with rounding; done first, it keeps the integers small.
    steps = np.clip(steps, params.qmin - zero_point, params.qmax - zero_point)
    whole = np.trunc(steps)
    # steps - whole is exact in float32, so this ties away from zero; trunc(steps + 0.5) would not.
    whole += np.copysign(np.abs(steps - whole) >= 0.5, steps)
    return (whole + zero_point).astype(params.dtype)


def dequantize(q: Any, params: QuantParams) -> np.ndarray:
    """`x = scale * (q - zero_point)` in float32.

    `q`: integers of any shape on the grid `qmin..qmax`. Returns float32, same shape. Bit for bit
    LiteRT's DEQUANTIZE operator with reference kernels.

    Raises:
        ValueError: q is not of integers, leaves the grid, is empty, or the axis does not fit.

    >>> dequantize([2, 3, 127], QuantParams(scale=0.5, zero_point=3))
    array([-0.5,  0. , 62. ], dtype=float32)
    """
    q = real_array("q", q)
    if q.dtype.kind not in "iu":
        raise ValueError(f"q must be integers, got dtype {q.dtype}. Did you mean quantize?")
    if q.min() < params.qmin or q.max() > params.qmax:
        raise ValueError(
            f"q holds values from {q.min()} to {q.max()}, outside the grid "
            f"{params.qmin}..{params.qmax}. Clamp q, or check bits, signed and narrow_range."
        )
    scale, zero_point = _broadcastable(params, q)
    # |q - zero_point| is below 2**16: exact in float32, so the product is rounded once.
    return scale * (q.astype(np.float32) - zero_point)


def fake_quant(x: Any, params: QuantParams) -> np.ndarray:
    """Quantize and dequantize at once, in floating point, as training simulates it.

    `x`: real numbers of any shape, taken as float32; infinities are clipped, NaN stays NaN. Returns
    float32, same shape. Bit for bit `tf.quantization.fake_quant_with_min_max_vars` and
    `..._per_channel` over the range that `params_from_range` was given, once it holds zero.

    Raises:
        ValueError: text, an empty array, a channel axis that does not fit.

    Source: Jacob et al. 2018, equation 12.

    >>> fake_quant([-0.3, 0.2, 0.3, 1000.0], QuantParams(scale=0.5, zero_point=3))
    array([-0.5,  0. ,  0.5, 62. ], dtype=float32)
    """
    x = _float32(x)
    out = np.empty(x.shape, np.float32)
    axis = _channel_axis(params, x)
    zero_level = np.float32(params.zero_point - params.qmin)  # counted from the grid's first
    columns = (params.lo, params.hi, params.scale, params.inverse_scale, zero_level)
    lo, hi, scale, inverse, zero = (np.atleast_1d(v)[:, None] for v in columns)
    for source, target, c in _blocks(x, out, axis):
        np.clip(source, lo[c], hi[c], out=target)
        target -= lo[c]
        if axis is None:  # TensorFlow's per-tensor op divides by the scale, its per-channel op
            target /= scale[c]  # multiplies by the inverse; on ties the difference can be seen
        else:
            target *= inverse[c]
        target -= zero[c]
        target += np.float32(0.5)
        np.floor(target, out=target)
        target *= scale[c]
    return out[()]


def _blocks(
    x: np.ndarray, out: np.ndarray, axis: int | None
) -> Iterator[tuple[np.ndarray, np.ndarray, slice]]:
    """Matching blocks of `x` and `out`, 3-D with the channels in the middle, and which channels.

    Eight passes over one block at a time find it in the processor's cache.
    """
    shape = (1, 1, x.size)
    if axis is not None:
        shape = (math.prod(x.shape[:axis]), x.shape[axis], math.prod(x.shape[axis + 1 :]))
    x, out = x.reshape(shape), out.reshape(shape)
    inner = min(shape[2], BLOCK)
    channels = min(shape[1], BLOCK // inner)
    outer = BLOCK // (inner * channels)
    starts = map(range, (0, 0, 0), x.shape, (outer, channels, inner))
    for i, c, j in product(*starts):
        channel = slice(c, c + channels)
        block = (slice(i, i + outer), channel, slice(j, j + inner))
        yield x[block], out[block], channel


def _float32(x: Any) -> np.ndarray:
    with np.errstate(over="ignore"):
        return real_array("x", x).astype(np.float32, copy=False)


def _channel_axis(params: QuantParams, x: np.ndarray) -> int | None:
    if params.axis is None:
        return None
    axis = channel_axis(params.axis, x.ndim)
    if x.shape[axis] != params.scale.size:
        raise ValueError(
            f"params hold {params.scale.size} channels on axis {params.axis}, but an array of "
            f"shape {x.shape} has {x.shape[axis]} there. Is it the right axis?"
        )
    return axis


def along_channels(values: Any, params: QuantParams, x: np.ndarray) -> Any:
    """`values`, one per channel of `params`, shaped to broadcast against `x`; one number as it is.

    Raises:
        ValueError: a channel axis that does not fit x.

    >>> params = QuantParams([0.5, 0.25], 0, axis=1)
    >>> along_channels(params.scale, params, np.zeros((3, 2, 4))).shape
    (1, 2, 1)
    """
    axis = _channel_axis(params, x)
    if axis is None:
        return values
    shape = [1] * x.ndim
    shape[axis] = -1
    return values.reshape(shape)


def _broadcastable(params: QuantParams, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scale and zero point in float32 (where both are exact), shaped to the channels of `x`."""
    zero_point = np.float32(params.zero_point)
    return along_channels(params.scale, params, x), along_channels(zero_point, params, x)
