"""Operators that bring every value to another scale: QUANTIZE, DEQUANTIZE, RELU."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from qnn_edu.core.affine import dequantize, quantize
from qnn_edu.core.rounding import half_away
from qnn_edu.engine.kernel import FLOATS, INTEGERS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finisher, offset, rescaled
from qnn_edu.engine.rules import of_one_size, within_32_bits
from qnn_edu.engine.vectors import whole_vectors


def relu(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = max(round(M (q_x - Z_x)) + Z, Z)` with `M = S_x / S` in float32; Z stands for 0."""
    q = rescaled(node, offset(node, x)[0], relu_ratio(node))
    return np.maximum(q, node.output.dtype.type(node.output.zero_point))


def relu6(node: Node, x: np.ndarray) -> np.ndarray:
    """As `relu`, and at most the integer of 6."""
    return np.minimum(relu(node, x), quantize(6.0, node.output.params))


def requantize(node: Node, x: np.ndarray) -> np.ndarray:
    """QUANTIZE from integers: `q = clamp(round(M (q_x - Z_x)) + Z)` with `M = S_x / S`."""
    (q,) = offset(node, x)
    same_type = x.dtype == node.output.dtype
    if node.kernels == "xnnpack" and same_type:  # a multiplier of 8 places after the point
        multiplier = int(np.rint(256 * node.inputs[0].scale / node.output.scale))
        return finisher(node, lambda acc: (acc * multiplier + 128) >> 8)(q)
    vectorized = node.kernels != "reference" and x.dtype == np.int8
    return rescaled(node, q, ratio(node), ties_up=vectorized & whole_vectors(x.shape[1:], 16))


def quantize_(node: Node, x: np.ndarray) -> np.ndarray:
    """QUANTIZE from real numbers: `q = clamp(round(x / S) + Z)`.

    Reference kernels are `core.quantize`. The others multiply by `1 / S` in float32 and round half
    to even; what is left over of eight values at once, "optimized" divides in float64.
    """
    if node.kernels == "reference":
        return quantize(x, node.output.params)
    even = np.rint(x * (1 / node.output.scale))
    away = half_away(x.astype(np.float64) / node.output.scale)
    fast = node.kernels == "xnnpack" or whole_vectors(x.shape[1:], 8)
    return finisher(node, lambda steps: steps)(np.where(fast, even, away))


def dequantize_(node: Node, q: np.ndarray) -> np.ndarray:
    """`x = S (q - Z)` in float32; "optimized" takes eight values at once as `S q - S Z`.

    Where every channel has a scale of its own, it does not.
    """
    tensor = node.inputs[0]
    if node.kernels != "optimized" or tensor.axis is not None:
        return dequantize(q, tensor.params)
    return dequantized_by_eights(q, tensor)


def dequantized_by_eights(q: np.ndarray, tensor: Any) -> np.ndarray:
    """`S q - S Z` of eight values at once, and of the few that are left over `S (q - Z)`."""
    scale, zero_point = tensor.scale, np.float32(tensor.zero_point)
    fast = q.astype(np.float32) * scale - zero_point * scale
    return np.where(whole_vectors(q.shape[1:], 8), fast, dequantize(q, tensor.params))


def relu_ratio(node: Node) -> np.float64:
    """`S_x / S` of RELU and RELU6, which divide in float32 where QUANTIZE does in float64.

    >>> from qnn_edu.tflite.graph import Operator, Tensor
    >>> x, y = (
    ...     Tensor(0, "", (1,), np.dtype(np.int8), np.float32(scale), 0)
    ...     for scale in (0.027315523, 0.011997406)
    ... )
    >>> relu = Node(Operator(0, "RELU", 1, (0,), (1,)), (x,), (y,), "reference")
    >>> bool(56 * relu_ratio(relu) < 127.5 < 56 * np.float64(x.scale) / y.scale)
    True
    """
    return np.float64(np.float32(node.inputs[0].scale) / np.float32(node.output.scale))


def ratio(node: Node) -> np.float64:
    """`S_x / S` of QUANTIZE, in float64.

    >>> from qnn_edu.tflite.graph import Operator, Tensor
    >>> x, y = (Tensor(0, "", (1,), np.dtype("i1"), np.float32(s), 0) for s in (0.5, 0.25))
    >>> float(ratio(Node(Operator(0, "QUANTIZE", 1, (0,), (1,)), (x,), (y,), "reference")))
    2.0
    """
    return np.float64(node.inputs[0].scale) / node.output.scale


def _of_channels(node: Node) -> Iterator[str]:
    """There is a scale for every channel, where channels have their own."""
    for tensor in (*node.inputs, *node.outputs):
        if tensor is not None and tensor.axis is not None:
            channels = tensor.shape[tensor.axis : tensor.axis + 1]
            if channels != np.shape(tensor.scale):
                yield f"{tensor.short_name!r} has {np.size(tensor.scale)} scales for {channels}"


REQUANTIZED = (of_one_size, within_32_bits(ratio, 1))
CLAMPED = (of_one_size, within_32_bits(relu_ratio, 1))

KERNELS = (
    Kernel("QUANTIZE", requantize, to=INTEGERS, rules=REQUANTIZED),
    Kernel("QUANTIZE", quantize_, FLOATS, to=INTEGERS, rules=(of_one_size, _of_channels)),
    Kernel("DEQUANTIZE", dequantize_, to=FLOATS, rules=(of_one_size, _of_channels)),
    Kernel("RELU", relu, rules=CLAMPED),
    Kernel("RELU6", relu6, rules=CLAMPED),
)
