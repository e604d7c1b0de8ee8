"""What the engine can run: everything else is refused before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from qnn_edu.engine.conv import WEIGHTED
from qnn_edu.engine.node import ACTIVATIONS, Node
from qnn_edu.tflite.graph import Tensor

INTEGERS = {"INT8", "UINT8"}
OTHER_TYPES = {"QUANTIZE": {"FLOAT32"}, "DEQUANTIZE": {"FLOAT32"}, "ARG_MAX": {"INT32", "INT64"}}
PAIRS = {"ADD", "SUB", "MUL"}
MOVED = {"CONCATENATION", "PAD", "RESHAPE", "SQUEEZE"}  # values keep their integers
ONE_SCALE = {"AVERAGE_POOL_2D", "MAX_POOL_2D", "RESIZE_BILINEAR", *MOVED}
SETTINGS = {"MEAN", "PAD", "RESIZE_BILINEAR", "ARG_MAX"}  # the second input says how


def require_supported(nodes: Iterable[Node], known: Iterable[str]) -> None:
    """Refuse operators that are not `known`, and what no kernel is there for.

    Raises:
        ValueError: with the operator's name, its place in the graph, why, and what is supported.
    """
    for node in nodes:
        if node.operator.name not in known:
            reasons = [f"supported are {', '.join(known)}"]
        else:
            reasons = list(_reasons(node))
        if reasons:
            raise ValueError(
                f"engine: operator {node.operator.index}, {node.operator.name}, whose output is "
                f"{node.output.short_name!r}, cannot run in integers: {reasons[0]}."
            )


def _reasons(node: Node) -> Iterator[str]:
    """Why no kernel fits; none where one does."""
    name, data = node.operator.name, _data(node)
    for tensor in (*data, node.output):
        if tensor.type not in INTEGERS | OTHER_TYPES.get(name, set()):
            yield f"{tensor.short_name!r} is {tensor.type}; supported are INT8 and UINT8"
        elif tensor.type in INTEGERS and tensor.scale is None:
            yield f"{tensor.short_name!r} has no scale"
    if name not in OTHER_TYPES and {t.type for t in data} != {node.output.type}:
        yield "its inputs and outputs are of several types"
    if node.option("fused_activation_function", "NONE") not in ACTIVATIONS:
        yield f"the fused activation must be one of {', '.join(ACTIVATIONS)}"
    if name in ONE_SCALE and any(_quantization(t) != _quantization(node.output) for t in data):
        yield "input and output must have one scale and one zero point"
    if name in SETTINGS and node.inputs[1].data is None:
        yield f"{node.inputs[1].short_name!r} is computed, and must be a constant"
    if name in WEIGHTED:
        yield from _reasons_of_weights(node)


def _reasons_of_weights(node: Node) -> Iterator[str]:
    image, weights, bias = (*node.inputs, None)[:3]
    if weights.axis is not None and np.any(weights.zero_point):
        yield "weights with a scale for each channel must have zero point 0"
    if weights.data is None or (bias is not None and bias.data is None):
        yield "weights and bias must be constants"
    if bias is not None and bias.type != "INT32":
        yield f"the bias is {bias.type}, and must be INT32"
    if node.operator.name == "CONV_2D" and weights.shape[3] != image.shape[3]:
        yield "a convolution in groups"
    if node.option("weights_format", "DEFAULT") != "DEFAULT":
        yield "weights must be stored row by row"


def _data(node: Node) -> list[Tensor]:
    """The inputs that hold quantized numbers, not settings or a bias."""
    name = node.operator.name
    count = len(node.inputs) if name == "CONCATENATION" else 1 + (name in PAIRS or name in WEIGHTED)
    return list(node.inputs[:count])


def _quantization(tensor: Tensor) -> tuple:
    return tensor.scale, tensor.zero_point
