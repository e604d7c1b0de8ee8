"""Layers that look at a pair of values at a time; their multipliers are the engine's."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from qnn_edu.chip.arrays import Numbers
from qnn_edu.chip.layer import Layer, clamp_numbers, layer
from qnn_edu.chip.multipliers import multiplier
from qnn_edu.chip.places import Loop, around, innermost, loops
from qnn_edu.core.fixed_point import quantize_multiplier
from qnn_edu.engine.kernels.arithmetic import LEFT_SHIFT
from qnn_edu.engine.node import Node


def add(node: Node) -> Layer:
    """ADD, shapes broadcast."""
    return _sum(node, "add")


def sub(node: Node) -> Layer:
    """SUB, shapes broadcast."""
    return _sum(node, "sub")


def mul(node: Node) -> Layer:
    """MUL, shapes broadcast."""
    a, b = node.inputs
    m, shift = multiplier(a.scale * b.scale / node.output.scale)
    numbers = _pairs(node) | _zero_points(node) | {"multiplier": m, "shift": shift}
    return layer(node, "mul", numbers | clamp_numbers(node), 2)


def prelu(node: Node) -> Layer:
    """PRELU, slopes broadcast."""
    (s, t), u = (np.float32(each.scale) for each in node.inputs), np.float32(node.output.scale)
    (m, shift), (n, below) = multiplier(s / u), multiplier(s * t / u)
    numbers = {"multiplier": m, "shift": shift, "b_multiplier": n, "b_shift": below}
    numbers = _pairs(node) | _zero_points(node) | numbers
    return layer(node, "prelu", numbers | clamp_numbers(node), 2)


def compared(kernel: str) -> Callable[[Node], Layer]:
    """MINIMUM or MAXIMUM, shapes broadcast."""
    return lambda node: layer(node, kernel, _pairs(node), 2)


def _sum(node: Node, kernel: str) -> Layer:
    scales = [tensor.scale for tensor in node.inputs]
    twice = 2 * np.float64(max(scales))
    a, b = (quantize_multiplier(np.float64(scale) / twice) for scale in scales)
    y = multiplier(twice / (2**LEFT_SHIFT * np.float64(node.output.scale)))
    numbers = _pairs(node) | _zero_points(node)
    for word, values in {"multiplier": (a[0], b[0], y[0]), "shift": (a[1], b[1], y[1])}.items():
        numbers |= {f"{who}_{word}": v for who, v in zip("aby", values, strict=True)}
    return layer(node, kernel, numbers | clamp_numbers(node), 2)


def _pairs(node: Node) -> dict[str, Numbers]:
    """The field `pairs`: loops over the values of both inputs that meet."""
    shape = node.output.shape
    found = [Loop(prod(shape), (1, 1))]
    if any(tensor.shape != shape for tensor in node.inputs):
        places = (np.arange(prod(t.shape)).reshape(t.shape) for t in node.inputs)
        found = loops(*(np.broadcast_to(each, shape) for each in places))[0] or found
    name = str(node.operator.index)
    return {"pairs": innermost(found, prod(shape), "ab") | around(found, "ab", name)}


def _zero_points(node: Node) -> dict[str, int]:
    tensors = zip("aby", (*node.inputs, node.output), strict=True)
    return {f"{who}_zero_point": int(tensor.zero_point) for who, tensor in tensors}
