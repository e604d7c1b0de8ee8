"""Resizing of images: where the outputs of each dimension lie in the input."""

from __future__ import annotations

from qnn_edu.chip.layer import Layer, layer
from qnn_edu.chip.refusal import require
from qnn_edu.engine.kernels.resize import corners_fixed, line_in_1024
from qnn_edu.engine.node import Node


def resize_bilinear(node: Node) -> Layer:
    """RESIZE_BILINEAR; of uint8, which LiteRT computes in float32, where that is exact."""
    x, y = node.inputs[0], node.output
    require(x.shape[0] == 1, f"it resizes {x.shape[0]} images; expected one")
    lines = {}
    for word, old, new in zip(("rows", "columns"), x.shape[1:3], y.shape[1:3], strict=True):
        first, step = line_in_1024(node, old, new)
        came = f"LiteRT resizes uint8 in float32, which is not exact from {old} to {new} {word}"
        require(x.type == "INT8" or _is_exact(node, old, new, step), came)
        lines[word] = {"in": old, "out": new, "step": step, "first": first}
    return layer(node, "resize_bilinear", lines | {"channels": x.shape[-1]})


def _is_exact(node: Node, old: int, new: int, step: int) -> bool:
    """Places are multiples of 2**-8: then all products and sums have at most 24 bits in float32.

    A step of 1/128 does that, also where places begin half a step earlier.
    """
    fixed = corners_fixed(node, new)
    return step % 8 == 0 and step * (new - fixed) == 1024 * (old - fixed)
