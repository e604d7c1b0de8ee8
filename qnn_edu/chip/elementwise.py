"""Layers that look at one value at a time; their multipliers are the engine's."""

from __future__ import annotations

from math import prod

import numpy as np

from qnn_edu.chip.arrays import Array
from qnn_edu.chip.layer import Layer, clamp_numbers, layer
from qnn_edu.chip.multipliers import multiplier
from qnn_edu.core.affine import quantize
from qnn_edu.engine.declared import kernel_for
from qnn_edu.engine.kernels.rescaling import relu_ratio
from qnn_edu.engine.node import Node

EVERY = np.arange(256, dtype=np.uint8)  # bit pattern


def looked_up(node: Node) -> Layer:
    """LOGISTIC, TANH and their like: a table of what the engine makes of each integer."""
    table = node.once(kernel_for).compute(node, EVERY.view(node.inputs[0].dtype))
    values = Array(f"table_{node.operator.index}", table.astype(node.output.dtype))
    return layer(node, "lookup", {"size": prod(node.output.shape), "table": values})


def quantize_again(node: Node) -> Layer:
    """QUANTIZE from integers to integers: to another type, by a table."""
    if node.inputs[0].type != node.output.type:
        return looked_up(node)
    ratio = np.float64(node.inputs[0].scale) / node.output.scale
    return _rescaled(node, ratio, clamp_numbers(node))


def relu(node: Node) -> Layer:
    """RELU: nothing is below the zero point, the integer of 0."""
    return _rescaled(node, relu_ratio(node), _from_zero(node))


def relu6(node: Node) -> Layer:
    """RELU6: and nothing is above the integer of 6."""
    six = int(quantize(6.0, node.output.params))
    return _rescaled(node, relu_ratio(node), _from_zero(node) | {"highest": six})


def _rescaled(node: Node, ratio: np.float64, ends: dict[str, int]) -> Layer:
    x, y = node.inputs[0], node.output
    m, shift = multiplier(ratio)
    numbers = {
        "size": prod(x.shape),
        "x_zero_point": x.zero_point,
        "y_zero_point": y.zero_point,
        "multiplier": m,
        "shift": shift,
    }
    return layer(node, "rescale", numbers | ends)


def _from_zero(node: Node) -> dict[str, int]:
    return clamp_numbers(node) | {"lowest": node.output.zero_point}
