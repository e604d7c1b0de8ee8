"""Operators on pairs of values: their inputs' shapes broadcast, as numpy's do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.engine.node import Node


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
