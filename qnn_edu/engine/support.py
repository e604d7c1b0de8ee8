"""What the engine can compute: everything else is refused before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from qnn_edu.engine.declared import DECLARED, kernel_for
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.operators import OPERATORS
from qnn_edu.tflite.graph import Graph, Tensor, require_graph


def why_not(node: Node) -> str | None:
    """Why the engine cannot compute an operator, in words that end a sentence; None if it can.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_float32.tflite"))
    >>> why_not(Node.of(graph, graph.operators[0], "reference"))
    "'serving_default_image' is FLOAT32; supported are INT8 and UINT8"
    """
    kernel = kernel_for(node)
    if kernel is None:
        return f"supported are {', '.join(OPERATORS)}"
    return next(reasons(kernel, node), None)


def reasons(kernel: Kernel, node: Node) -> Iterator[str]:
    """Why a kernel cannot compute a node; only the first is sure to make sense."""
    for declared in DECLARED:
        yield from declared(kernel, node)
    for rule in kernel.rules:
        yield from rule(node)


def why_too_early(tensors: Iterable[Tensor | None], there: Collection[int]) -> str | None:
    """Why these cannot be read where only `there` is known, by index; None if they can."""
    missing = [t.index for t in tensors if t is not None and t.index not in there]
    return f"it reads tensors {missing}, which nothing computes before" if missing else None


def require_closed(graph: Graph) -> None:
    """Refuse a model with inputs whose size is open: nobody knows the shapes within.

    Raises:
        ValueError: with the input's name and its shape.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> require_closed(read(asset("digits_int8.tflite")))
    """
    require_graph(graph, "engine")
    for tensor in (graph.tensors[i] for i in graph.inputs):
        if tensor.is_open:
            sizes = ", ".join("any" if size < 0 else str(size) for size in tensor.signature)
            raise ValueError(
                f"engine: input {tensor.short_name!r} has shape ({sizes}), and every size must be "
                "known. Give the network's keras.Input all sizes, and convert it again."
            )


def require_supported(node: Node, there: Collection[int]) -> None:
    """Refuse an operator that no kernel is there for, or that reads what is not `there` yet.

    Raises:
        ValueError: with the operator's name, its place in the graph, why, and what is supported.
    """
    reason = why_not(node) or why_too_early(node.inputs, there)
    if reason:
        names = " and ".join(repr(tensor.short_name) for tensor in node.outputs) or "nothing"
        raise ValueError(
            f"engine: operator {node.operator.index}, {node.operator.name}, whose output is "
            f"{names}, cannot run in integers: {reason}."
        )
