"""Layers over whole dimensions: mean, softmax, the place of the largest."""

from __future__ import annotations

from math import prod

import numpy as np

from qnn_edu.chip.layer import Layer, clamp_numbers, layer
from qnn_edu.chip.refusal import require
from qnn_edu.core.fixed_point import INT32_MAX, quantize_multiplier
from qnn_edu.engine.kernels.nonlinear import DIFFERENCE_BITS
from qnn_edu.engine.node import Node


def mean(node: Node) -> Layer:
    """MEAN over dimensions that follow one another; the division is in the multiplier."""
    x, y = node.inputs[0], node.output
    require(x.shape != (), "it takes the mean of a single number, without dimensions")
    axes = sorted({int(axis) % len(x.shape) for axis in node.inputs[1].data.ravel()})
    along = bool(axes) and axes == list(range(axes[0], axes[-1] + 1))
    require(along, f"it takes means along axes {axes}; expected axes that follow one another")
    outer, inner = prod(x.shape[: axes[0]]), prod(x.shape[axes[-1] + 1 :])
    count = prod(x.shape[a] for a in axes)
    came = f"its output is {y.shape}; the mean of {x.shape} along {axes} has {outer * inner} values"
    require(prod(y.shape) == outer * inner, came)
    require(count < 2**23, "it sums 2**23 values or more")
    multiplier, shift = quantize_multiplier(np.float64(x.scale) / y.scale)
    bits = min(count.bit_length() - 1, 32, 31 + shift)
    numbers = {
        "outer": outer,
        "count": count,
        "inner": inner,
        "x_zero_point": x.zero_point,
        "y_zero_point": y.zero_point,
        "multiplier": (multiplier << bits) // count,
        "shift": shift - bits,
    }
    return layer(node, "mean", numbers | clamp_numbers(node))


def softmax(node: Node) -> Layer:
    """SOFTMAX along the last axis: multiplier and shift bring `beta S_x` to steps of 2**-26."""
    x, y = node.inputs[0], node.output
    lowest, highest = np.iinfo(y.dtype).min, np.iinfo(y.dtype).max
    fixed = y.scale == np.float32(1 / 256) and y.zero_point == lowest
    require(fixed, f"its output needs the scale 1/256 and the zero point {lowest}")
    require(x.shape != (), "it works on a single number, without dimensions")
    came = f"its rows have {x.shape[-1]} values; at most 4095 fit its sum in 32 bits"
    require(x.shape[-1] < 2**12, came)
    beta = np.float64(node.option("beta", 1.0))
    require(beta * x.scale > 2**-26, f"beta S_x is {beta * x.scale:g}: too small")
    multiplier, shift = quantize_multiplier(min(beta * x.scale * 2**26, INT32_MAX))
    numbers = {
        "rows": prod(x.shape[:-1]),
        "size": x.shape[-1],
        "multiplier": multiplier,
        "shift": shift,
        "farthest": -int((2**DIFFERENCE_BITS - 1) * 2.0**26 / 2.0**shift),
        "lowest": lowest,
        "highest": highest,
    }
    return layer(node, "softmax", numbers)


def arg_max(node: Node) -> Layer:
    """ARG_MAX along any axis."""
    shape = node.inputs[0].shape
    axis = int(node.inputs[1].data.ravel()[0]) % len(shape)
    outer, inner = prod(shape[:axis]), prod(shape[axis + 1 :])
    return layer(node, "arg_max", {"outer": outer, "count": shape[axis], "inner": inner})
