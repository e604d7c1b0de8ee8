"""Layers with weights: the file's own arrays, and the multipliers of the reference kernels."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from qnn_edu.chip.arrays import Array
from qnn_edu.chip.layer import Layer, clamp_numbers, layer
from qnn_edu.chip.multipliers import fixed_point, halves, layer_scale
from qnn_edu.chip.refusal import require
from qnn_edu.chip.windows import window_numbers
from qnn_edu.engine.node import Node


def conv_2d(node: Node) -> Layer:
    """CONV_2D, weights (filters, kernel_h, kernel_w, channels of a group)."""
    window = window_numbers(node, _filters_of(node, axis=0))
    return _filters(node, "conv_2d", window, channels=node.inputs[1].shape[3])


def depthwise_conv_2d(node: Node) -> Layer:
    """DEPTHWISE_CONV_2D, weights (1, kernel_h, kernel_w, filters)."""
    window = window_numbers(node, _filters_of(node, axis=3))
    return _filters(node, "depthwise_conv_2d", window, channels=1)


def fully_connected(node: Node) -> Layer:
    """FULLY_CONNECTED, weights (outputs, inputs)."""
    outputs, inputs = _filters_of(node, axis=0), node.inputs[1].shape[1]
    rows = prod(node.output.shape) // outputs
    high, low, shift = halves(layer_scale(node), outputs)
    numbers = {"rows": rows, "inputs": inputs, "outputs": outputs}
    numbers |= _zero_points(node, "x", "w", "y") | clamp_numbers(node) | _constants(node)
    numbers |= _made(node, high=high, low=low, shift=shift)
    return layer(node, "fully_connected", numbers)


def _filters(node: Node, kernel: str, window: dict[str, int], channels: int) -> Layer:
    multiplier, shift = fixed_point(layer_scale(node), window["out_channels"])
    numbers: dict[str, Any] = {"window": window, "channels": channels}
    numbers |= _zero_points(node, "x", "w", "y") | clamp_numbers(node)
    numbers |= _constants(node) | _made(node, multiplier=multiplier, shift=shift)
    return layer(node, kernel, numbers)


def _zero_points(node: Node, *names: str) -> dict[str, int]:
    tensors = {"x": node.inputs[0], "w": node.inputs[1], "y": node.output}
    return {f"{name}_zero_point": int(np.max(tensors[name].zero_point)) for name in names}


def _constants(node: Node) -> dict[str, Array | None]:
    w, bias = node.inputs[1], node.bias
    return {
        "weights": Array(f"tensor_{w.index}", w.data),
        "bias": None if bias is None else Array(f"tensor_{bias.index}", bias.data),
    }


def _made(node: Node, **arrays: np.ndarray) -> dict[str, Array]:
    return {name: Array(f"{name}_{node.operator.index}", a) for name, a in arrays.items()}


def _filters_of(node: Node, *, axis: int) -> int:
    """How many filters there are, if weights and scales are such that int32 sums are right."""
    w = node.inputs[1]
    constant = all(t is None or t.data is not None for t in node.inputs[1:])
    require(constant, "its weights or bias are computed; expected constants")
    require(w.axis in (None, axis), "the scales of its weights do not lie along its filters")
    dense = node.operator.name == "FULLY_CONNECTED"
    centred = dense or w.type == "UINT8" or not np.any(w.zero_point)
    require(centred, "its int8 weights have a zero point; expected 0")
    require((layer_scale(node) < 2**21).all(), "its scales S_x S_w / S_y reach 2**21")
    filters = w.shape[axis]
    bound = _largest_sum(node, np.moveaxis(w.data, axis, 0).reshape(filters, -1))
    require(bound < 2**31, f"its sums can reach {bound}, beyond 32 bits")
    return filters


def _largest_sum(node: Node, w: np.ndarray) -> int:
    """No partial sum exceeds `sum |q_w - Z_w| * max |q_x - Z_x| + |bias|` of its filter."""
    grid, zero_point = np.iinfo(node.inputs[0].dtype), node.inputs[0].zero_point
    reach = max(grid.max - zero_point, zero_point - grid.min)
    start = 0 if node.bias is None else np.abs(node.bias.data.ravel().astype(np.int64))
    distance = np.abs(w.astype(np.int64) - int(np.max(node.inputs[1].zero_point)))
    return int((distance.sum(axis=1) * reach + start).max())
