"""Functions of one real number."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from qnn_edu.engine.broadcasting import broadcasting, meets_batch, of_pairs
from qnn_edu.engine.kernel import FAST, FLOATS, Kernel
from qnn_edu.engine.kernels.real.pointwise import of_each
from qnn_edu.engine.kernels.tabulated import elu, exp, gelu, log, tanh
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size


def leaky_relu(node: Node, x: np.ndarray) -> np.ndarray:
    """`y = x`, and `alpha x` below 0."""
    return np.where(x > 0, x, x * np.float32(node.option("alpha", 0)))


def prelu(x: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """`y = x`, and `alpha x` below 0."""
    return np.where(x >= 0, x, x * alpha)


EACH: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "ABS": np.abs,
    "COS": np.cos,
    "FLOOR": np.floor,
    "HARD_SWISH": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "RELU_0_TO_1": lambda x: np.clip(x, 0, 1),
    "RELU_N1_TO_1": lambda x: np.clip(x, -1, 1),
    "RSQRT": lambda x: 1 / np.sqrt(x),
    "SIGN": np.sign,
    "SIN": np.sin,
    "SQRT": np.sqrt,
    "SQUARE": np.square,
}
FAST_ALONE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "CEIL": np.ceil,
    "ROUND": np.rint,
}
OF_NODE = {"EXP": exp, "GELU": gelu, "LEAKY_RELU": leaky_relu, "LOG": log, "TANH": tanh}
PAIRS: dict[str, Callable[..., np.ndarray]] = {
    "DIV": np.divide,
    "POW": np.power,
    "PRELU": prelu,
    "SQUARED_DIFFERENCE": lambda a, b: np.square(a - b),
}
_Each = partial(Kernel, types=FLOATS, rules=(of_one_size,))
_Fast = partial(_Each, sets=FAST)
_Pair = partial(Kernel, types=FLOATS, values=(0, 1), rules=(broadcasting,), along_batch=meets_batch)

KERNELS = (
    *(_Each(name, of_each(law)) for name, law in EACH.items()),
    *(_Each(name, law) for name, law in OF_NODE.items()),
    _Fast("ELU", elu),
    *(_Fast(name, of_each(law)) for name, law in FAST_ALONE.items()),
    *(_Pair(name, of_pairs(law)) for name, law in PAIRS.items()),
)
