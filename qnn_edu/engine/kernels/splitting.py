"""SPLIT, SPLIT_V and UNPACK: an array in parts, one after the other along a dimension."""

from __future__ import annotations

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import as_told


def split(node: Node, axis: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, ...]:
    """As many parts of one size as there are outputs."""
    return tuple(np.split(x, len(node.outputs), int(axis.ravel()[0])))


def split_v(
    node: Node, x: np.ndarray, sizes: np.ndarray, axis: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Parts of the sizes given, one of which may be -1: what the others leave."""
    along = int(axis.ravel()[0])
    ends = np.cumsum([tensor.shape[along] for tensor in node.outputs])
    return tuple(np.split(x, ends[:-1], along))


def unpack(node: Node, x: np.ndarray) -> tuple[np.ndarray, ...]:
    """Each place along `axis` is an output, without that dimension."""
    return tuple(np.moveaxis(x, node.option("axis", 0), 0))


def _unpacks_batch(node: Node) -> bool:
    return node.option("axis", 0) % len(node.inputs[0].shape) == 0


_RULES = (as_told,)

KERNELS: tuple[Kernel, ...] = (
    Moved("SPLIT", split, values=(1,), settings=(0,), outputs=None, rules=_RULES),
    Moved("SPLIT_V", split_v, settings=(1, 2), outputs=None, rules=_RULES),
    Moved("UNPACK", unpack, outputs=None, rules=_RULES, along_batch=_unpacks_batch),
)
