"""PAD, PADV2 and MIRROR_PAD: a frame around an array."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_shapes

MODES = ("reflect", "symmetric")  # by the schema's numbers


def pad(node: Node, x: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """A frame of zeros, each written as the zero point; `widths` (dimensions, 2)."""
    return np.pad(x, widths, constant_values=node.output.zero_point or 0)


def padv2(node: Node, x: np.ndarray, widths: np.ndarray, value: np.ndarray) -> np.ndarray:
    """A frame of one value, which has the scale of the others."""
    return np.pad(x, widths, constant_values=value.ravel()[0])


def mirror_pad(node: Node, x: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """A frame that mirrors what is inside: about the edge values, or ("symmetric") with them."""
    return np.pad(x, widths, mode=MODES[node.option("mode", 0)])


def _of_some_width(node: Node) -> Iterator[str]:
    """Two widths for each dimension, none below 0."""
    x, widths = node.inputs[0].shape, node.inputs[1].data
    if widths.shape != (len(x), 2) or (widths < 0).any():
        yield f"widths {widths.tolist()} for {x}; expected two of 0 or more for each dimension"


def _padded(node: Node) -> Iterator[list[int]]:
    pairs = zip(node.inputs[0].shape, node.inputs[1].data.tolist(), strict=True)
    yield [size + sum(widths) for size, widths in pairs]


def _of_one_value(node: Node) -> Iterator[str]:
    """The frame has one value."""
    if np.prod(node.inputs[2].shape) != 1:
        yield f"the value of its frame has shape {node.inputs[2].shape}; expected one value"


def _mirrored(node: Node) -> Iterator[str]:
    """A frame is no wider than what it mirrors."""
    mode = node.option("mode", 0)
    inside = np.array(node.inputs[0].shape) - (mode == 0)
    if mode not in (0, 1) or (node.inputs[1].data > inside[:, np.newaxis]).any():
        yield f"widths {node.inputs[1].data.tolist()} are wider than what they mirror"


_RULES = (_of_some_width, of_shapes(_padded))

KERNELS: tuple[Kernel, ...] = (
    Moved("PAD", pad, settings=(1,), rules=_RULES),
    Moved("PADV2", padv2, values=(0, 2), settings=(1,), rules=(*_RULES, _of_one_value)),
    Moved("MIRROR_PAD", mirror_pad, settings=(1,), rules=(*_RULES, _mirrored)),
)
