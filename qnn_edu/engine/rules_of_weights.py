"""What weights and a bias must be for a kernel to compute with them; rules as in `rules`."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from qnn_edu.engine.kernel import Rule
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import within_32_bits


def centred(axis: int) -> Rule:
    """A scale for each filter, which `axis` counts, goes with the zero point 0."""

    def rule(node: Node) -> Iterator[str]:
        weights = node.inputs[1]
        if weights.axis not in (None, axis % max(1, len(weights.shape))):
            yield f"weights have a scale for each place of axis {weights.axis}; expected {axis}"
        if weights.axis is not None and np.any(weights.zero_point):
            yield "weights with a scale for each channel must have zero point 0"

    return rule


def constant(node: Node) -> Iterator[str]:
    """Weights and bias are known before anything runs."""
    weights, bias = node.inputs[1], node.bias
    if weights.data is None or (bias is not None and bias.data is None):
        yield "weights and bias must be constants"


def row_by_row(dimensions: int) -> Rule:
    """Filter after filter, each in the order of what it meets."""

    def rule(node: Node) -> Iterator[str]:
        shape = node.inputs[1].shape
        if len(shape) != dimensions or 0 in shape:
            yield f"the weights have shape {shape}; expected {dimensions} dimensions, none empty"
        if node.option("weights_format", "DEFAULT") != "DEFAULT":
            yield "weights must be stored row by row"

    return rule


def in_groups(node: Node) -> Iterator[str]:
    """Channels and filters come in as many groups as a filter meets a part of the channels."""
    x, w = node.inputs[0].shape, node.inputs[1].shape
    if x[3] % w[3] or x[3] == 0 or w[0] % (x[3] // w[3]):
        yield f"weights {w} for {x[3]} channels make no convolution in groups"


def in_one_group(node: Node) -> Iterator[str]:
    """A filter meets all channels."""
    x, w = node.inputs[0].shape, node.inputs[1].shape
    if w[3] != x[3]:
        yield f"weights {w} for {x[3]} channels make it a convolution in groups"


def channel_by_channel(node: Node) -> Iterator[str]:
    """A filter meets one channel."""
    x, w = node.inputs[0].shape, node.inputs[1].shape
    if w[0] != 1 or x[3] == 0 or w[3] % x[3]:
        yield f"weights {w} for {x[3]} channels; expected (1, height, width, a multiple of those)"


def in_rows(node: Node) -> Iterator[str]:
    """A row of weights meets all inputs."""
    x, w, y = node.inputs[0].shape, node.inputs[1].shape, node.output.shape
    if prod(x) % w[1] or prod(y) * w[1] != prod(x) * w[0]:
        yield f"weights {w} make no {y} of {x}; expected {w[0]} values for every {w[1]}"


def with_a_bias(axis: int, kind: str = "INT32") -> Rule:
    """If there is a bias, it is one sum for each filter, in the type of sums.

    `axis` of the weights counts the filters.
    """

    def rule(node: Node) -> Iterator[str]:
        filters, bias = node.inputs[1].shape[axis], node.bias
        count = filters if bias is None else prod(bias.shape)
        if bias is not None and bias.type != kind:
            yield f"the bias is {bias.type}, and must be {kind}"
        if count != filters:
            yield f"the bias has {count} value(s); expected {filters}, one for each filter"

    return rule


def _multiplier(node: Node) -> np.ndarray:
    x, w = (np.float64(tensor.scale) for tensor in node.inputs[:2])
    return x * w / node.output.scale


multiplied = within_32_bits(_multiplier)  # a sum, by `S_x S_w / S`
multiplied_shorts = within_32_bits(_multiplier, bits=14)  # which then shifts to the right
