"""What else an operator must be for its kernel to compute it: rules that kernels share.

A rule is a function of a node that yields how the node breaks it, and nothing where it holds. It
leans on those before it in `Kernel.rules`, and on what the kernel declares: only the first reason
is ever asked for. A rule of one operator alone stands beside its kernel.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from qnn_edu.engine.node import Node
from qnn_edu.engine.windows import steps
from qnn_edu.tflite.shapes import output_shapes


def of_one_size(node: Node) -> Iterator[str]:
    """Where every value becomes one, there are as many after as before."""
    x, y = node.inputs[0].shape, node.output.shape
    if prod(x) != prod(y):
        yield f"it makes {y} of {x}: not as many values"


def as_told(node: Node) -> Iterator[str]:
    """Its outputs have the shapes that the operator's law tells, from constant settings."""
    told, shapes = output_shapes(node.operator, node.inputs), [t.shape for t in node.outputs]
    if told is None or list(told) != shapes:
        came, made = ([str(t.shape) for t in each if t] for each in (node.inputs, node.outputs))
        yield f"its settings do not make {' and '.join(made)} of {' and '.join(came)}"


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
    """Windows have a size, and move on."""
    kernel, stride, dilation = steps(node)
    if not all(isinstance(n, int) and n > 0 for n in (*kernel, *stride, *dilation)):
        yield f"strides {stride}, dilations {dilation}, kernel {kernel}; expected 1 or more"


def symmetric(node: Node) -> Iterator[str]:
    """Integers of 16 bits stand for 0 by 0."""
    for tensor in (*node.inputs, *node.outputs):
        if tensor is not None and tensor.type == "INT16" and tensor.zero_point != 0:
            yield f"{tensor.short_name!r} has zero point {tensor.zero_point}; for INT16 expected 0"
