"""PAD, PADV2 and MIRROR_PAD: a frame around an array."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import as_told


def pad(node: Node, x: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """A frame of zeros, each written as the zero point; `widths` (dimensions, 2)."""
    return np.pad(x, widths.reshape(-1, 2), constant_values=node.output.zero_point or 0)


def padv2(node: Node, x: np.ndarray, widths: np.ndarray, value: np.ndarray) -> np.ndarray:
    """A frame of one value, which has the scale of the others."""
    return np.pad(x, widths.reshape(-1, 2), constant_values=value.item())


def mirror_pad(node: Node, x: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """A frame that mirrors what is inside: "REFLECT" about the edge, "SYMMETRIC" with it."""
    return np.pad(x, widths.reshape(-1, 2), node.option("mode").lower())


def _of_one_value(node: Node) -> Iterator[str]:
    """The frame has one value."""
    if prod(node.inputs[2].shape) != 1:
        yield f"the value of its frame has shape {node.inputs[2].shape}; expected one value"


def _of_many_values(node: Node) -> bool:
    """Each image of a batch may have another."""
    return node.inputs[2].data is None


def _mirrored(node: Node) -> Iterator[str]:
    """A frame is no wider than what it mirrors."""
    mode, widths = node.option("mode"), node.inputs[1].data.reshape(-1, 2)
    inside = np.array(node.inputs[0].shape)[:, np.newaxis] - (mode == "REFLECT")
    if mode not in ("REFLECT", "SYMMETRIC") or (widths > inside).any():
        yield f"its frame {widths.tolist()}, {mode}, is wider than what it mirrors"


KERNELS: tuple[Kernel, ...] = (
    Moved("PAD", pad, settings=(1,), rules=(as_told,)),
    Moved(
        "PADV2",
        padv2,
        values=(0, 2),
        settings=(1,),
        rules=(as_told, _of_one_value),
        along_batch=_of_many_values,
    ),
    Moved("MIRROR_PAD", mirror_pad, settings=(1,), rules=(as_told, _mirrored)),
)
