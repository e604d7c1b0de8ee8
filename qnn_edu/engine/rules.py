"""What else an operator must be for its kernel to compute it: rules that kernels share.

A rule is a function of a node that yields how the node breaks it, and nothing where it holds. It
leans on those before it in `Kernel.rules`, and on what the kernel declares: only the first reason
is ever asked for. A rule of one operator alone stands beside its kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import numpy as np

from qnn_edu.core.fixed_point import quantize_multiplier
from qnn_edu.engine.kernel import Rule
from qnn_edu.engine.node import MOST, Node
from qnn_edu.engine.windows import Windows, steps
from qnn_edu.tflite.shapes import output_shapes


def of_one_size(node: Node) -> Iterator[str]:
    """Where every value becomes one, there are as many after as before."""
    x, y = node.inputs[0].shape, node.output.shape
    if prod(x) != prod(y):
        yield f"it makes {y} of {x}: not as many values"


def along_axes(node: Node) -> Iterator[str]:
    """The axes that the second input names are dimensions of the first."""
    axes, shape = node.inputs[1].data.ravel().tolist(), node.inputs[0].shape
    if not all(-len(shape) <= axis < len(shape) for axis in axes):
        yield f"it goes along {axes}, and its input has shape {shape}"


def without_channels(node: Node) -> Iterator[str]:
    """Every input has one scale for all its values."""
    for tensor in node.inputs:
        if tensor is not None and tensor.axis is not None:
            yield f"{tensor.short_name!r} has a scale for each channel; expected one for all"


def fitting(node: Node) -> Iterator[str]:
    """Shapes, settings and options do not contradict one another, for rules that lean on it."""
    try:
        output_shapes(node.operator, node.inputs)
    except ValueError as error:
        yield str(error)


def with_one_value(place: int) -> Rule:
    """The input at a place holds one value."""

    def rule(node: Node) -> Iterator[str]:
        tensor = node.inputs[place]
        if prod(tensor.shape) != 1:
            yield f"{tensor.short_name!r} has shape {tensor.shape}; expected one value"

    return rule


def within_32_bits(multiplier: Callable[[Node], Any], factors: int = 0, *, bits: int = 31) -> Rule:
    """What a kernel multiplies by is below 2**bits, and no product of the first `factors` inputs is
    shifted beyond 32 bits: there LiteRT's kernels compute what C leaves undefined."""

    def rule(node: Node) -> Iterator[str]:
        m = np.abs(np.asarray(multiplier(node), np.float64))
        if not (m < 2**bits).all():
            yield f"it would multiply by {m.max():.3g}; expected less than 2**{bits}"
            return
        largest = prod(farthest(tensor) for tensor in node.inputs[:factors])
        if largest << max(0, int(np.max(quantize_multiplier(m)[1]))) > 2**31:
            yield f"it would multiply up to {largest} by {m.max():.3g}, beyond 32 bits"

    return rule


def farthest(tensor: Any) -> int:
    """The largest `|q - Z|` that a tensor's type allows."""
    grid = np.iinfo(tensor.dtype)
    zero_point = 0 if tensor.zero_point is None else int(np.max(tensor.zero_point))
    return max(grid.max - zero_point, zero_point - grid.min)


def of_images(node: Node) -> Iterator[str]:
    """What looks at images gets images."""
    x = node.inputs[0]
    if len(x.shape) != 4:
        yield f"{x.short_name!r} has shape {x.shape}; expected (images, height, width, channels)"


def unless_images(node: Node) -> bool:
    """Of `Kernel.declined`: what has no four dimensions, as where the file leaves shapes empty."""
    ends = (*node.inputs[:1], *node.outputs)
    return any(tensor is None or len(tensor.shape) != 4 for tensor in ends)


def in_whole_steps(node: Node) -> Iterator[str]:
    """Windows on images have a size, and move on; there are some, and memory for their frame."""
    kernel, stride, dilation = steps(node)
    if not all(isinstance(n, int) and n > 0 for n in (*kernel, *stride, *dilation)):
        yield f"strides {stride}, dilations {dilation}, kernel {kernel}; expected 1 or more"
        return
    x = node.inputs[0].shape
    windows = Windows.of(node)
    if min(windows.size) < 1:
        yield f"no window of {windows.reach} fits into images of {x[1:3]}"
    elif x[0] * prod(windows.frame(x)) * x[3] > MOST:
        yield f"windows reach over {windows.reach}, which makes more than {MOST} values of {x}"


def symmetric(node: Node) -> Iterator[str]:
    """Integers of 16 bits stand for 0 by 0."""
    for tensor in (*node.inputs, *node.outputs):
        if tensor is not None and tensor.type == "INT16" and np.any(tensor.zero_point):
            yield f"{tensor.short_name!r} has zero point {tensor.zero_point}; for INT16 expected 0"
