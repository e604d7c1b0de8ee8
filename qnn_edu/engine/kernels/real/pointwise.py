"""Operators that look at one real number, or at a pair, at a time; shapes of a pair broadcast."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qnn_edu.engine.broadcasting import of_pairs
from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size


def of_each(law: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """The kernel of `y = law(x)`."""

    def kernel(node: Node, x: np.ndarray) -> np.ndarray:
        return law(x)

    return kernel


def logistic(x: np.ndarray) -> np.ndarray:
    """`1 / (1 + exp(-x))`, without the exp that leaves float32.

    >>> logistic(np.float32([-200, 0, 200]))
    array([0. , 0.5, 1. ], dtype=float32)
    """
    half = np.float32(0.5)
    return half * np.tanh(half * x) + half


def widened(x: np.ndarray) -> np.ndarray:
    """DEQUANTIZE of float16: float32 holds every value."""
    return x.astype(np.float32)


PAIRS = {"ADD": np.add, "SUB": np.subtract, "MUL": np.multiply}
EACH = {
    "LOGISTIC": logistic,
    "RELU": lambda x: np.maximum(x, np.float32(0)),
    "RELU6": lambda x: np.clip(x, np.float32(0), np.float32(6)),
}

KERNELS = (
    *(Kernel(name, of_pairs(law), FLOATS, values=(0, 1)) for name, law in PAIRS.items()),
    *(Kernel(name, of_each(law), FLOATS, rules=(of_one_size,)) for name, law in EACH.items()),
    Kernel("DEQUANTIZE", of_each(widened), ("FLOAT16",), to=FLOATS, rules=(of_one_size,)),
)
