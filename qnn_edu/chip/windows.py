"""Windows over images: pooling, and the numbers of any layer that looks through one."""

from __future__ import annotations

from qnn_edu.chip.layer import Layer, clamp_numbers
from qnn_edu.chip.refusal import require, require_activation
from qnn_edu.engine.node import Node
from qnn_edu.engine.windows import Windows
from qnn_edu.tflite import Tensor


def average_pool_2d(node: Node) -> Layer:
    """AVERAGE_POOL_2D; input and output share scale and zero point."""
    return _pool(node, "average_pool_2d")


def max_pool_2d(node: Node) -> Layer:
    """MAX_POOL_2D; input and output share scale and zero point."""
    return _pool(node, "max_pool_2d")


def window_numbers(node: Node, kernel: tuple[int, int], channels: int) -> dict[str, int]:
    """The fields of `window`, for a layer with so many output channels.

    Raises:
        ValueError: steps below 1, or an output of another shape than the file says.
    """
    strides = [node.option("stride_h"), node.option("stride_w")]
    dilations = [node.option("dilation_h_factor", 1), node.option("dilation_w_factor", 1)]
    steps = [*strides, *dilations, *kernel]
    came = (
        f"has strides {strides}, dilations {dilations}, kernel {list(kernel)}; expected 1 or more."
    )
    require(all(isinstance(n, int) and n > 0 for n in steps), node.operator, came)
    windows = Windows.over(node, node.inputs[0], kernel)
    expected = (1, *windows.size, channels)
    came = f"has an output {node.output.shape}; its windows give {expected}."
    require(node.output.shape == expected, node.operator, came)
    ends = {"in": require_image(node, node.inputs[0]), "out": require_image(node, node.output)}
    sizes = ("height", "width", "channels")
    numbers = {
        f"{e}_{s}": n for e, shape in ends.items() for s, n in zip(sizes, shape, strict=True)
    }
    names = "stride_h stride_w dilation_h dilation_w kernel_height kernel_width".split()
    places = dict(zip(names, map(int, steps), strict=True))
    first = {name: places.pop(name) for name in names[4:]}
    top, left = windows.before
    return numbers | first | places | {"top": top, "left": left}


def require_image(node: Node, tensor: Tensor) -> tuple[int, int, int]:
    """Height, width, channels of one image.

    Raises:
        ValueError: other shapes than (1, height, width, channels).
    """
    came = f"works on tensor {tensor.index} of shape {tensor.shape}; expected (1, h, w, channels)."
    require(len(tensor.shape) == 4 and tensor.shape[0] == 1, node.operator, came)
    return tensor.shape[1:]


def _pool(node: Node, kernel: str) -> Layer:
    x = node.inputs[0]
    require_activation(node, x, node.output.type)
    same = (x.scale, x.zero_point) == (node.output.scale, node.output.zero_point)
    require(same, node.operator, "has another scale at its output than at its input.")
    height, width, channels = require_image(node, x)
    size = node.option("filter_height"), node.option("filter_width")
    window = window_numbers(node, size, channels)
    require(height * width < 2**23, node.operator, "sums more than 2**23 values.")
    numbers = {"window": window} | clamp_numbers(node)
    return Layer(node, kernel, node.operator.inputs[:1], numbers)
