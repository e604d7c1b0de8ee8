"""Operators that compare pairs of values: which is larger, and whether it is.

All kernel sets compute alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from qnn_edu.core.fixed_point import high_multiply, quantize_multiplier
from qnn_edu.engine.broadcasting import broadcasting, meets_batch, of_pairs
from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import offset
from qnn_edu.engine.rules import within_32_bits, without_channels
from qnn_edu.engine.shifts import shifted_back

FRACTION_BITS = 8


def compared_in_steps(function: np.ufunc) -> Callable[[Node, np.ndarray, np.ndarray], np.ndarray]:
    """A kernel that compares real numbers in steps of 1/256: `round(256 S (q - Z))`, double.

    Where S is 1 or more, LiteRT shifts to the wrong side, and what it compares means nothing.
    """

    def kernel(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        pairs = zip(offset(node, a, b), node.inputs, strict=True)
        return function(*(_in_steps(q, tensor.scale) for q, tensor in pairs))

    return kernel


def _not_of_scale_one(node: Node) -> Iterator[str]:
    """LiteRT has a law below 1 and one above; at 1 it ends the process."""
    for tensor in node.inputs:
        if tensor.scale == 1:
            yield f"{tensor.short_name!r} has scale 1, at which LiteRT ends the process"


def _scales(node: Node) -> list[np.floating]:
    return [tensor.scale for tensor in node.inputs]


def _in_steps(q: np.ndarray, scale: np.floating) -> np.ndarray:
    multiplier, shift = quantize_multiplier(np.float64(scale))
    return shifted_back(high_multiply(q << FRACTION_BITS, multiplier), -shift)


_COMPARISONS = {
    "EQUAL": np.equal,
    "GREATER": np.greater,
    "GREATER_EQUAL": np.greater_equal,
    "LESS": np.less,
    "LESS_EQUAL": np.less_equal,
    "NOT_EQUAL": np.not_equal,
}
_RULES = (broadcasting, without_channels, _not_of_scale_one, within_32_bits(_scales))
_ALL = ("INT8", "UINT8", "INT16", "INT32", "INT64", *FLOATS)
_Pair = partial(Kernel, values=(0, 1), rules=(broadcasting,), along_batch=meets_batch)

KERNELS = (
    # `q = max(q_a, q_b)` as they are, whatever scales and zero points say.
    _Pair("MAXIMUM", of_pairs(np.maximum), types=_ALL, scaled=False),
    _Pair("MINIMUM", of_pairs(np.minimum), types=_ALL, scaled=False),
    *(_Pair(n, compared_in_steps(f), to=("BOOL",), rules=_RULES) for n, f in _COMPARISONS.items()),
    *(
        _Pair(n, of_pairs(f), types=("INT32", "INT64", *FLOATS), to=("BOOL",))
        for n, f in _COMPARISONS.items()
    ),
)
