"""Layers with weights: the file's own arrays, and the multipliers of the reference kernels."""

from __future__ import annotations

import numpy as np

from qnn_edu.chip.arrays import Array
from qnn_edu.chip.layer import Layer, clamp_numbers
from qnn_edu.chip.multipliers import fixed_point, halves, layer_scale
from qnn_edu.chip.refusal import require, require_activation
from qnn_edu.chip.windows import require_image, window_numbers
from qnn_edu.engine.node import Node
from qnn_edu.tflite import Tensor


def conv_2d(node: Node) -> Layer:
    """CONV_2D, weights (filters, kernel_h, kernel_w, channels)."""
    w = _weights(node, dimensions=4, axis=0)
    channels = require_image(node, node.inputs[0])[2]
    came = f"has weights {w.shape} for {channels} channels: a grouped convolution is not supported."
    require(w.shape[3] == channels, node.operator, came)
    window = window_numbers(node, w.shape[1:3], w.shape[0])
    return _filters(node, "conv_2d", window, w.shape[0])


def depthwise_conv_2d(node: Node) -> Layer:
    """DEPTHWISE_CONV_2D, weights (1, kernel_h, kernel_w, filters)."""
    w = _weights(node, dimensions=4, axis=3)
    channels = require_image(node, node.inputs[0])[2]
    came = f"has weights {w.shape} for {channels} channels; expected whole multiples of them."
    require(w.shape[0] == 1 and w.shape[3] % channels == 0, node.operator, came)
    window = window_numbers(node, w.shape[1:3], w.shape[3])
    return _filters(node, "depthwise_conv_2d", window, w.shape[3])


def fully_connected(node: Node) -> Layer:
    """FULLY_CONNECTED, weights (outputs, inputs).

    Its uint8 kernel of 2018 is a convolution of 1 x 1 pixels: the same sums and the same rounding.
    """
    w = _weights(node, dimensions=2, axis=0)
    outputs, inputs = w.shape
    size = int(np.prod(node.inputs[0].shape))
    came = f"has weights {w.shape} for an input {node.inputs[0].shape}; expected whole rows."
    require(size % inputs == 0, node.operator, came)
    rows = size // inputs
    came = f"has an output {node.output.shape}; expected {rows} rows of {outputs}."
    require(int(np.prod(node.output.shape)) == rows * outputs, node.operator, came)
    default = node.option("weights_format", "DEFAULT") == "DEFAULT"
    require(default, node.operator, "has shuffled weights, which are not supported.")
    if node.output.dtype == np.uint8:
        window = _row_of_pixels(rows, inputs, outputs)
        return _filters(node, "conv_2d", window, outputs)
    high, low, shift = halves(layer_scale(node), outputs)
    numbers = {"rows": rows, "inputs": inputs, "outputs": outputs}
    numbers |= _zero_points(node, "x", "y") | clamp_numbers(node) | _constants(node)
    numbers |= _made(node, high=high, low=low, shift=shift)
    return Layer(node, "fully_connected", node.operator.inputs[:1], numbers)


def _filters(node: Node, kernel: str, window: dict, filters: int) -> Layer:
    multiplier, shift = fixed_point(layer_scale(node), filters)
    numbers = {"window": window} | _zero_points(node, "x", "w", "y") | clamp_numbers(node)
    numbers |= _constants(node) | _made(node, multiplier=multiplier, shift=shift)
    return Layer(node, kernel, node.operator.inputs[:1], numbers)


def _row_of_pixels(rows: int, inputs: int, outputs: int) -> dict[str, int]:
    names = "in_height in_width in_channels out_height out_width out_channels".split()
    numbers = dict(zip(names, (1, rows, inputs, 1, rows, outputs), strict=True))
    ones = "kernel_height kernel_width stride_h stride_w dilation_h dilation_w".split()
    return numbers | dict.fromkeys(ones, 1) | {"top": 0, "left": 0}


def _zero_points(node: Node, *names: str) -> dict[str, int]:
    tensors = {"x": node.inputs[0], "w": node.inputs[1], "y": node.output}
    return {f"{name}_zero_point": int(np.max(tensors[name].zero_point)) for name in names}


def _constants(node: Node) -> dict[str, Array | None]:
    w, bias = node.inputs[1], (*node.inputs, None)[2]
    return {
        "weights": Array(f"tensor_{w.index}", w.data),
        "bias": None if bias is None else Array(f"tensor_{bias.index}", bias.data),
    }


def _made(node: Node, **arrays: np.ndarray) -> dict[str, Array]:
    return {name: Array(f"{name}_{node.operator.index}", a) for name, a in arrays.items()}


def _weights(node: Node, *, dimensions: int, axis: int) -> Tensor:
    """The weights, if they, the bias and the scales are such that int32 sums are right."""
    operator, x, w = node.operator, node.inputs[0], node.inputs[1]
    require_activation(node, x, node.output.type)
    require(w is not None and w.data is not None, operator, "has weights that are computed.")
    came = f"has weights of type {w.type} and shape {w.shape}; expected {x.type}, {dimensions}-D."
    require(w.type == x.type and len(w.shape) == dimensions and w.data.size, operator, came)
    came = "has weights whose scales do not lie along its filters, or none at all."
    require(w.scale is not None and w.axis in (None, axis), operator, came)
    centred = w.type == "UINT8" or not np.any(w.zero_point)
    require(centred, operator, "has int8 weights with a zero point; expected 0, as LiteRT does.")
    require((layer_scale(node) < 2**21).all(), operator, "has scales S_x S_w / S_y above 2**21.")
    filters = w.shape[axis]
    _require_bias(node, filters)
    bound = _largest_sum(node, np.moveaxis(w.data, axis, 0).reshape(filters, -1))
    came = f"can reach sums of {bound}, beyond 32 bits. Give it fewer inputs or a smaller bias."
    require(bound < 2**31, operator, came)
    return w


def _require_bias(node: Node, filters: int) -> None:
    bias = (*node.inputs, None)[2]
    if bias is not None:
        sound = bias.type == "INT32" and bias.data is not None and bias.data.size == filters
        came = f"has a bias of type {bias.type}, {bias.shape}; expected {filters} constant INT32."
        require(sound, node.operator, came)


def _largest_sum(node: Node, w: np.ndarray) -> int:
    """No partial sum exceeds `sum |q_w - Z_w| * max |q_x - Z_x| + |bias|` of its filter."""
    grid, zero_point = np.iinfo(node.inputs[0].dtype), node.inputs[0].zero_point
    reach = max(grid.max - zero_point, zero_point - grid.min)
    bias = (*node.inputs, None)[2]
    start = 0 if bias is None else np.abs(bias.data.astype(np.int64))
    distance = np.abs(w.astype(np.int64) - int(np.max(node.inputs[1].zero_point)))
    return int((distance.sum(axis=1) * reach + start).max())
