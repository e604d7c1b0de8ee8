"""What cannot become C is refused, with its place in the graph and what would be accepted."""

from __future__ import annotations

from math import prod

from qnn_edu.engine.node import Node
from qnn_edu.tflite import Graph, Operator, Tensor

TYPES = ("INT8", "UINT8")


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


def require_activation(node: Node, tensor: Tensor | None, kind: str) -> None:
    """Refuse what is no quantized activation of the program's one type, `kind`.

    Raises:
        ValueError: another type, a tensor without scale, a dimension that is open or empty.
    """
    require(tensor is not None, node.operator, "leaves out an input that it needs.")
    who = f"has tensor {tensor.index} ({tensor.short_name})"
    require(
        tensor.type == kind,
        node.operator,
        f"{who} of type {tensor.type}; expected {kind}, as the model's inputs are. A program has "
        "one type: quantize the whole model, inputs and outputs too (`--recipe int8 --io int8`).",
    )
    scalar = tensor.scale is not None and tensor.axis is None
    require(scalar, node.operator, f"{who} without one scale and zero point for all its values.")
    fixed = all(size > 0 for size in tensor.shape) and prod(tensor.shape) < 2**31
    came = f"{who} of shape {tensor.shape}; all sizes must be known, and at most 2**31 - 1 values."
    require(fixed, node.operator, came)


def require_same_size(node: Node, x: Tensor) -> None:
    """Refuse an output that has not as many values as the input `x`.

    Raises:
        ValueError: another number of values.
    """
    came = f"makes {node.output.shape} of {x.shape}: not as many values."
    require(prod(x.shape) == prod(node.output.shape), node.operator, came)


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
    computed = [i for operator in graph.operators for i in operator.outputs]
    if any(graph.outputs.count(i) != 1 or computed.count(i) != 1 for i in graph.outputs):
        raise ValueError(
            f"The model's outputs are tensors {graph.outputs}; expected tensors that one operator "
            "computes, each once."
        )
    return kinds.pop()
