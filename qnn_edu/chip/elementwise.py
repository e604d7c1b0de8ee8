"""Layers that look at one value, or at a pair, at a time; their multipliers are the engine's."""

from __future__ import annotations

from math import prod

import numpy as np

from qnn_edu.chip.arrays import Array
from qnn_edu.chip.layer import Layer, clamp_numbers
from qnn_edu.chip.refusal import require
from qnn_edu.core.affine import quantize
from qnn_edu.core.fixed_point import quantize_multiplier
from qnn_edu.engine.kernels.arithmetic import LEFT_SHIFT
from qnn_edu.engine.kernels.nonlinear import logistic_
from qnn_edu.engine.kernels.rescaling import relu_ratio
from qnn_edu.engine.node import Node


def add(node: Node) -> Layer:
    """ADD; an input may have fewer values, if the other's last dimensions are its own."""
    return _sum(node, "add")


def sub(node: Node) -> Layer:
    """SUB; as ADD."""
    return _sum(node, "sub")


def mul(node: Node) -> Layer:
    """MUL; an input may have fewer values, as in ADD."""
    a, b = node.inputs
    multiplier, shift = _multiplier(node, a.scale * b.scale / node.output.scale)
    numbers = _pair(node) | {"multiplier": multiplier, "shift": shift}
    return Layer(node, "mul", node.operator.inputs, numbers | clamp_numbers(node))


def logistic(node: Node) -> Layer:
    """LOGISTIC, as a table of what the engine makes of each integer."""
    x = node.inputs[0]
    grid = np.iinfo(x.dtype)
    table = logistic_(node, np.arange(grid.min, grid.max + 1).astype(x.dtype))
    values = Array(f"table_{node.operator.index}", table)
    numbers = {"size": prod(x.shape), "lowest": int(grid.min), "table": values}
    return Layer(node, "lookup", node.operator.inputs[:1], numbers)


def _sum(node: Node, kernel: str) -> Layer:
    scales = [tensor.scale for tensor in node.inputs]
    twice = 2 * np.float64(max(scales))
    a, b = (quantize_multiplier(np.float64(scale) / twice) for scale in scales)
    y = _multiplier(node, twice / (2**LEFT_SHIFT * np.float64(node.output.scale)))
    numbers = _pair(node)
    for word, values in {"multiplier": (a[0], b[0], y[0]), "shift": (a[1], b[1], y[1])}.items():
        numbers |= {f"{who}_{word}": v for who, v in zip("aby", values, strict=True)}
    return Layer(node, kernel, node.operator.inputs, numbers | clamp_numbers(node))


def _pair(node: Node) -> dict[str, int]:
    """Sizes and zero points of two inputs and an output."""
    for tensor in node.inputs:
        came = f"repeats {tensor.shape} to {node.output.shape}; only whole last dimensions may."
        require(_ends_in(node.output.shape, tensor.shape), node.operator, came)
    a, b, y = *node.inputs, node.output
    sizes = {"size": prod(y.shape), "a_size": prod(a.shape), "b_size": prod(b.shape)}
    zero_points = {"a": a.zero_point, "b": b.zero_point, "y": y.zero_point}
    return sizes | {f"{who}_zero_point": z for who, z in zero_points.items()}


def quantize_again(node: Node) -> Layer:
    """QUANTIZE from integers to integers of the same type."""
    ratio = np.float64(node.inputs[0].scale) / node.output.scale
    return _rescaled(node, ratio, clamp_numbers(node))


def relu(node: Node) -> Layer:
    """RELU: nothing is below the zero point, the integer of 0."""
    return _rescaled(node, relu_ratio(node), _from_zero(node))


def relu6(node: Node) -> Layer:
    """RELU6: and nothing is above the integer of 6."""
    six = int(quantize(6.0, node.output.params))
    return _rescaled(node, relu_ratio(node), _from_zero(node) | {"highest": six})


def copy(node: Node) -> Layer:
    """RESHAPE and SQUEEZE, where the values must lie elsewhere than the input's."""
    return Layer(node, "copy", node.operator.inputs[:1], {"size": prod(node.output.shape)})


def _rescaled(node: Node, ratio: np.float64, ends: dict[str, int]) -> Layer:
    x, y = node.inputs[0], node.output
    multiplier, shift = _multiplier(node, ratio)
    numbers = {
        "size": prod(x.shape),
        "x_zero_point": x.zero_point,
        "y_zero_point": y.zero_point,
        "multiplier": multiplier,
        "shift": shift,
    }
    return Layer(node, "rescale", node.operator.inputs[:1], numbers | ends)


def _ends_in(shape: tuple[int, ...], last: tuple[int, ...]) -> bool:
    """Are the last dimensions of `shape` those of `last`, but for ones that it begins with?"""
    while last[:1] == (1,):
        last = last[1:]
    return shape[len(shape) - len(last) :] == last


def _from_zero(node: Node) -> dict[str, int]:
    return clamp_numbers(node) | {"lowest": node.output.zero_point}


def _multiplier(node: Node, scale: np.float64) -> tuple[int, int]:
    require(
        scale < 2**21, node.operator, "has an output scale 2**21 times smaller than its input's."
    )
    return quantize_multiplier(np.float64(scale))
