"""What cannot become C is refused, with its place in the graph and what would be accepted.

What the engine cannot compute is refused for the engine's reasons; here stand those of C.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from math import prod

from qnn_edu.engine.declared import kernel_for
from qnn_edu.engine.node import Node
from qnn_edu.engine.support import reasons, why_too_early
from qnn_edu.tflite import Graph, Operator

TYPES = ("INT8", "UINT8")
ADVICE = (
    "A program has one type: quantize the whole model, inputs and outputs too "
    "(`--recipe int8 --io int8`)."
)
COPIED = ("PAD", "RESHAPE", "SQUEEZE")  # C moves their integers, whatever scale these have


def require(condition: bool, operator: Operator, came: str) -> None:
    """Refuse an operator unless `condition` holds.

    Raises:
        ValueError: the operator, its place, and `came`: what came, what was expected.

    >>> require(False, Operator(3, "PAD", 1, (), ()), "pads 5 dimensions; at most 4 are supported.")
    Traceback (most recent call last):
    ValueError: Operator 3, PAD, pads 5 dimensions; at most 4 are supported.
    """
    if not condition:
        raise ValueError(f"Operator {operator.index}, {operator.name}, {came}")


def require_computable(node: Node, there: Collection[int]) -> None:
    """Refuse what the engine refuses, or what reads a tensor that is not `there`, by index.

    Raises:
        ValueError: the operator, its place, and the engine's reason.
    """
    kernel = kernel_for(node)
    if node.operator.name in COPIED:
        kernel = replace(kernel, one_scale=False)
    reason = why_too_early(node.inputs, there) or next(reasons(kernel, node), None)
    require(reason is None, node.operator, f"cannot be exported: {reason}.")


def require_one_type(node: Node, kind: str) -> None:
    """Refuse activations that have another type than the program's one, `kind`, or no known size.

    Raises:
        ValueError: another type, a dimension that is open or empty.
    """
    for tensor in filter(None, (*kernel_for(node).activations(node), *node.outputs)):
        who = f"has tensor {tensor.index} ({tensor.short_name})"
        came = f"of type {tensor.type}; expected {kind}, as the model's inputs are. {ADVICE}"
        require(tensor.type == kind, node.operator, f"{who} {came}")
        fixed = all(size > 0 for size in tensor.shape) and prod(tensor.shape) < 2**31
        came = f"of shape {tensor.shape}; all sizes must be known, and at most 2**31 - 1 values."
        require(fixed, node.operator, f"{who} {came}")


def require_ends(graph: Graph) -> str:
    """The one type of the model's inputs and outputs, `INT8` or `UINT8`.

    Raises:
        ValueError: another type, a batch, an output that no operator computes or that comes twice.
    """
    ends = [graph.tensors[i] for i in (*graph.inputs, *graph.outputs)]
    kinds = {tensor.type for tensor in ends}
    if len(kinds) != 1 or not kinds <= set(TYPES):
        raise ValueError(
            f"The model's inputs and outputs are {', '.join(t.type for t in ends)}; expected INT8 "
            "for all of them, or UINT8. Convert with `--recipe int8 --io int8`."
        )
    for tensor in (graph.tensors[i] for i in graph.inputs):
        if tensor.shape[:1] != (1,):
            raise ValueError(
                f"Input {tensor.short_name!r} has shape {tensor.shape}; expected (1, ...): the "
                "program takes one example at a time. Convert the model with a batch of 1."
            )
        if tensor.is_open:
            raise ValueError(
                f"Input {tensor.short_name!r} leaves sizes open, {tensor.signature}; a program has "
                "fixed ones. Give the network's keras.Input all sizes, and convert it again."
            )
    computed = [i for operator in graph.operators for i in operator.outputs]
    if any(graph.outputs.count(i) != 1 or computed.count(i) != 1 for i in graph.outputs):
        raise ValueError(
            f"The model's outputs are tensors {graph.outputs}; expected tensors that one operator "
            "computes, each once."
        )
    return kinds.pop()
