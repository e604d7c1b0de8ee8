"""Functions of one value that LiteRT looks up in a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import erfc, pi, sqrt

import numpy as np

from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size, symmetric
from qnn_edu.engine.tables import interpolated, table_of, wide_table_of

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
    if node.output.scale is None:
        return _in_double(np.log, x)
    y = node.output
    lowest = np.float32(y.scale) * np.float32(np.iinfo(y.dtype).min - y.zero_point)
    return np.where(x > 0, _in_double(np.log, np.where(x > 0, x, 1)), lowest)


def _in_double(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """A function of float32 values, rounded once."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        return function(x.astype(np.float64)).astype(np.float32)


_erfc = np.vectorize(erfc, otypes=[np.float64])


def looked_up(function: Function, *, by_xnnpack: bool = False) -> Function:
    """A kernel for 8 bits: `q = T[q_x]`; see `engine.tables.table_of`.

    XNNPACK makes its own table of TANH and ELU, rounded half to even; it declines the others, so
    that the optimized kernels run there too.
    """

    def table(node: Node) -> np.ndarray:
        even = by_xnnpack and node.kernels == "xnnpack"
        return table_of(node, lambda x: function(node, x), even=even)

    def kernel(node: Node, x: np.ndarray) -> np.ndarray:
        return node.once(table)[x.astype(np.int64) - np.iinfo(x.dtype).min]

    return kernel


def between(function: Function) -> Function:
    """A kernel for 16 bits, interpolated; see `engine.tables.wide_table_of`."""

    def table(node: Node) -> np.ndarray:
        return wide_table_of(node, lambda x: function(node, x))

    return lambda node, x: interpolated(node.once(table), x)


def not_in_reference(node: Node) -> Iterator[str]:
    """LiteRT has no reference kernel of it."""
    if node.kernels == "reference":
        yield "LiteRT's reference kernels lack it. Take kernels='optimized' or 'xnnpack'"


_ONE, _WIDE = (of_one_size,), (of_one_size, symmetric)

KERNELS = (
    Kernel(
        "ELU",
        looked_up(elu, by_xnnpack=True),
        types=("INT8",),
        rules=(of_one_size, not_in_reference),
    ),
    Kernel("EXP", looked_up(exp), types=("INT8",), rules=_ONE),
    Kernel("EXP", between(exp), types=("INT16",), rules=_WIDE),
    Kernel("GELU", looked_up(gelu), rules=_ONE),
    Kernel("GELU", between(gelu), types=("INT16",), rules=_ONE),
    Kernel("LOG", looked_up(log), types=("INT8",), rules=_ONE),
    Kernel("LOG", between(log), types=("INT16",), rules=_WIDE),
    Kernel("TANH", looked_up(tanh, by_xnnpack=True), rules=_ONE),
)
