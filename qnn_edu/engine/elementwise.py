"""Operators that look at one value, or at a pair, at a time."""

from __future__ import annotations

from math import frexp

import numpy as np

from qnn_edu.core.affine import dequantize, quantize
from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finisher, float32_rule

LEFT_SHIFT = 20  # places after the point that a sum of two scales keeps


def add(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M_a (q_a - Z_a) + M_b (q_b - Z_b)) + Z)`, shapes broadcast."""
    return _sum(node, a, b, 1)


def sub(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """As `add`, the second input negated."""
    return _sum(node, a, b, -1)


def mul(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M (q_a - Z_a) (q_b - Z_b)) + Z)` with `M = S_a S_b / S`."""
    (x, y), (s, t) = _offset(node, a, b), (each.scale for each in node.inputs)
    if node.kernels == "xnnpack":
        return finisher(node, float32_rule(s * t / node.output.scale))(x * y)
    return _double(node, x * y, s * t / node.output.scale)


def relu(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = max(round(M (q_x - Z_x)) + Z, Z)` with `M = S_x / S` in float32; Z stands for 0."""
    ratio = np.float64(np.float32(node.inputs[0].scale) / np.float32(node.output.scale))
    rescaled = _double(node, *_offset(node, x), ratio)
    return np.maximum(rescaled, node.output.dtype.type(node.output.zero_point))


def relu6(node: Node, x: np.ndarray) -> np.ndarray:
    """As `relu`, and at most the integer of 6."""
    return np.minimum(relu(node, x), quantize(6.0, node.output.params))


def requantize(node: Node, x: np.ndarray) -> np.ndarray:
    """QUANTIZE from integers: `q = clamp(round(M (q_x - Z_x)) + Z)` with `M = S_x / S`."""
    (q,) = _offset(node, x)
    same_type = x.dtype == node.output.dtype
    if node.kernels == "xnnpack" and same_type:  # a multiplier of 8 places after the point
        multiplier = int(np.rint(256 * node.inputs[0].scale / node.output.scale))
        return finisher(node, lambda acc: (acc * multiplier + 128) >> 8)(q)
    vectorized = node.kernels != "reference" and x.dtype == np.int8
    return _double(node, q, _ratio(node), ties_up=vectorized & _whole_vectors(x, 16))


def quantize_(node: Node, x: np.ndarray) -> np.ndarray:
    """QUANTIZE from real numbers: `q = clamp(round(x / S) + Z)`.

    Reference kernels are `core.quantize`. The others multiply by `1 / S` in float32 and round half
    to even; what is left over of eight values at once, "optimized" divides in float64.
    """
    if x.dtype.kind != "f":
        return requantize(node, x)
    if node.kernels == "reference":
        return quantize(x, node.output.params)
    even = np.rint(x * (1 / node.output.scale))
    exact = x.astype(np.float64) / node.output.scale
    away = np.trunc(exact + np.copysign(np.nextafter(0.5, 0), exact))
    fast = node.kernels == "xnnpack" or _whole_vectors(x, 8)
    return finisher(node, lambda steps: steps)(np.where(fast, even, away))


def dequantize_(node: Node, q: np.ndarray) -> np.ndarray:
    """`x = S (q - Z)` in float32; "optimized" takes eight values at once as `S q - S Z`."""
    x = dequantize(q, node.inputs[0].params)
    if node.kernels != "optimized":
        return x
    scale, zero_point = node.inputs[0].scale, np.float32(node.inputs[0].zero_point)
    return np.where(_whole_vectors(q, 8), q.astype(np.float32) * scale - zero_point * scale, x)


def _whole_vectors(x: np.ndarray, width: int) -> np.ndarray:
    """Which values of an image vectorised code takes `width` at once; the last few it does not."""
    size = x[0].size
    return (np.arange(size) < size // width * width).reshape(x[0].shape)


def _sum(node: Node, a: np.ndarray, b: np.ndarray, sign: int) -> np.ndarray:
    """Each input is brought to a scale of 2 max(S_a, S_b) / 2**20, where both fit; then the sum."""
    x, y = _offset(node, a, b)
    s, t = (tensor.scale for tensor in node.inputs)
    if node.kernels == "xnnpack":
        return _xnnpack_sum(node, x, y * sign)
    twice = 2 * np.float64(max(s, t))
    m, n = (quantize_multiplier(np.float64(scale) / twice) for scale in (s, t))
    total = double_rounding(x << LEFT_SHIFT, *m) + sign * double_rounding(y << LEFT_SHIFT, *n)
    return _double(node, total, twice / (2**LEFT_SHIFT * np.float64(node.output.scale)))


def _xnnpack_sum(node: Node, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """One shift for both: the larger multiplier has 21 bits, and the sum is rounded half up."""
    a, b = (np.float32(t.scale / node.output.scale) for t in node.inputs)
    shift = LEFT_SHIFT - (frexp(max(a, b))[1] - 1)
    m, n = (int(np.rint(np.ldexp(each, shift))) for each in (a, b))
    return finisher(node, lambda acc: (acc + (1 << (shift - 1))) >> shift)(x * m + y * n)


def _double(
    node: Node, acc: np.ndarray, scale: float, ties_up: np.ndarray | bool = False
) -> np.ndarray:
    """Double rounding with one multiplier for all values."""
    m = quantize_multiplier(np.float64(scale))
    return finisher(node, lambda acc: double_rounding(acc, *m, ties_up=ties_up))(acc)


def _ratio(node: Node) -> np.float64:
    return np.float64(node.inputs[0].scale) / node.output.scale


def _offset(node: Node, *arrays: np.ndarray) -> list[np.ndarray]:
    """`q - Z` as int64."""
    return [q.astype(np.int64) - t.zero_point for q, t in zip(arrays, node.inputs, strict=True)]
