"""CONCATENATION: what has another scale than the output goes through a table before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod

import numpy as np

from qnn_edu.chip.arrays import Array
from qnn_edu.chip.elementwise import EVERY
from qnn_edu.chip.layer import Layer, in_parts
from qnn_edu.chip.moving import moved
from qnn_edu.engine.declared import kernel_for
from qnn_edu.engine.node import Node

FIRST = 1 << 30  # the number of the first tensor that the file lacks
MOST = 1 << 10  # inputs of an operator


def concatenation(node: Node) -> tuple[Layer, ...]:
    """Each input in turn moves to its part of the output, once it has its scale."""
    rescaled = {layer.operands[0]: layer for layer in _rescaled(node)}
    inputs = (
        rescaled[tensor.index].made if tensor.index in rescaled else tensor
        for tensor in node.inputs
    )
    return in_parts([*rescaled.values(), *moved(replace(node, inputs=tuple(inputs)))])


def _rescaled(node: Node) -> Iterator[Layer]:
    """A table for each input of another scale or zero point: what the engine makes of it alone."""
    y, index = node.output, node.operator.index
    for k, x in enumerate(node.inputs):
        if (x.scale, x.zero_point) == (y.scale, y.zero_point):
            continue
        made = replace(x, index=FIRST + index * MOST + k, scale=y.scale, zero_point=y.zero_point)
        every = EVERY.view(x.dtype).reshape(-1, *(1,) * (len(x.shape) - 1))
        table = node.once(kernel_for).compute(replace(node, inputs=(x,)), every)
        numbers = {
            "size": prod(x.shape),
            "table": Array(f"table_{index}_{k}", np.ravel(table).astype(y.dtype)),
        }
        yield Layer(node, "lookup", (x.index,), made.index, numbers, made=replace(made, data=None))
