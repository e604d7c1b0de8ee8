"""TILE, BROADCAST_TO and FILL: the same values several times."""

from __future__ import annotations

from functools import partial

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved, always
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import as_told


def tile(node: Node, x: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The whole array, so many times along each dimension."""
    return np.tile(x, times.ravel())


def broadcast_to(node: Node, x: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Sizes of 1 are stretched, dimensions that lack are put in front."""
    return np.broadcast_to(x, shape.ravel())


def fill(node: Node, shape: np.ndarray, value: np.ndarray) -> np.ndarray:
    """One value everywhere."""
    return np.full(shape.ravel(), value)


_OneByOne = partial(Moved, rules=(as_told,), along_batch=always)

KERNELS: tuple[Kernel, ...] = (
    Moved("TILE", tile, settings=(1,), rules=(as_told,)),
    _OneByOne("BROADCAST_TO", broadcast_to, settings=(1,)),
    _OneByOne("FILL", fill, values=(1,), settings=(0,)),
)
