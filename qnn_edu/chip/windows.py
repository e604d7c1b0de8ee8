"""Windows over images: pooling, and the numbers of any layer that looks through one."""

from __future__ import annotations

from collections.abc import Sequence

from qnn_edu.chip.layer import Layer, clamp_numbers, layer
from qnn_edu.chip.refusal import require
from qnn_edu.engine.node import Node
from qnn_edu.engine.windows import Windows


def average_pool_2d(node: Node) -> Layer:
    """AVERAGE_POOL_2D; input and output share scale and zero point."""
    return _pool(node, "average_pool_2d")


def max_pool_2d(node: Node) -> Layer:
    """MAX_POOL_2D; input and output share scale and zero point."""
    return _pool(node, "max_pool_2d")


def window_numbers(node: Node, channels: int) -> dict[str, int]:
    """The fields of `window`, in C's order, for a layer with so many output channels."""
    x, y = node.inputs[0].shape, node.output.shape
    windows = Windows.of(node)
    assert y == (x[0], *windows.size, channels), y
    return (
        {"images": x[0]}
        | _named("in_height in_width in_channels", x[1:])
        | _named("out_height out_width out_channels", y[1:])
        | _named("kernel_height kernel_width", windows.kernel)
        | _named("stride_h stride_w", windows.stride)
        | _named("dilation_h dilation_w", windows.dilation)
        | _named("top left", windows.before)
    )


def _named(names: str, values: Sequence[int]) -> dict[str, int]:
    return dict(zip(names.split(), values, strict=True))


def _pool(node: Node, kernel: str) -> Layer:
    _, height, width, channels = node.inputs[0].shape
    window = window_numbers(node, channels)
    require(height * width < 2**23, "it sums 2**23 values or more")
    numbers = {"window": window} | clamp_numbers(node)
    return layer(node, kernel, numbers)
