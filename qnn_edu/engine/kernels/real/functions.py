"""Functions of one real number."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.kernels.real.pointwise import of_each, of_pairs
from qnn_edu.engine.kernels.tabulated import elu, exp, gelu, log, not_in_reference, tanh
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size


def leaky_relu(node: Node, x: np.ndarray) -> np.ndarray:
    """`y = x`, and `alpha x` below 0."""
    return np.where(x > 0, x, x * np.float32(node.option("alpha", 0)))


def prelu(x: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """`y = x`, and `alpha x` below 0."""
    return np.where(x >= 0, x, x * alpha)


def square_root(x: np.ndarray) -> np.ndarray:
    """`y = sqrt(x)`, no number below 0."""
    with np.errstate(invalid="ignore"):
        return np.sqrt(x)


def inverse_root(x: np.ndarray) -> np.ndarray:
    """`y = 1 / sqrt(x)`, infinite at 0."""
    with np.errstate(divide="ignore"):
        return 1 / square_root(x)


def quotient(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`a / b`, infinite where b alone is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return a / b


EACH: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "ABS": np.abs,
    "COS": np.cos,
    "FLOOR": np.floor,
    "HARD_SWISH": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "RELU_0_TO_1": lambda x: np.clip(x, 0, 1),
    "RELU_N1_TO_1": lambda x: np.clip(x, -1, 1),
    "RSQRT": inverse_root,
    "SIGN": np.sign,
    "SIN": np.sin,
    "SQRT": square_root,
    "SQUARE": np.square,
}
NOT_IN_REFERENCE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "CEIL": np.ceil,
    "ROUND": np.rint,
}
OF_NODE = {"EXP": exp, "GELU": gelu, "LEAKY_RELU": leaky_relu, "LOG": log, "TANH": tanh}
PAIRS = {
    "DIV": quotient,
    "POW": np.power,
    "PRELU": prelu,
    "SQUARED_DIFFERENCE": lambda a, b: np.square(a - b),
}
_Each = partial(Kernel, types=FLOATS, rules=(of_one_size,))
_NotInReference = partial(_Each, rules=(of_one_size, not_in_reference))
_Pair = partial(Kernel, types=FLOATS, values=(0, 1), rules=(broadcasting,), along_batch=meets_batch)

KERNELS = (
    *(_Each(name, of_each(law)) for name, law in EACH.items()),
    *(_Each(name, law) for name, law in OF_NODE.items()),
    _NotInReference("ELU", elu),
    *(_NotInReference(name, of_each(law)) for name, law in NOT_IN_REFERENCE.items()),
    *(_Pair(name, of_pairs(law)) for name, law in PAIRS.items()),
)
