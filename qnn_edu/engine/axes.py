"""Operators along some axes, which their second input names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.engine.node import Node


def axes_of(x: np.ndarray, axes: np.ndarray) -> tuple[int, ...]:
    """Each axis once, counted from the first; below 0 they are counted from the end.

    >>> axes_of(np.zeros((1, 2, 3)), np.array([-1, 1, 2]))
    (1, 2)
    """
    return tuple(sorted({int(axis) % x.ndim for axis in axes.ravel()}))


def there(node: Node) -> Iterator[str]:
    """The axes are dimensions of the input."""
    axes, shape = node.inputs[1].data.ravel().tolist(), node.inputs[0].shape
    if not all(-len(shape) <= axis < len(shape) for axis in axes):
        yield f"it goes along {axes}, and its input has shape {shape}"
