"""Functions of one value that LiteRT looks up in a table.

Here a function is computed in float64 and rounded once; the C library's float32 is off in the last
place for one value of 500 (log) to one of 15 (tanh). In entries of 8 bits that is never seen. Of 16
bits, no entry of 600 tables of EXP and LOG differed, but some of GELU's, in one table of 200: so
GELU of 16 bits is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import erfc, pi, sqrt

import numpy as np

from qnn_edu.core.interpolation import interpolated
from qnn_edu.engine.kernel import FAST, Kernel, always
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size, symmetric
from qnn_edu.engine.tables import table_of, wide_table_of

Function = Callable[[Node, np.ndarray], np.ndarray]


def tanh(node: Node, x: np.ndarray) -> np.ndarray:
    """`tanh(x)`."""
    return _in_double(np.tanh, x)


def exp(node: Node, x: np.ndarray) -> np.ndarray:
    """`exp(x)`."""
    return _in_double(np.exp, x)


def elu(node: Node, x: np.ndarray) -> np.ndarray:
    """`exp(x) - 1` below 0, `x` above."""
    return np.where(x < 0, _in_double(np.expm1, np.minimum(x, 0)), x)


def gelu(node: Node, x: np.ndarray) -> np.ndarray:
    """`x erfc(-x / sqrt(2)) / 2`, or with tanh where the option `approximate` is set."""
    if node.option("approximate", False):
        cubic = x + np.float32(0.044715) * x * x * x
        return np.float32(0.5) * x * (1 + _in_double(np.tanh, np.float32(sqrt(2 / pi)) * cubic))
    return np.float32(0.5) * x * _in_double(_erfc, x * np.float32(-sqrt(0.5)))


def log(node: Node, x: np.ndarray) -> np.ndarray:
    """`log(x)`; of integers that stand for 0 or less, the lowest output."""
    y = node.output
    if y.dtype.kind == "f":
        return _in_double(np.log, x)
    lowest = np.float32(y.scale) * np.float32(np.iinfo(y.dtype).min - y.zero_point)
    return np.where(x > 0, _in_double(np.log, np.where(x > 0, x, 1)), lowest)


def _in_double(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """A function of float32 values, rounded once."""
    return function(x.astype(np.float64)).astype(np.float32)


_erfc = np.vectorize(erfc, otypes=[np.float64])


def looked_up(function: Function) -> Function:
    """A kernel for 8 bits: `q = T[q_x]`; see `engine.tables.table_of`."""

    def table(node: Node) -> np.ndarray:
        return table_of(node, lambda x: function(node, x))

    def kernel(node: Node, x: np.ndarray) -> np.ndarray:
        return node.once(table)[x.astype(np.int64) - np.iinfo(x.dtype).min]

    return kernel


def between(function: Function) -> Function:
    """A kernel for 16 bits, interpolated; see `engine.tables.wide_table_of`."""

    def table(node: Node) -> np.ndarray:
        return wide_table_of(node, lambda x: function(node, x))

    return lambda node, x: interpolated(x, node.once(table))


# XNNPACK has tables of ELU and TANH alone.
_Bytes = partial(Kernel, rules=(of_one_size,), declined=always)
_Shorts = partial(Kernel, types=("INT16",), rules=(of_one_size, symmetric))

KERNELS = (
    Kernel("ELU", looked_up(elu), types=("INT8",), rules=(of_one_size,), sets=FAST),
    _Bytes("EXP", looked_up(exp), types=("INT8",)),
    _Shorts("EXP", between(exp)),
    _Bytes("GELU", looked_up(gelu)),
    _Bytes("LOG", looked_up(log), types=("INT8",)),
    _Shorts("LOG", between(log)),
    Kernel("TANH", looked_up(tanh), rules=(of_one_size,)),
)
