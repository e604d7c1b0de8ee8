"""What weights and a bias must be for a kernel to compute with them; rules as in `rules`."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from qnn_edu.engine.conv import WEIGHTED
from qnn_edu.engine.node import Node

DIMENSIONS = {"CONV_2D": 4, "DEPTHWISE_CONV_2D": 4, "FULLY_CONNECTED": 2}


def with_weights(node: Node) -> Iterator[str]:
    """A layer with weights follows all the rules below."""
    if node.operator.name in WEIGHTED:
        for rule in (_centred, _constant, _row_by_row, _fitting, _with_a_bias):
            yield from rule(node)


def _centred(node: Node) -> Iterator[str]:
    """A scale for each channel goes with the zero point 0."""
    weights = node.inputs[1]
    if weights.axis is not None and np.any(weights.zero_point):
        yield "weights with a scale for each channel must have zero point 0"


def _constant(node: Node) -> Iterator[str]:
    """Weights and bias are known before anything runs."""
    weights, bias = node.inputs[1], node.bias
    if weights.data is None or (bias is not None and bias.data is None):
        yield "weights and bias must be constants"


def _row_by_row(node: Node) -> Iterator[str]:
    """Filter after filter, each in the order of what it meets."""
    shape, dimensions = node.inputs[1].shape, DIMENSIONS[node.operator.name]
    if len(shape) != dimensions or 0 in shape:
        yield f"the weights have shape {shape}; expected {dimensions} dimensions, none empty"
    if node.option("weights_format", "DEFAULT") != "DEFAULT":
        yield "weights must be stored row by row"


def _fitting(node: Node) -> Iterator[str]:
    """A filter meets all channels, a depthwise filter one of them, a dense row all inputs."""
    x, w, y = node.inputs[0].shape, node.inputs[1].shape, node.output.shape
    name = node.operator.name
    if name == "CONV_2D" and w[3] != x[3]:
        yield f"weights {w} for {x[3]} channels make it a convolution in groups"
    if name == "DEPTHWISE_CONV_2D" and (w[0] != 1 or x[3] == 0 or w[3] % x[3]):
        yield f"weights {w} for {x[3]} channels; expected (1, height, width, a multiple of those)"
    if name == "FULLY_CONNECTED" and (prod(x) % w[1] or prod(y) * w[1] != prod(x) * w[0]):
        yield f"weights {w} make no {y} of {x}; expected {w[0]} values for every {w[1]}"


def _with_a_bias(node: Node) -> Iterator[str]:
    """If there is a bias, it is one sum for each filter, in the type of sums."""
    weights, bias = node.inputs[1], node.bias
    filters = weights.shape[-1 if node.operator.name == "DEPTHWISE_CONV_2D" else 0]
    if bias is not None and bias.type != "INT32":
        yield f"the bias is {bias.type}, and must be INT32"
    if bias is not None and bias.data.size != filters:
        yield f"the bias has {bias.data.size} value(s); expected {filters}, one for each filter"
