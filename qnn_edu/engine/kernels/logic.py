"""Operators on truth values; all kernel sets compute alike."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from qnn_edu.engine.broadcasting import broadcasting, meets_batch, of_pairs
from qnn_edu.engine.kernel import ANY, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_one_size


def logical_not(node: Node, x: np.ndarray) -> np.ndarray:
    """Whether it is not true."""
    return ~x


def select(node: Node, chosen: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`a` where `chosen` is true, `b` elsewhere; SELECT_V2 broadcasts all three."""
    return np.where(chosen, a, b)


def _of_truth(node: Node) -> Iterator[str]:
    """Truth values choose."""
    if node.inputs[0].type != "BOOL":
        yield f"{node.inputs[0].short_name!r} is {node.inputs[0].type}, and must be BOOL"


def _alike(node: Node) -> Iterator[str]:
    """SELECT does not broadcast, and a choice of whole rows is nobody's any more."""
    shapes = {tensor.shape for tensor in node.inputs}
    if len(shapes) > 1:
        yield f"its inputs have the shapes {sorted(shapes)}, and must have one"


_Pair = partial(
    Kernel, types=("BOOL",), values=(0, 1), rules=(broadcasting,), along_batch=meets_batch
)
_Select = partial(Kernel, compute=select, types=ANY, values=(1, 2), one_scale=True, scaled=False)

KERNELS = (
    _Pair("LOGICAL_AND", of_pairs(np.logical_and)),
    _Pair("LOGICAL_OR", of_pairs(np.logical_or)),
    Kernel("LOGICAL_NOT", logical_not, types=("BOOL",), rules=(of_one_size,)),
    _Select("SELECT", rules=(_of_truth, _alike)),
    _Select("SELECT_V2", rules=(_of_truth, broadcasting), along_batch=meets_batch),
)
