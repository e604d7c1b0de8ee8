"""One node at work: arrays in, arrays of the outputs' shapes out."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from qnn_edu.engine.declared import kernel_of
from qnn_edu.engine.node import Node
from qnn_edu.engine.state import Memory
from qnn_edu.tflite.graph import Tensor


def outputs_of(
    node: Node, inputs: Sequence[np.ndarray | None], memory: Memory | None = None, images: int = 1
) -> list[np.ndarray]:
    """What the kernel makes of an array for each input; with several `images`, of all at once.

    The variables of a node that keeps some are changed in `memory`, which others do without.

    Raises:
        ValueError: what the kernel finds only now, as a scale that its arithmetic cannot express;
            outputs that have not as many values as the file's tensors.
    """
    kernel = kernel_of(node)
    given = (node, memory, *inputs) if kernel.remembers else (node, *inputs)
    try:
        with np.errstate(all="ignore"):  # as in C, where an overflow is no error
            made = kernel.compute(*given)
    except ValueError as error:
        who = f"operator {node.operator.index}, {node.operator.name}"
        raise ValueError(f"engine: {who}, cannot run: {error}") from error
    made = made if isinstance(made, tuple) else (made,)
    count = len(node.outputs)
    if memory is not None:
        for place, array in zip(kernel.states, made[count:], strict=True):
            memory.write(node.inputs[place], array)
    pairs = zip(node.outputs, made[:count], strict=True)
    return [_shaped(node, tensor, array, images) for tensor, array in pairs]


def _shaped(node: Node, tensor: Tensor, array: np.ndarray, images: int) -> np.ndarray:
    shape = tensor.shape if images == 1 else (images, *tensor.shape[1:])
    if array.size != prod(shape):
        raise ValueError(
            f"engine: operator {node.operator.index}, {node.operator.name}, gives an output of "
            f"shape {array.shape}; the model says {shape} for {tensor.short_name!r}."
        )
    return array.reshape(shape)
