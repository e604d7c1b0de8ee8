"""Whether the engine can compute an operator, and why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from qnn_edu.engine.declared import DECLARED, kernel_for
from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.tflite.graph import Tensor

UNKNOWN = "it has no kernel"


def why_not(node: Node, *, shapes: bool = True) -> str | None:
    """Why the engine cannot compute an operator, in words that end a sentence; None if it can.

    Without `shapes`, which may be unknown, only what a kernel declares is held against it.

    >>> from dataclasses import replace
    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite"))
    >>> odd = replace(graph.operators[0], options={"fused_activation_function": "TANH"})
    >>> why_not(Node.of(graph, odd, "reference"))
    'the fused activation must be one of NONE, RELU, RELU6, RELU_N1_TO_1, not TANH'
    """
    kernel = kernel_for(node)
    if kernel is None:
        return UNKNOWN
    return next(reasons(kernel if shapes else replace(kernel, rules=()), node), None)


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
