"""Every shape of a graph, from those of its inputs and constants on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qnn_edu.tflite.graph import Graph, Operator, Subgraph, Tensor
from qnn_edu.tflite.shapes import images, moving, values
from qnn_edu.tflite.shapes.law import Inputs, Law, Shape, Unfit, Unknown

LAWS: dict[str, Law] = values.LAWS | images.LAWS | moving.LAWS
# What laws and numpy say to shapes and options that contradict one another.
_UNFIT = (LookupError, ValueError, TypeError, ZeroDivisionError, OverflowError)


def infer_shapes(graph: Graph) -> Graph:
    """A graph whose computed tensors have the shapes that a runtime gives them.

    What no law tells, as where a setting is computed, keeps the file's shape, and so does what
    contradicts itself. The graph itself comes back where nothing differs.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite"))
    >>> infer_shapes(graph) is graph
    True
    """
    subgraphs = tuple(_inferred(subgraph) for subgraph in graph.subgraphs)
    same = all(a is b for a, b in zip(subgraphs, graph.subgraphs, strict=True))
    return graph if same else replace(graph, subgraphs=subgraphs)


def output_shapes(operator: Operator, inputs: Inputs) -> Sequence[Shape] | None:
    """The shapes of an operator's outputs; None without a law, or where a setting is computed.

    Raises:
        ValueError: shapes, settings and options contradict one another.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite"))
    >>> conv = graph.operators[0]
    >>> output_shapes(conv, [graph.tensors[i] for i in conv.inputs])
    [(1, 8, 8, 16)]
    """
    law = LAWS.get(operator.name)
    try:
        shapes = law(operator, inputs) if law else None
    except Unknown:
        return None
    except _UNFIT as error:
        raise Unfit(f"{_came(operator, inputs)} contradict one another") from error
    if shapes is None:
        return None
    count = len(operator.outputs)
    if len(shapes) != count or any(n < 0 for shape in shapes for n in shape):
        raise Unfit(f"{_came(operator, inputs)} give {shapes} to {count} output(s)")
    return shapes


def _came(operator: Operator, inputs: Inputs) -> str:
    shapes = ", ".join("none" if tensor is None else str(tensor.shape) for tensor in inputs)
    return f"inputs of shapes {shapes}, the constants and options of {operator.name}"


def reshaped(tensor: Tensor, shape: Shape) -> Tensor:
    """The same tensor in another shape; itself where it has that shape."""
    return tensor if tensor.shape == shape else replace(tensor, shape=shape, signature=shape)


def _inferred(subgraph: Subgraph) -> Subgraph:
    tensors = list(subgraph.tensors)
    for operator in subgraph.operators:
        inputs = [None if i == -1 else tensors[i] for i in operator.inputs]
        for i, shape in zip(operator.outputs, _told(operator, inputs, tensors), strict=True):
            tensors[i] = reshaped(tensors[i], shape)
    same = all(a is b for a, b in zip(tensors, subgraph.tensors, strict=True))
    return subgraph if same else replace(subgraph, tensors=tuple(tensors))


def _told(operator: Operator, inputs: Inputs, tensors: Sequence[Tensor]) -> Sequence[Shape]:
    """What a law tells, or the shapes that the outputs have."""
    try:
        told = output_shapes(operator, inputs)
    except Unfit:
        told = None
    return [tensors[i].shape for i in operator.outputs] if told is None else told
