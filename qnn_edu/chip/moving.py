"""Layers that put values at other places, and compute with none.

What an operator moves where, the engine's kernel itself tells: it is given the places of its inputs
in place of their values.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from qnn_edu.chip.arrays import Array
from qnn_edu.chip.layer import Layer, in_parts
from qnn_edu.chip.places import around, innermost, loops
from qnn_edu.chip.refusal import require
from qnn_edu.engine.compute import outputs_of
from qnn_edu.engine.declared import kernel_for
from qnn_edu.engine.node import Node
from qnn_edu.tflite.graph import Tensor

FIRST = 1 << 16  # the number of the first place: lower ones are values that a kernel puts there


def moved(node: Node) -> tuple[Layer, ...]:
    """CONCATENATION, TRANSPOSE, PAD and their like: a layer for each input and output that meet."""
    layers = [
        each
        for tensor, places in zip(node.outputs, outputs_of(node, _numbered(node)), strict=True)
        for each in _into(node, tensor, places.ravel().astype(np.int64))
    ]
    return in_parts(layers)


def reshaped(node: Node) -> Layer:
    """RESHAPE, SQUEEZE, EXPAND_DIMS: all stay in their places."""
    return copied(node, node.inputs[0], node.output)


def copied(node: Node, x: Tensor, y: Tensor) -> Layer:
    """All values, as they are."""
    return Layer(node, "copy", (x.index,), y.index, {"size": prod(x.shape)})


def _numbered(node: Node) -> list[np.ndarray | None]:
    """Settings as they are; of what holds values, the numbers of their places."""
    places, first = node.once(kernel_for).places(node), FIRST
    arrays: list[np.ndarray | None] = []
    for k, tensor in enumerate(node.inputs):
        if tensor is None or k not in places or _is_a_frame_s(node, k):
            known = tensor is None or tensor.data is not None
            require(known, "what moves which value is computed; expected a constant")
            arrays.append(None if tensor is None else tensor.data)
        else:
            arrays.append(np.arange(first, first + prod(tensor.shape)).reshape(tensor.shape))
            first += prod(tensor.shape)
    return arrays


def _is_a_frame_s(node: Node, place: int) -> bool:
    """PADV2's third input is the value of its frame."""
    return node.operator.name == "PADV2" and place == 2 and node.inputs[2].data is not None


def _into(node: Node, output: Tensor, places: np.ndarray) -> Iterator[Layer]:
    """What fills an output: values that no input holds, then those of one input after the other."""
    frame = places < FIRST
    if frame.any():
        numbers = {"size": len(places), "value": int(places[frame][0])}
        yield Layer(node, "fill", (), output.index, numbers)
    first = FIRST
    for k in node.once(kernel_for).places(node):
        if _is_a_frame_s(node, k):
            continue
        size = prod(node.inputs[k].shape)
        to = np.flatnonzero((places >= first) & (places < first + size))
        if len(to):
            yield _move(node, node.inputs[k], output, places[to] - first, to)
        first += size


def _move(node: Node, x: Tensor, y: Tensor, source: np.ndarray, to: np.ndarray) -> Layer:
    """Values of `x` at the places `source` go to the places `to` of `y`."""
    if len(to) == prod(x.shape) == prod(y.shape) and (source == to).all():
        return copied(node, x, y)
    found, begins = loops(source, to)
    block = innermost(found, len(to), "xy")
    name = f"{node.operator.index}_{x.index}_{y.index}"
    if begins.shape[1] > 1:
        starts = {"x_starts": source[:: block["count"]], "y_starts": to[:: block["count"]]}
        arrays = {word: Array(f"{word}_{name}", np.int32(each)) for word, each in starts.items()}
        return Layer(node, "scatter", (x.index,), y.index, block | arrays)
    begin = {"x_start": int(begins[0, 0]), "y_start": int(begins[1, 0])}
    return Layer(node, "move", (x.index,), y.index, block | begin | around(found, "xy", name))
