"""Operators on pairs of values: their inputs' shapes broadcast, as numpy's do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import activated


def of_pairs(
    law: Callable[..., np.ndarray],
) -> Callable[[Node, np.ndarray, np.ndarray], np.ndarray]:
    """The kernel of `y = activation(law(a, b))`, of numbers that mean themselves."""

    def kernel(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return activated(node, law(a, b))

    return kernel


def broadcasting(node: Node) -> Iterator[str]:
    """All inputs broadcast to the output's shape."""
    shapes = [tensor.shape for tensor in node.inputs if tensor is not None]
    try:
        made = np.broadcast_shapes(*shapes)
    except ValueError:
        yield f"shapes {' and '.join(map(str, shapes))} do not broadcast"
        return
    if made != node.output.shape:
        yield f"it makes {made}, and the file says {node.output.shape}"


def meets_batch(node: Node) -> bool:
    """Whether a batch would meet another dimension: a computed input has fewer than the output."""
    dimensions = {len(t.shape) for t in (*node.inputs, node.output) if t and t.data is None}
    return len(dimensions) > 1
