"""RESHAPE, SQUEEZE, EXPAND_DIMS, TRANSPOSE: the same values, other dimensions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import along, axis_input, of_one_size, of_shapes


def reshape(node: Node, x: np.ndarray, shape: np.ndarray | None = None) -> np.ndarray:
    """RESHAPE and SQUEEZE: the same values; `run` gives every output its shape."""
    return x


def expand_dims(node: Node, x: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """A new dimension of size 1."""
    return np.expand_dims(x, _AXIS(node))


def transpose(node: Node, x: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Dimension i of the output is dimension `order[i]` of the input."""
    return x.transpose(order.ravel())


_AXIS = axis_input(1)


def _expanded(node: Node) -> Iterator[list[int]]:
    shape = list(node.inputs[0].shape)
    shape.insert(_AXIS(node) % (len(shape) + 1), 1)
    yield shape


def _each_once(node: Node) -> Iterator[str]:
    """The order names each dimension once."""
    shape, order = node.inputs[0].shape, _order(node)
    if sorted(order) != list(range(len(shape))):
        yield f"the order {order} does not name each dimension of {shape} once"


def _transposed(node: Node) -> Iterator[list[int]]:
    yield [node.inputs[0].shape[i] for i in _order(node)]


def _order(node: Node) -> list[int]:
    """Below 0, a dimension is counted from the end."""
    dimensions = len(node.inputs[0].shape)
    order = node.inputs[1].data.ravel().tolist()
    return [axis + dimensions if axis < 0 else axis for axis in order]


def _moves_batch(node: Node) -> bool:
    return _order(node)[:1] != [0]


KERNELS: tuple[Kernel, ...] = (
    Moved("RESHAPE", reshape, rules=(of_one_size,)),
    Moved("SQUEEZE", reshape, rules=(of_one_size,)),
    Moved(
        "EXPAND_DIMS",
        expand_dims,
        settings=(1,),
        rules=(along(_AXIS, new=True), of_shapes(_expanded)),
    ),
    Moved(
        "TRANSPOSE",
        transpose,
        settings=(1,),
        rules=(_each_once, of_shapes(_transposed)),
        along_batch=_moves_batch,
    ),
)
