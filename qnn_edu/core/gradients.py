"""Gradients through a quantizer: what training uses in place of the slope that a staircase lacks.

A staircase has slope 0, except at its edges, where it has none. A straight-through estimator keeps
it in the forward pass and differentiates something smoother in the backward pass. `upstream` is
everywhere the gradient of the loss to what the quantizer gave; what comes back are gradients of the
loss to what went in.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.core.affine import along_channels
from qnn_edu.core.check import is_whole, real_array
from qnn_edu.core.params import QuantParams


def straight_through(x: Any, upstream: Any, params: QuantParams) -> np.ndarray:
    """The gradient to x, as if the quantizer were `clip(x, lo, hi)`: upstream inside, 0 outside.

    `lo` and `hi` are those of `params`, so after nudging, and count as inside. `x`, `upstream`:
    one shape, any, taken as float32. Returns float32, same shape. Bit for bit the gradient of
    `tf.quantization.fake_quant_with_min_max_vars` and `..._per_channel` (`upstream` times 0 or 1,
    so -0.0 and NaN come out where the op gives them), for ranges as in `fake_quant` and x without
    denormal numbers (below 1.2e-38; the op takes them as 0).

    Raises:
        ValueError: shapes that differ, text, empty arrays, a channel axis that does not fit.

    Source: Bengio et al. 2013, "Estimating or Propagating Gradients Through Stochastic Neurons for
    Conditional Computation" (the identity); Jacob et al. 2018, section 3 (in training).

    >>> p = QuantParams(scale=4, zero_point=0, bits=2)  # levels -8, -4, 0, 4
    >>> straight_through([-9, -8, 1, 4, 5], np.full(5, 0.5), p)
    array([0. , 0.5, 0.5, 0.5, 0. ], dtype=float32)
    """
    x, upstream = _pair(x, upstream, np.float32)
    lo, hi = (along_channels(end, params, x) for end in (params.lo, params.hi))
    with np.errstate(invalid="ignore"):
        return upstream * ((x >= lo) & (x <= hi))


def range_gradients(x: Any, upstream: Any, params: QuantParams) -> tuple[Any, Any]:
    """The gradients to the ends of the range: upstream summed over what was clipped to each.

    `x`, `upstream`: one shape, taken as float32. Returns two float32 numbers (to lo, to hi), or two
    1-D arrays of one entry per channel. As TensorFlow's op has them; summed here in float64 and
    there in float32, so they agree within about a millionth of the sum of |upstream|.

    What was rounded takes no part: the op treats an end as a clip and forgets that it moves the
    levels too. `learned_step` does not.

    Raises:
        ValueError: as `straight_through`.

    >>> p = QuantParams(scale=4, zero_point=0, bits=2)
    >>> lo, hi = range_gradients([-9, 1, 5, 6], [1, 2, 3, 4], p)
    >>> float(lo), float(hi)
    (1.0, 7.0)
    """
    x, upstream = _pair(x, upstream, np.float32)
    lo, hi = (along_channels(end, params, x) for end in (params.lo, params.hi))
    axes = None
    if params.axis is not None:
        axes = tuple(i for i in range(x.ndim) if i != params.axis % x.ndim)
    with np.errstate(invalid="ignore"):
        clipped = (upstream * (x < lo), upstream * (x > hi))
    below, above = (part.sum(axis=axes, dtype=np.float64).astype(np.float32) for part in clipped)
    return below, above


def learned_step(
    x: Any, upstream: Any, scale: float, qmin: int, qmax: int
) -> tuple[np.ndarray, float]:
    """The gradients to x and to the scale of `scale * clip(round(x / scale), qmin, qmax)` (LSQ).

    To x: upstream where `qmin < x / scale < qmax`, else 0. To the scale: upstream times
    `step_slope`, summed, times the gradient scale `1 / sqrt(N * qmax)`, N the number of values in
    x. Both in float64; the first of the shape of x.

    Raises:
        ValueError: shapes that differ, and what `step_slope` refuses.

    Source: Esser et al. 2020, "Learned Step Size Quantization", equation 3 (to the scale), equation
    5 (to x) and section 2.2 (the gradient scale).

    >>> to_x, to_scale = learned_step([-9.0, 1.0, 5.0], [1.0, 1.0, 1.0], 4.0, -2, 1)
    >>> to_x, round(to_scale, 4)  # (-2 - 0.25 + 1) / sqrt(3)
    (array([0., 1., 0.]), -0.7217)
    """
    x, upstream = _pair(x, upstream, np.float64)
    slope = step_slope(x, scale, qmin, qmax)
    with np.errstate(invalid="ignore", over="ignore"):
        steps = x / scale
        to_x = upstream * ((steps > qmin) & (steps < qmax))
        to_scale = (upstream * slope).sum() / np.sqrt(x.size * qmax)
    return to_x, float(to_scale)


def step_slope(x: Any, scale: float, qmin: int, qmax: int) -> np.ndarray:
    """By how much `scale * clip(round(x / scale), qmin, qmax)` grows with the scale, as LSQ has it.

        round(x / scale) - x / scale   where qmin < x / scale < qmax
        qmin or qmax                   at and beyond the ends

    `round` is half up, as in `fake_quant`; its own slope counts as 1. Count levels from the zero
    point, so that 0 is one of them. Returns float64, of the shape of x.

    Raises:
        ValueError: text, an empty array, a scale that is not one positive number, levels that are
            not whole or not `qmin <= 0 < qmax`.

    Source: Esser et al. 2020, equation 3.

    >>> step_slope([-9.0, 1.0, 2.5, 5.0], 4.0, -2, 1)
    array([-2.   , -0.25 ,  0.375,  1.   ])
    """
    scale = _positive("scale", scale)
    if not (is_whole(qmin) and is_whole(qmax) and qmin <= 0 < qmax):
        raise ValueError(
            f"qmin and qmax must be whole with qmin <= 0 < qmax, got {qmin!r} and {qmax!r}. Count "
            f"them from the zero point: qmin - zero_point, qmax - zero_point."
        )
    with np.errstate(invalid="ignore", over="ignore"):
        steps = real_array("x", x).astype(np.float64) / scale
        rounding = np.floor(steps + 0.5) - steps
    return np.where(steps <= qmin, qmin, np.where(steps >= qmax, qmax, rounding))


def learned_clip(x: Any, upstream: Any, alpha: float) -> tuple[np.ndarray, float]:
    """The gradients to x and to alpha of an activation clipped to `[0, alpha]` (PACT).

    To x: upstream where `0 <= x < alpha`, else 0. To alpha: upstream summed where `x >= alpha`.
    The quantizer behind the clip counts as the identity, so neither depends on its bits, nor on
    where x lies between two levels; in this it differs from `learned_step`. `x`, `upstream`: one
    shape, any. Both in float64; the first of the shape of x.

    Raises:
        ValueError: shapes that differ, text, empty arrays, an alpha that is not one positive
            number.

    Source: Choi et al. 2018, "PACT: Parameterized Clipping Activation for Quantized Neural
    Networks", equation 1 (the clip) and equation 3 (the gradient to alpha).

    >>> learned_clip([-1.0, 2.0, 6.0, 7.0], [1.0, 1.0, 1.0, 0.5], 6.0)
    (array([0., 1., 0., 0.]), 1.5)
    """
    x, upstream = _pair(x, upstream, np.float64)
    alpha = _positive("alpha", alpha)
    with np.errstate(invalid="ignore"):
        to_x = upstream * ((x >= 0) & (x < alpha))
        to_alpha = (upstream * (x >= alpha)).sum()
    return to_x, float(to_alpha)


def _pair(x: Any, upstream: Any, dtype: type) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(over="ignore"):
        x, upstream = (
            real_array(name, value).astype(dtype, copy=False)
            for name, value in (("x", x), ("upstream", upstream))
        )
    if x.shape != upstream.shape:
        raise ValueError(
            f"upstream holds one number for each of x: expected shape {x.shape}, got "
            f"{upstream.shape}. Broadcast it first: np.broadcast_to(upstream, x.shape)."
        )
    return x, upstream


def _positive(name: str, value: Any) -> float:
    number = real_array(name, value).astype(np.float64)
    if number.size != 1 or not (np.isfinite(number).all() and (number > 0).all()):
        raise ValueError(f"{name} must be one finite number above 0, got {value!r}.")
    return number.item()
