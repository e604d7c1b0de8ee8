"""Arithmetic on whole numbers that mean themselves: mostly sizes, in int32 and int64."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qnn_edu.engine.broadcasting import meets_batch
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.kernels.reducing import along_first_axis
from qnn_edu.engine.node import ACTIVATIONS, Node
from qnn_edu.engine.rules import as_told


def of_pairs(law: np.ufunc) -> Callable[[Node, np.ndarray, np.ndarray], np.ndarray]:
    """The kernel of `q = clamp(law(a, b))`; what leaves the type wraps around, as in C."""

    def kernel(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        lo, hi = ACTIVATIONS[node.option("fused_activation_function", "NONE")]
        with np.errstate(over="ignore"):
            q = law(a, b)
        return q if lo is None else np.clip(q, lo, hi)

    return kernel


def reduce_prod(node: Node, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """All values along the axes, multiplied."""
    named = tuple({axis % x.ndim for axis in axes.ravel().tolist()})
    return np.prod(x, named, x.dtype, keepdims=bool(node.option("keep_dims")))


PAIRS = {"ADD": np.add, "MUL": np.multiply, "SUB": np.subtract}
WHOLE = ("INT32", "INT64")
_RULES = (as_told,)

KERNELS: tuple[Kernel, ...] = (
    *(
        Kernel(name, of_pairs(law), WHOLE, values=(0, 1), rules=_RULES, along_batch=meets_batch)
        for name, law in PAIRS.items()
    ),
    Kernel(
        "REDUCE_PROD",
        reduce_prod,
        WHOLE,
        settings=(1,),
        rules=_RULES,
        along_batch=along_first_axis,
    ),
)
