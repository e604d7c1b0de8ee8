"""What an operator must be for its kernel to compute it: each rule beside the reason it gives.

A rule is a function of a node that yields how the node breaks it, and nothing where it holds. It
leans on those before it in `support.RULES`: only the first reason is ever asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from qnn_edu.engine.conv import WEIGHTED
from qnn_edu.engine.node import ACTIVATIONS, Node
from qnn_edu.engine.operators import OPERATORS, inputs_of
from qnn_edu.engine.windows import steps
from qnn_edu.tflite.graph import Tensor

INTEGERS = {"INT8", "UINT8"}
OTHER_TYPES = {"QUANTIZE": {"FLOAT32"}, "DEQUANTIZE": {"FLOAT32"}, "ARG_MAX": {"INT32", "INT64"}}
PAIRS = {"ADD", "SUB", "MUL"}
WINDOWED = {"AVERAGE_POOL_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D"}
IMAGES = {"RESIZE_BILINEAR", *WINDOWED}
RESHAPED = {"RESHAPE", "SQUEEZE"}
MOVED = {"CONCATENATION", "PAD", *RESHAPED}  # values keep their integers
ONE_SCALE = {"AVERAGE_POOL_2D", "MAX_POOL_2D", "RESIZE_BILINEAR", *MOVED}
SETTINGS = {"MEAN", "PAD", "RESIZE_BILINEAR", "ARG_MAX"}  # the second input says how
ONE_BY_ONE = {"DEQUANTIZE", "LOGISTIC", "QUANTIZE", "RELU", "RELU6", "SOFTMAX", *RESHAPED}


def activations(node: Node) -> tuple[Tensor | None, ...]:
    """The inputs that hold a network's values: no weights, no bias, no settings."""
    if node.operator.name == "CONCATENATION":
        return node.inputs
    return node.inputs[: 2 if node.operator.name in PAIRS else 1]


def known(node: Node) -> Iterator[str]:
    """It has a kernel."""
    if node.operator.name not in OPERATORS:
        yield f"supported are {', '.join(OPERATORS)}"


def complete(node: Node) -> Iterator[str]:
    """Its kernel gets as many inputs as it takes, and none that it needs is left out."""
    counts, inputs, outputs = inputs_of(node.operator.name), len(node.inputs), len(node.outputs)
    if inputs not in counts or outputs != 1:
        expected = " or ".join(map(str, counts)) if len(counts) < 3 else f"{counts.start} or more"
        yield f"it has {inputs} input(s) and {outputs} output(s); expected {expected}, and 1"
    needed = node.inputs[: max(counts.start, len(activations(node)))]
    if None in needed:
        yield f"its input {needed.index(None)} is left out, and must be there"


def of_8_bits(node: Node) -> Iterator[str]:
    """Numbers that are not settings or a bias are integers of 8 bits with a scale."""
    name = node.operator.name
    for tensor in _numbers(node):
        if tensor.type not in INTEGERS | OTHER_TYPES.get(name, set()):
            yield f"{tensor.short_name!r} is {tensor.type}; supported are INT8 and UINT8"
        elif tensor.type in INTEGERS and tensor.scale is None:
            yield f"{tensor.short_name!r} has no scale"


def of_one_type(node: Node) -> Iterator[str]:
    """All of them are signed, or none; QUANTIZE, DEQUANTIZE and ARG_MAX may go over."""
    if node.operator.name not in OTHER_TYPES and len({t.type for t in _numbers(node)}) > 1:
        yield "its inputs and outputs are of several types"


def with_one_scale_each(node: Node) -> Iterator[str]:
    """Between 8-bit integers, an activation has one scale for all its values."""
    both = (*activations(node), node.output)
    for tensor in both:
        if tensor.axis is not None and all(t.type in INTEGERS for t in both):
            yield f"{tensor.short_name!r} has a scale for each channel; expected one for all"


def with_one_scale(node: Node) -> Iterator[str]:
    """Integers that are moved, averaged or compared mean the same at the output."""
    both = (*activations(node), node.output)
    if node.operator.name in ONE_SCALE and len({(t.scale, t.zero_point) for t in both}) > 1:
        yield "input and output must have one scale and one zero point"


def with_a_clamp(node: Node) -> Iterator[str]:
    """The fused activation, if there is one, is a clamp."""
    fused = node.option("fused_activation_function", "NONE")
    if fused not in ACTIVATIONS:
        yield f"the fused activation must be one of {', '.join(ACTIVATIONS)}, not {fused}"


def with_constant_settings(node: Node) -> Iterator[str]:
    """Axes, sizes and widths are known before anything runs."""
    if node.operator.name in SETTINGS and node.inputs[1].data is None:
        yield f"{node.inputs[1].short_name!r} is computed, and must be a constant"


def of_one_size(node: Node) -> Iterator[str]:
    """Where every value becomes one, there are as many after as before."""
    x, y = node.inputs[0].shape, node.output.shape
    if node.operator.name in ONE_BY_ONE and prod(x) != prod(y):
        yield f"it makes {y} of {x}: not as many values"


def of_images(node: Node) -> Iterator[str]:
    """What looks at images gets images."""
    x = node.inputs[0]
    if node.operator.name in IMAGES and len(x.shape) != 4:
        yield f"{x.short_name!r} has shape {x.shape}; expected (images, height, width, channels)"


def in_whole_steps(node: Node) -> Iterator[str]:
    """Windows have a size, and move on."""
    if node.operator.name in WINDOWED:
        kernel, stride, dilation = steps(node)
        if not all(isinstance(n, int) and n > 0 for n in (*kernel, *stride, *dilation)):
            yield f"strides {stride}, dilations {dilation}, kernel {kernel}; expected 1 or more"


def _numbers(node: Node) -> tuple[Tensor, ...]:
    """What holds quantized numbers: activations, weights, the output."""
    weights = node.inputs[1:2] if node.operator.name in WEIGHTED else ()
    return (*activations(node), *weights, node.output)
