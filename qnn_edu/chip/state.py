"""Variables: what a network remembers from one call to the next, in a structure of the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qnn_edu.chip.layer import Layer
from qnn_edu.chip.moving import copied
from qnn_edu.chip.refusal import require
from qnn_edu.engine.kernels.variables import var_handle
from qnn_edu.engine.node import Node
from qnn_edu.engine.prepare import prepared
from qnn_edu.tflite.graph import Graph, Tensor


@dataclass(frozen=True, eq=False)
class Variable:
    """`begin` is what it holds before the first call; `tensor` has a number that no tensor has."""

    name: str
    tensor: Tensor
    begin: np.ndarray

    @property
    def field(self) -> str:
        """Its name in C."""
        return f"variable_{-1 - self.tensor.index}"

    @property
    def is_even(self) -> bool:
        """Whether it begins with one value everywhere."""
        return bool((self.begin == self.begin.ravel()[0]).all())


class Variables:
    """A network's variables, and the layers of the operators that name, read and assign them."""

    def __init__(self, graph: Graph, nodes: Sequence[Node]) -> None:
        self.names = _names(nodes)
        found: dict[str, np.ndarray] = {}
        for node in nodes:
            if node.operator.name == "CALL_ONCE":
                found |= _begun(graph, node)
        self.all = {
            name: _variable(-1 - k, name, value) for k, (name, value) in enumerate(found.items())
        }
        self.layers = {
            "ASSIGN_VARIABLE": self._assign,
            "CALL_ONCE": lambda node: (),
            "READ_VARIABLE": self._read,
            "VAR_HANDLE": lambda node: (),
        }

    def _read(self, node: Node) -> Layer:
        """READ_VARIABLE: what was assigned last."""
        variable = self._of(node, node.output)
        return copied(node, variable.tensor, node.output)

    def _assign(self, node: Node) -> Layer:
        """ASSIGN_VARIABLE: from now on, another value."""
        value = node.inputs[1]
        return copied(node, value, self._of(node, value).tensor)

    def _of(self, node: Node, tensor: Tensor) -> Variable:
        name = self.names.get(node.inputs[0].index)
        require(name in self.all, f"nothing says what variable {name!r} begins with")
        variable = self.all[name]
        alike = (variable.tensor.shape, variable.tensor.type) == (tensor.shape, tensor.type)
        came = f"{tensor.type} of shape {tensor.shape}"
        kept = f"{variable.tensor.type} of shape {variable.tensor.shape}"
        require(alike, f"its value is {came}, and the variable holds {kept}")
        return variable


def _names(nodes: Sequence[Node]) -> dict[int, str]:
    """The variable that each handle names, by the handle's number."""
    handles = (node for node in nodes if node.operator.name == "VAR_HANDLE")
    return {node.output.index: var_handle(node).ravel()[0] for node in handles}


def _begun(graph: Graph, node: Node) -> dict[str, np.ndarray]:
    """What a subgraph that runs once assigns, by the variable's name."""
    (number,) = node.operator.subgraphs
    nodes = prepared(graph, number, "reference").nodes
    names, found = _names(nodes), {}
    for each in nodes:
        if each.operator.name == "ASSIGN_VARIABLE" and each.inputs[1].data is not None:
            found[names[each.inputs[0].index]] = each.inputs[1].data
    return found


def _variable(number: int, name: str, value: np.ndarray) -> Variable:
    return Variable(name, Tensor(number, name, value.shape, value.dtype), value)
