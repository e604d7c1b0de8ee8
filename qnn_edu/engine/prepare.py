"""A subgraph made ready: shapes worked out, constants computed, and all that blocks it found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from qnn_edu.engine.compute import outputs_of
from qnn_edu.engine.declared import kernel_of
from qnn_edu.engine.node import MOST, Node
from qnn_edu.engine.support import why_not, why_too_early
from qnn_edu.tflite.graph import Graph, Operator, Tensor
from qnn_edu.tflite.shapes import output_shapes
from qnn_edu.tflite.shapes.infer import reshaped


@dataclass(frozen=True)
class Blocker:
    """`reason` ends the sentence "operator `index`, `operator`, cannot run: ...".

    What is wrong with the model as a whole has None for both.
    """

    index: int | None
    operator: str | None
    reason: str

    def __str__(self) -> str:
        who = "" if self.index is None else f"operator {self.index}, {self.operator}: "
        return f"{who}{self.reason}"


@dataclass(frozen=True, eq=False)
class Prepared:
    """`nodes` are what runs; `constants`, by tensor, ran already, since no input changes them."""

    nodes: tuple[Node, ...]
    constants: dict[int, np.ndarray]
    blockers: tuple[Blocker, ...]


def prepared(graph: Graph, number: int, kernels: str, above: tuple[int, ...] = ()) -> Prepared:
    """A subgraph that is called by those `above`; what cannot run blocks no one else."""
    subgraph = graph.subgraphs[number]
    tensors = list(subgraph.tensors)
    there = {t.index for t in tensors if t.data is not None or t.variable} | set(subgraph.inputs)
    nodes: list[Node] = []
    constants: dict[int, np.ndarray] = {}
    found: list[Blocker] = []
    unsure: set[int] = set()  # behind what cannot run, shapes that the file leaves empty or open
    for operator in subgraph.operators:
        doubtful = not unsure.isdisjoint(operator.inputs)
        stated = Node.of(subgraph, operator, kernels)
        node, unfit = _with_shapes(stated, tensors, shapes=not doubtful)
        reason = why_not(node, shapes=not doubtful) or why_too_early(node.inputs, there)
        reason = reason or unfit or _why_no_call(graph, operator, kernels, (*above, number))
        there.update(operator.outputs)
        if reason or doubtful:
            unsure |= {t.index for t in node.outputs if t.shape == () or -1 in t.signature}
        if reason:
            found.append(Blocker(operator.index, operator.name, reason))
            continue
        node = replace(node, kernels=_own_kernels(stated))
        if not _is_constant(node):
            nodes.append(node)
            continue
        try:
            constants |= _computed(node, tensors)
        except ValueError as error:  # what else is found when a kernel runs
            found.append(Blocker(operator.index, operator.name, str(error.__cause__ or error)))
    if missing := [i for i in subgraph.outputs if i not in there]:
        whose = "the model's outputs" if number == 0 else f"outputs of its subgraph {number}"
        found.append(Blocker(None, None, f"nothing computes the tensors {missing}, {whose}"))
    return Prepared(tuple(nodes), constants, tuple(found))


def _with_shapes(stated: Node, tensors: list[Tensor], *, shapes: bool) -> tuple[Node, str | None]:
    """A node with its tensors as they are known by now, and what speaks against their shapes.

    With `shapes`, outputs get from now on those that a law tells.
    """
    operator, unfit = stated.operator, None
    inputs = tuple(None if i == -1 else tensors[i] for i in operator.inputs)
    try:
        told = output_shapes(operator, inputs) if shapes else None
    except ValueError as error:
        told, unfit = None, str(error)
    if any(prod(shape) > MOST for shape in told or ()):
        told, unfit = None, f"its outputs would have the shapes {told}, more than {MOST} values"
    for i, shape in zip(operator.outputs, told or (), strict=told is not None):
        tensors[i] = reshaped(tensors[i], shape)
    outputs = tuple(tensors[i] for i in operator.outputs)
    return Node(operator, inputs, outputs, stated.kernels, stated.intermediates), unfit


def _own_kernels(stated: Node) -> str:
    """The kernel set of a node, as the file states it: XNNPACK declines some."""
    declined = stated.kernels == "xnnpack" and kernel_of(stated).declined(stated)
    return "optimized" if declined else stated.kernels


def _is_constant(node: Node) -> bool:
    """Whether no input of the network changes what comes out."""
    kernel, inputs = kernel_of(node), [t for t in node.inputs if t is not None]
    known = kernel.of_shapes or all(tensor.data is not None for tensor in inputs)
    return bool(inputs) and known and not kernel.remembers and not kernel.states


def _computed(node: Node, tensors: list[Tensor]) -> dict[int, np.ndarray]:
    """The outputs of a node whose inputs are constants, or matter by their shapes alone."""
    arrays = outputs_of(node, [_array(tensor) for tensor in node.inputs])
    for tensor, array in zip(node.outputs, arrays, strict=True):
        tensors[tensor.index] = replace(tensor, data=array)
    return {tensor.index: tensors[tensor.index].data for tensor in node.outputs}


def _array(tensor: Tensor | None) -> np.ndarray | None:
    if tensor is None or tensor.data is not None:
        return None if tensor is None else tensor.data
    return np.broadcast_to(np.zeros((), tensor.dtype), tensor.shape)


def _why_no_call(
    graph: Graph, operator: Operator, kernels: str, above: tuple[int, ...]
) -> str | None:
    """Why the subgraphs that an operator calls cannot run; none may call itself."""
    for number in operator.subgraphs:
        if number in above:
            return f"subgraph {number} would call itself"
        for blocker in prepared(graph, number, kernels, above).blockers:
            return f"in its subgraph {number}, {blocker}"
    return None
