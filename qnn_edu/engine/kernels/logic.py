"""Operators on truth values."""

from __future__ import annotations

from functools import partial

import numpy as np

from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size


def logical_and(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether both are true."""
    return a & b


def logical_or(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether one is true."""
    return a | b


def logical_not(node: Node, x: np.ndarray) -> np.ndarray:
    """Whether it is not true."""
    return ~x


_Pair = partial(
    Kernel, types=("BOOL",), values=(0, 1), rules=(broadcasting,), along_batch=meets_batch
)

KERNELS = (
    _Pair("LOGICAL_AND", logical_and),
    _Pair("LOGICAL_OR", logical_or),
    Kernel("LOGICAL_NOT", logical_not, types=("BOOL",), rules=(of_one_size,)),
)
