"""What else an operator must be for its kernel to compute it: rules that kernels share.

A rule is a function of a node that yields how the node breaks it, and nothing where it holds. It
leans on those before it in `Kernel.rules`, and on what the kernel declares: only the first reason
is ever asked for. A rule of one operator alone stands beside its kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod

from qnn_edu.engine.kernel import Rule
from qnn_edu.engine.node import Node
from qnn_edu.engine.windows import steps

Axis = Callable[[Node], int]


def of_one_size(node: Node) -> Iterator[str]:
    """Where every value becomes one, there are as many after as before."""
    x, y = node.inputs[0].shape, node.output.shape
    if prod(x) != prod(y):
        yield f"it makes {y} of {x}: not as many values"


def of_shapes(law: Callable[[Node], Iterable[Sequence[int]]]) -> Rule:
    """The outputs have the shapes that `law` gives."""

    def rule(node: Node) -> Iterator[str]:
        expected = [tuple(int(size) for size in shape) for shape in law(node)]
        shapes = [tensor.shape for tensor in node.outputs]
        if shapes != expected:
            there, right = (str(each).strip("[]") for each in (shapes, expected))
            yield f"the file gives its output the shape {there}; it makes {right}"

    return rule


def axis_option(node: Node) -> int:
    """The dimension that the operator's options name, below 0 counted from the end."""
    return node.option("axis", 0)


def axis_input(place: int) -> Axis:
    """The dimension that a constant input names."""
    return lambda node: int(node.inputs[place].data.ravel()[0])


def along(axis: Axis, place: int = 0, *, new: bool = False) -> Rule:
    """The axis is a dimension of the input at `place`, or a new one between these."""

    def rule(node: Node) -> Iterator[str]:
        shape = node.inputs[place].shape
        count = len(shape) + new
        if not -count <= axis(node) < count:
            yield f"its axis is {axis(node)}, and its input has shape {shape}"

    return rule


def of_images(node: Node) -> Iterator[str]:
    """What looks at images gets images."""
    x = node.inputs[0]
    if len(x.shape) != 4:
        yield f"{x.short_name!r} has shape {x.shape}; expected (images, height, width, channels)"


def in_whole_steps(node: Node) -> Iterator[str]:
    """Windows have a size, and move on."""
    kernel, stride, dilation = steps(node)
    if not all(isinstance(n, int) and n > 0 for n in (*kernel, *stride, *dilation)):
        yield f"strides {stride}, dilations {dilation}, kernel {kernel}; expected 1 or more"
