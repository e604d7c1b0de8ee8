"""Arithmetic on whole numbers that mean themselves: mostly sizes, in int32 and int64."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qnn_edu.engine.broadcasting import meets_batch
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.kernels.reducing import along_first_axis
from qnn_edu.engine.node import ACTIVATIONS, Node
from qnn_edu.engine.rules import as_told

Law = Callable[[np.ndarray, np.ndarray], np.ndarray]


def of_pairs(law: Law) -> Callable:
    """The kernel of `q = clamp(law(a, b))`; what leaves the type wraps around, as in C."""

    def kernel(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        lo, hi = ACTIVATIONS[node.option("fused_activation_function", "NONE")]
        with np.errstate(over="ignore"):
            q = law(a, b)
        return q if lo is None else np.clip(q, lo, hi)

    return kernel


def of_quotients(law: Law) -> Callable:
    """As `of_pairs`, where b must not be 0."""
    divided = of_pairs(law)

    def kernel(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        if not np.all(b):
            name = f"operator {node.operator.index}, {node.operator.name}"
            raise ValueError(f"engine: {name}, divides by 0. Give inputs that lead to no such.")
        return divided(node, a, b)

    return kernel


def towards_zero(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The quotient without its fraction, as C divides.

    >>> towards_zero(np.array([7, -7]), np.array(2)).tolist()
    [3, -3]
    """
    quotient, rest = np.divmod(a, b)
    return quotient + ((rest != 0) & ((a < 0) != (b < 0)))


def reduce_prod(node: Node, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """All values along the axes, multiplied."""
    named = tuple(axes.ravel().tolist())
    return np.prod(x, named, x.dtype, keepdims=bool(node.option("keep_dims")))


PAIRS = {"ADD": np.add, "MUL": np.multiply, "SUB": np.subtract}
QUOTIENTS = {"DIV": towards_zero, "FLOOR_DIV": np.floor_divide, "FLOOR_MOD": np.mod}
WITHOUT_INT64 = ("DIV", "FLOOR_DIV")


def _pair(name: str, kernel: Callable) -> Kernel:
    types = ("INT32",) if name in WITHOUT_INT64 else ("INT32", "INT64")
    return Kernel(
        name, kernel, types, values=(0, 1), rules=(as_told,), along_batch=meets_batch
    )


KERNELS = (
    *(_pair(name, of_pairs(law)) for name, law in PAIRS.items()),
    *(_pair(name, of_quotients(law)) for name, law in QUOTIENTS.items()),
    Kernel(
        "REDUCE_PROD",
        reduce_prod,
        ("INT32", "INT64"),
        settings=(1,),
        rules=(as_told,),
        along_batch=along_first_axis,
    ),
)
