"""Operators that keep one value along some axes: the largest, the smallest, whether one is true."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from qnn_edu.engine.axes import axes_of, there
from qnn_edu.engine.kernel import ANY, Kernel
from qnn_edu.engine.kernels.reducing import along_first_axis
from qnn_edu.engine.node import Node


def kept(function: np.ufunc) -> Callable[[Node, np.ndarray, np.ndarray], np.ndarray]:
    """A kernel that keeps what `function` keeps of two values."""

    def kernel(node: Node, x: np.ndarray, axes: np.ndarray) -> np.ndarray:
        return function.reduce(x, axis=axes_of(x, axes))

    return kernel


_Kept = partial(Kernel, settings=(1,), rules=(there,), along_batch=along_first_axis)
_NUMBERS = tuple(kind for kind in ANY if kind != "BOOL")

KERNELS = (
    _Kept("REDUCE_ALL", kept(np.logical_and), types=("BOOL",)),
    _Kept("REDUCE_ANY", kept(np.logical_or), types=("BOOL",)),
    _Kept("REDUCE_MAX", kept(np.maximum), types=_NUMBERS, one_scale=True, scaled=False),
    _Kept("REDUCE_MIN", kept(np.minimum), types=_NUMBERS, one_scale=True, scaled=False),
)
