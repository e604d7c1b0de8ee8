"""What the 20 to 24 inputs of an LSTM must be; rules as in `rules`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qnn_edu.engine.node import Node

OF_INPUT, OF_STATE, PEEPHOLES, BIASES, PROJECTION = 1, 5, 9, 12, 16  # where their tensors begin
STATE, MEMORY, NORMS = 18, 19, 20


def of_known_kind(node: Node) -> Iterator[str]:
    """It has its inputs, all constants but the states, and no normalization within."""
    inputs = node.inputs
    if len(inputs) not in (20, 24) or len(node.intermediates) != 5:
        counts = f"{len(inputs)} inputs and {len(node.intermediates)} intermediates"
        yield f"it has {counts}; expected 20 or 24, and 5"
        return
    if any(tensor is not None for tensor in inputs[NORMS:]):
        yield "it has normalizations within, which are not supported"
    for tensor, kinds in _constants(node):
        if tensor is not None and (tensor.type not in kinds or tensor.data is None):
            yield f"{tensor.short_name!r} must be a constant of type {kinds[0]}"
    for place, kind in ((STATE, "INT8"), (MEMORY, "INT16")):
        state = inputs[place]
        if state is None or state.type != kind or not state.variable or state.scale is None:
            yield f"input {place} must be a variable of type {kind}, with a scale"


def _constants(node: Node) -> Iterator[tuple[Any, tuple[str, ...]]]:
    kinds = {OF_INPUT: "INT8", PEEPHOLES: "INT16", BIASES: "INT32", PROJECTION: "INT8"}
    for place in range(OF_INPUT, PROJECTION + 2):
        first = max(begin for begin in kinds if begin <= place)
        yield node.inputs[place], (kinds[first] if place != PROJECTION + 1 else "INT32",)


def of_fitting_scales(node: Node) -> Iterator[str]:
    """Weights are centred, each with one scale; the cell's is a power of two."""
    for tensor in (*node.inputs, node.intermediates[4], node.output):
        if tensor is not None and tensor.axis is not None:
            yield f"{tensor.short_name!r} has a scale for each channel; expected one for all"
            return
    for tensor, _ in _constants(node):
        if tensor is not None and tensor.type == "INT8":
            if tensor.scale is None or tensor.zero_point != 0:
                yield f"{tensor.short_name!r} must have a scale, and zero point 0"
    if node.intermediates[4].scale is None:
        yield "its fifth intermediate has no scale"
    scale = float(node.inputs[MEMORY].scale)
    if scale not in [2.0**k for k in range(-15, -8)]:
        yield f"the cell has scale {scale:g}; expected a power of two from 2**-15 to 2**-9"


def of_fitting_shapes(node: Node) -> Iterator[str]:
    """Gates have as many rows as the cell, states as many as the outputs."""
    x, y, h, c = (t.shape for t in (node.inputs[0], node.output, *node.inputs[STATE : MEMORY + 1]))
    if not (2 <= len(x) <= 3 and len(h) == len(c) == 2):
        yield f"it has an input {x}, states {h} and {c}; expected 2 or 3 dimensions, and 2"
        return
    rows, of_x, of_h = c[1], (c[1], x[-1]), (c[1], h[1])
    wanted = {OF_INPUT: of_x, OF_STATE: of_h, PEEPHOLES: (rows,), BIASES: (rows,)}
    wanted |= {PROJECTION: (h[1], rows), PROJECTION + 1: (h[1],)}
    for place in range(OF_INPUT, PROJECTION + 2):
        tensor, shape = node.inputs[place], wanted[max(p for p in wanted if p <= place)]
        if tensor is not None and tensor.shape != shape:
            yield f"{tensor.short_name!r} has shape {tensor.shape}; expected {shape}"
    needed = (2, 3, 4, 6, 7, 8, 13, 14, 15, *([12] if node.inputs[OF_INPUT] else []))
    if any(node.inputs[place] is None for place in needed):
        yield "weights or biases of a gate are left out"
    batch = x[-2] if len(x) == 2 or node.option("time_major", False) else x[0]
    odd = h[0] != batch or c[0] != batch
    if odd or y != (*x[:-1], h[1]) or (node.inputs[PROJECTION] is None and h != c):
        yield f"it makes no {y} of {x} with states {h} and {c}"
    if h != c and any(tensor is not None for tensor in node.inputs[PEEPHOLES:BIASES]):
        yield "peepholes with a projection to another size are not supported"
