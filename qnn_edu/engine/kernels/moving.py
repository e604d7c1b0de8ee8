"""Operators that move values and compute with none."""

from __future__ import annotations

import numpy as np

from qnn_edu.engine.kernel import ALL, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size


def reshape(node: Node, x: np.ndarray, shape: np.ndarray | None = None) -> np.ndarray:
    """RESHAPE and SQUEEZE: the same values; `run` gives every output its shape."""
    return x


def pad(node: Node, x: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """A frame of zeros, each written as the zero point; `widths` (dimensions, 2)."""
    return np.pad(x, widths, constant_values=node.output.zero_point)


def concatenation(node: Node, first: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """Arrays side by side, all of one scale and zero point."""
    arrays = first, *others
    images = max(len(array) for array in arrays)  # a constant is there once
    alike = [np.broadcast_to(array, (images, *array.shape[1:])) for array in arrays]
    return np.concatenate(alike, axis=node.option("axis"))


KERNELS = (
    Kernel("RESHAPE", reshape, one_scale=True, rules=(of_one_size,)),
    Kernel("SQUEEZE", reshape, one_scale=True, rules=(of_one_size,)),
    Kernel("PAD", pad, settings=(1,), one_scale=True),
    Kernel("CONCATENATION", concatenation, values=ALL, one_scale=True),
)
