"""RESHAPE, SQUEEZE, EXPAND_DIMS, TRANSPOSE, SHAPE: the same values, other dimensions."""

from __future__ import annotations

import numpy as np

from qnn_edu.engine.kernel import ANY, Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import as_told, of_one_size


def reshape(node: Node, x: np.ndarray, shape: np.ndarray | None = None) -> np.ndarray:
    """RESHAPE, SQUEEZE, EXPAND_DIMS: the same values; `run` gives every output its shape."""
    return x


def transpose(node: Node, x: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Dimension i of the output is dimension `order[i]` of the input."""
    return x.transpose(order.ravel())


def shape(node: Node, x: np.ndarray) -> np.ndarray:
    """How many values there are along each dimension."""
    return np.array(x.shape, node.output.dtype)


def _moves_batch(node: Node) -> bool:
    first = node.inputs[1].data.ravel()[0]
    return first % len(node.inputs[0].shape) != 0


KERNELS: tuple[Kernel, ...] = (
    Moved("RESHAPE", reshape, rules=(of_one_size,)),
    Moved("SQUEEZE", reshape, rules=(of_one_size,)),
    Moved("EXPAND_DIMS", reshape, settings=(1,), rules=(as_told,)),
    Moved("TRANSPOSE", transpose, settings=(1,), rules=(as_told,), along_batch=_moves_batch),
    Kernel("SHAPE", shape, ANY, to=("INT32", "INT64"), scaled=False, of_shapes=True),
)
