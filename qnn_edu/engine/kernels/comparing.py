"""Operators that compare pairs of values: which is larger, and whether it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import offset

FRACTION_BITS = 8


def maximum(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = max(q_a, q_b)` as they are, whatever scales and zero points say."""
    return np.maximum(a, b)


def minimum(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = min(q_a, q_b)` as they are, whatever scales and zero points say."""
    return np.minimum(a, b)


def compared(function: np.ufunc) -> Callable[[Node, np.ndarray, np.ndarray], np.ndarray]:
    """A kernel that compares two inputs as they are."""
    return lambda node, a, b: function(a, b)


def compared_in_steps(function: np.ufunc) -> Callable[[Node, np.ndarray, np.ndarray], np.ndarray]:
    """A kernel that compares real numbers in steps of 1/256: `round(256 S (q - Z))`, double."""

    def kernel(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        whole = (q << FRACTION_BITS for q in offset(node, a, b))
        scales = (quantize_multiplier(np.float64(tensor.scale)) for tensor in node.inputs)
        return function(*(double_rounding(q, *m) for q, m in zip(whole, scales, strict=True)))

    return kernel


_COMPARISONS = {
    "EQUAL": np.equal,
    "GREATER": np.greater,
    "GREATER_EQUAL": np.greater_equal,
    "LESS": np.less,
    "LESS_EQUAL": np.less_equal,
    "NOT_EQUAL": np.not_equal,
}
_ALL = ("INT8", "UINT8", "INT16", "INT32", "INT64", *FLOATS)
_Pair = partial(Kernel, values=(0, 1), rules=(broadcasting,), along_batch=meets_batch)

KERNELS = (
    _Pair("MAXIMUM", maximum, types=_ALL, scaled=False),
    _Pair("MINIMUM", minimum, types=_ALL, scaled=False),
    *(_Pair(n, compared_in_steps(f), to=("BOOL",)) for n, f in _COMPARISONS.items()),
    *(
        _Pair(n, compared(f), types=("INT32", "INT64", *FLOATS), to=("BOOL",))
        for n, f in _COMPARISONS.items()
    ),
)
