"""Layers over whole dimensions: mean, softmax, and a frame around."""

from __future__ import annotations

from math import prod

import numpy as np

from qnn_edu.chip.layer import Layer, clamp_numbers
from qnn_edu.chip.refusal import require
from qnn_edu.core.fixed_point import INT32_MAX, quantize_multiplier
from qnn_edu.engine.kernels.nonlinear import DIFFERENCE_BITS
from qnn_edu.engine.node import Node


def mean(node: Node) -> Layer:
    """MEAN over dimensions that follow one another; the division is in the multiplier."""
    x, y = node.inputs[0], node.output
    require(x.shape != (), node.operator, "takes the mean of a single number, without dimensions.")
    axes = sorted({int(axis) % len(x.shape) for axis in node.inputs[1].data.ravel()})
    came = f"takes means along axes {axes}; only axes that follow one another are supported."
    require(axes and axes == list(range(axes[0], axes[-1] + 1)), node.operator, came)
    outer, inner = prod(x.shape[: axes[0]]), prod(x.shape[axes[-1] + 1 :])
    count = prod(x.shape[a] for a in axes)
    came = (
        f"has an output {y.shape}; the mean of {x.shape} along {axes} has {outer * inner} values."
    )
    require(prod(y.shape) == outer * inner, node.operator, came)
    require(count < 2**23, node.operator, "sums more than 2**23 values.")
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
    return Layer(node, "mean", node.operator.inputs[:1], numbers | clamp_numbers(node))


def softmax(node: Node) -> Layer:
    """SOFTMAX along the last axis: multiplier and shift bring `beta S_x` to steps of 2**-26."""
    x, y = node.inputs[0], node.output
    lowest, highest = np.iinfo(y.dtype).min, np.iinfo(y.dtype).max
    fixed = y.scale == np.float32(1 / 256) and y.zero_point == lowest
    require(fixed, node.operator, f"needs an output of scale 1/256 and zero point {lowest}.")
    require(x.shape != (), node.operator, "works on a single number, without dimensions.")
    came = f"has rows of {x.shape[-1]} values; at most 4095 fit its sum in 32 bits."
    require(x.shape[-1] < 2**12, node.operator, came)
    beta = np.float64(node.option("beta", 1.0))
    require(
        beta * x.scale > 2**-26, node.operator, f"has beta S_x = {beta * x.scale:g}: too small."
    )
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
    return Layer(node, "softmax", node.operator.inputs[:1], numbers)


def pad(node: Node) -> Layer:
    """PAD in up to four dimensions; fewer count as the last ones of four."""
    x, y = node.inputs[0], node.output
    widths = node.inputs[1].data
    came = f"pads {x.shape} by {widths.tolist()} to {y.shape}; at most 4 dimensions are supported."
    fits = widths.shape == (len(x.shape), 2) and len(x.shape) <= 4 and (widths >= 0).all()
    fits = fits and y.shape == tuple(int(n) for n in np.array(x.shape) + widths.sum(axis=1))
    require(bool(fits), node.operator, came)
    missing = 4 - len(x.shape)
    before = [0] * missing + widths[:, 0].tolist()
    numbers = {}
    ones = (1,) * missing
    for word, values in {"in": ones + x.shape, "out": ones + y.shape, "before": before}.items():
        numbers |= {f"{word}_{i}": value for i, value in enumerate(values)}
    return Layer(node, "pad", node.operator.inputs[:1], numbers | {"zero_point": y.zero_point})
