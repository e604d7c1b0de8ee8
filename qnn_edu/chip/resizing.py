"""Resizing of images: where the outputs of each dimension lie in the input."""

from __future__ import annotations

from qnn_edu.chip.layer import Layer
from qnn_edu.chip.refusal import require
from qnn_edu.engine.node import Node
from qnn_edu.engine.resize import line_in_1024


def resize_bilinear(node: Node) -> Layer:
    """RESIZE_BILINEAR of int8; LiteRT's kernel for uint8 computes in float."""
    x, y = node.inputs[0], node.output
    came = "resizes uint8, which LiteRT computes in float32; a program has integers only."
    require(x.type == "INT8", node.operator, came)
    expected = (1, *map(int, node.inputs[1].data), x.shape[-1])
    came = f"has an output {y.shape}; expected {expected}, one image of the size that is asked for."
    require(y.shape == expected and x.shape[0] == 1, node.operator, came)
    lines = {}
    for word, old, new in zip(("rows", "columns"), x.shape[1:3], y.shape[1:3], strict=True):
        first, step = line_in_1024(node, old, new)
        came = f"makes {new} {word} of {old}: the last lies outside. Resize by a smaller factor."
        require(first + (new - 1) * step < 1024 * old, node.operator, came)
        lines[word] = {"in": old, "out": new, "step": step, "first": first}
    numbers = lines | {"channels": x.shape[-1]}
    return Layer(node, "resize_bilinear", node.operator.inputs[:1], numbers)
