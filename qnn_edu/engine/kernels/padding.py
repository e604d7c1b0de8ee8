"""PAD, PADV2 and MIRROR_PAD: a frame around an array."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import fitting, with_one_value


def pad(node: Node, x: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """A frame of zeros, each written as the zero point; `widths` (dimensions, 2)."""
    return np.pad(x, _pairs(widths), constant_values=zero(node))


def padv2(node: Node, x: np.ndarray, widths: np.ndarray, value: np.ndarray) -> np.ndarray:
    """A frame of one value, which has the scale of the others."""
    return np.pad(x, _pairs(widths), constant_values=value.item())


def mirror_pad(node: Node, x: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """A frame that mirrors what is inside: "REFLECT" about the edge, "SYMMETRIC" with it."""
    return np.pad(x, _pairs(widths), node.option("mode").lower())


def zero(node: Node) -> np.ndarray:
    """What stands for 0 in the output."""
    return np.array(node.output.zero_point or 0).astype(node.output.dtype)


def _pairs(widths: np.ndarray) -> np.ndarray:
    return widths.reshape(-1, 2).astype(int)


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
    Moved("PAD", pad, settings=(1,)),
    Moved(
        "PADV2",
        padv2,
        values=(0, 2),
        settings=(1,),
        rules=(with_one_value(2),),
        along_batch=_of_many_values,
    ),
    Moved("MIRROR_PAD", mirror_pad, settings=(1,), rules=(fitting, _mirrored)),
)
