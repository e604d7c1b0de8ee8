"""Layers with weights in a float file: what makes each channel, what it reaches, who reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from qnn_edu.tflite.graph import Graph, Operator, Tensor

# The axis of a kernel that counts the channels it makes, and the one of those that it reads.
MAKES = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 0}
READS = {"CONV_2D": 3, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 1}
# Operators that leave a channel in its place, whatever they do to its values.
KEEPS_CHANNELS = {
    "AVERAGE_POOL_2D",
    "ELU",
    "HARD_SWISH",
    "LEAKY_RELU",
    "MAX_POOL_2D",
    "MAXIMUM",
    "MEAN",
    "MINIMUM",
    "PAD",
    "RELU",
    "RELU6",
    "RELU_0_TO_1",
    "RELU_N1_TO_1",
    "RESHAPE",
}


@dataclass(frozen=True, eq=False)
class Layer:
    """An operator with a constant kernel, and who reads its channels.

    `name` is that of its kernel, as a rule the layer that a reader wrote; `names` all that the file
    knows it by. `made`: the largest |weight| of each channel that it makes; `read`: of each channel
    where it is read, None where it is not read by a kernel alone. `mixed`: the reader adds channels
    up, where a depthwise one keeps each apart.
    """

    operator: Operator
    output: int
    name: str
    names: tuple[str, ...]
    made: np.ndarray
    read: np.ndarray | None
    mixed: bool

    @property
    def place(self) -> str:
        """Its name, and in parentheses what was folded into it."""
        others = [name for name in self.names if name != self.name]
        return f"{self.name} (with {', '.join(others)})" if others else self.name


def layers(graph: Graph) -> list[Layer]:
    """Every layer with weights, in the order of the file.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> first, *_ = layers(read(asset("digits_float32.tflite")))
    >>> first.place, first.made.shape, first.read.shape
    ('conv (with conv_relu, conv_norm)', (16,), (16,))
    """
    found = []
    for op in graph.operators:
        kernel = _kernel(graph, op)
        if kernel is None:
            continue
        made = _largest(kernel.data, MAKES[op.name])
        reader = _reader(graph, op.outputs[0])
        read = None if reader is None else _read(graph, reader, len(made))
        mixed = reader is not None and reader.name != "DEPTHWISE_CONV_2D"
        name, *_ = _names([_unfolded(kernel)]) or (graph.layer_name(op.outputs[0]),)
        names = _names([kernel, graph.tensors[op.outputs[0]]]) or (name,)
        found.append(Layer(op, op.outputs[0], name, names, made, read, mixed))
    return found


def readers(graph: Graph, tensor: int) -> list[Operator]:
    """The operators that read a tensor's values; SHAPE does not."""
    return [op for op in graph.operators if tensor in op.inputs and op.name != "SHAPE"]


def maker_names(graph: Graph, operator: Operator) -> tuple[str, ...]:
    """All names of an operator, and of the layer whose values it takes further, if it does so.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_float32.tflite"))
    >>> maker_names(graph, graph.operators[-3])
    ('average', 'block3_pointwise_relu', 'block3_pointwise_norm', 'block3_pointwise')
    """
    made = {i: op for op in graph.operators for i in op.outputs}
    tensors: list[Tensor] = []
    step: Operator | None = operator
    while step is not None:
        kernel = _kernel(graph, step)
        tensors += [graph.tensors[step.outputs[0]], *([kernel] if kernel else [])]
        step = made.get(step.inputs[0]) if kernel is None and _keeps(graph, step) else None
    return _names(tensors)


def _kernel(graph: Graph, op: Operator) -> Tensor | None:
    """The constant kernel of an operator that has one."""
    if op.name not in MAKES or graph.tensors[op.inputs[1]].data is None:
        return None
    return graph.tensors[op.inputs[1]]


def _unfolded(kernel: Tensor) -> Tensor:
    """The kernel without the part of its name that tells of a folded normalisation."""
    own = [piece for piece in kernel.name.split(";") if "/batchnorm" not in piece]
    return replace(kernel, name=";".join(own)) if own else kernel


def _largest(kernel: np.ndarray, axis: int) -> np.ndarray:
    rest = tuple(k for k in range(kernel.ndim) if k != axis)
    return np.abs(kernel).max(axis=rest)


def _reader(graph: Graph, tensor: int) -> Operator | None:
    """The only operator with a kernel that reads a tensor's channels, at once or further on."""
    reading = readers(graph, tensor)
    while len(reading) == 1 and _keeps(graph, reading[0]):
        reading = readers(graph, reading[0].outputs[0])
    return reading[0] if len(reading) == 1 and _kernel(graph, reading[0]) else None


def _read(graph: Graph, reader: Operator, channels: int) -> np.ndarray | None:
    """The largest |weight| by which each channel is multiplied; in a flattened image, every channel
    is there once a pixel."""
    read = _largest(graph.tensors[reader.inputs[1]].data, READS[reader.name])
    return None if read.size % channels else read.reshape(-1, channels).max(axis=0)


def _keeps(graph: Graph, op: Operator) -> bool:
    """Does it take the channels of one tensor further?"""
    computed = [i for i in op.inputs if i >= 0 and graph.tensors[i].data is None]
    return op.name in KEEPS_CHANNELS and (len(computed) == 1 or op.name == "RESHAPE")


def _names(tensors: Sequence[Tensor]) -> tuple[str, ...]:
    """The layers whose names a converter joined in those of tensors, each once."""
    # A bound of any height is a scope of its own within its layer.
    parts = (t.name.replace("/clip_by_value/", "/").split(";") for t in tensors)
    pieces = [
        replace(t, name=part) for t, names in zip(tensors, parts, strict=True) for part in names
    ]
    named = [piece.short_name for piece in pieces if "/" in piece.name]
    return tuple(dict.fromkeys(named))
