"""Every shape of a graph, from those of its inputs and constants on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qnn_edu.tflite.graph import Graph, Operator, Subgraph, Tensor
from qnn_edu.tflite.shapes import images, moving, own, values
from qnn_edu.tflite.shapes.law import Law, Shape, Unknown

LAWS: dict[str, Law] = values.LAWS | images.LAWS | moving.LAWS | own.LAWS
_UNFIT = (Unknown, LookupError, ValueError, TypeError, ZeroDivisionError, OverflowError)


def infer_shapes(graph: Graph) -> Graph:
    """A graph whose computed tensors have the shapes that a runtime gives them.

    What no law tells, as where a shape depends on computed values, keeps the file's. The graph
    itself comes back where nothing differs.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite"))
    >>> infer_shapes(graph) is graph
    True
    """
    subgraphs = tuple(_inferred(subgraph) for subgraph in graph.subgraphs)
    same = all(a is b for a, b in zip(subgraphs, graph.subgraphs, strict=True))
    return graph if same else replace(graph, subgraphs=subgraphs)


def output_shapes(operator: Operator, inputs: Sequence[Tensor | None]) -> Sequence[Shape] | None:
    """The shapes of an operator's outputs; None where no law fits what comes.

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
    except _UNFIT:  # a damaged file, or settings that are computed
        return None
    if shapes is None or len(shapes) != len(operator.outputs):
        return None
    return shapes if all(n >= 0 for shape in shapes for n in shape) else None


def reshaped(tensor: Tensor, shape: Shape) -> Tensor:
    """The same tensor in another shape; itself where it has that shape."""
    return tensor if tensor.shape == shape else replace(tensor, shape=shape, signature=shape)


def _inferred(subgraph: Subgraph) -> Subgraph:
    tensors = list(subgraph.tensors)
    for operator in subgraph.operators:
        inputs = [None if i == -1 else tensors[i] for i in operator.inputs]
        shapes = output_shapes(operator, inputs) or [tensors[i].shape for i in operator.outputs]
        for i, shape in zip(operator.outputs, shapes, strict=True):
            tensors[i] = reshaped(tensors[i], shape)
    same = all(a is b for a, b in zip(tensors, subgraph.tensors, strict=True))
    return subgraph if same else replace(subgraph, tensors=tuple(tensors))
