"""What a network remembers from one image to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field

import numpy as np

from qnn_edu.tflite.graph import Graph, Operator, Tensor

Call = Callable[[int, "Memory"], None]  # runs the subgraph of this number


@dataclass(frozen=True, eq=False)
class State:
    """What a run left behind, for the next one: nothing changes it.

    `variables` are resources by their name, `tensors` the variables of single operators by the
    file's index, and `begun` the subgraphs that have run once. A new state is empty: variables of
    operators are then 0, and subgraphs that run once assign the others.

    Raises:
        ValueError: what is no dict of arrays, or no set.

    >>> State(tensors={3: np.zeros((1, 4), np.int8)}).begun
    frozenset()
    """

    variables: Mapping[str, np.ndarray] = field(default_factory=dict)
    tensors: Mapping[int, np.ndarray] = field(default_factory=dict)
    begun: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        for name, held in (("variables", self.variables), ("tensors", self.tensors)):
            arrays = held.values() if isinstance(held, Mapping) else [held]
            if not (isinstance(held, Mapping) and all(isinstance(a, np.ndarray) for a in arrays)):
                came = ", ".join(type(array).__name__ for array in arrays)
                raise ValueError(f"engine: the {name} of a State are a dict of arrays, got {came}.")
        if not isinstance(self.begun, Set):
            came = type(self.begun).__name__
            raise ValueError(f"engine: what has begun in a State is a set of numbers, got {came}.")


class Memory:
    """What the kernels of one run read and change; it begins as a state, and ends as another."""

    def __init__(self, state: State, call: Call) -> None:
        self.variables, self.tensors = dict(state.variables), dict(state.tensors)
        self.begun, self._call = set(state.begun), call

    def read(self, tensor: Tensor) -> np.ndarray:
        """The variable of an operator: what it left there, at first 0."""
        if tensor.index in self.tensors:
            return self.tensors[tensor.index]
        zero = tensor.zero_point if tensor.type == "INT8" and tensor.zero_point else 0
        return np.full(tensor.shape, zero, tensor.dtype)

    def write(self, tensor: Tensor, array: np.ndarray) -> None:
        """What the variable of an operator has become."""
        self.tensors[tensor.index] = array.reshape(tensor.shape)

    def call_once(self, subgraph: int) -> None:
        """Run a subgraph without inputs, unless it has run."""
        if subgraph not in self.begun:
            self.begun.add(subgraph)
            self._call(subgraph, self)

    @property
    def state(self) -> State:
        """What is remembered now."""
        return State(self.variables, self.tensors, frozenset(self.begun))


def variable_name(operator: Operator) -> str | None:
    """What a VAR_HANDLE calls its variable, its container's name in front where it has one.

    >>> variable_name(Operator(0, "VAR_HANDLE", 1, (), (0,), {"shared_name": "sum"}))
    'sum'
    """
    if operator.name != "VAR_HANDLE":
        return None
    names = (operator.options.get("container"), operator.options.get("shared_name"))
    return "/".join(name for name in names if name)


def require_state(graph: Graph, state: State | None) -> State:
    """The state that a run begins with, a new one if None is given.

    Raises:
        ValueError: what is no state, or one whose variables are not this network's.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> dict(require_state(read(asset("digits_int8.tflite")), None).variables)
    {}
    """
    if state is None:
        return State()
    if not isinstance(state, State):
        raise ValueError(f"engine: state is a Result's `.state`, got {type(state).__name__}.")
    names = {variable_name(op) for each in graph.subgraphs for op in each.operators}
    if unknown := sorted({*state.variables} - names):
        raise ValueError(
            f"engine: the state has the variables {unknown}, which the network has not. Give the "
            "state that a run of this network gave."
        )
    own = {t.index: (t.shape, t.dtype) for t in graph.tensors if t.variable}
    for index, array in state.tensors.items():
        if own.get(index) != (array.shape, array.dtype):
            raise ValueError(
                f"engine: the state has a variable {index}, {array.dtype} of shape {array.shape}, "
                f"and the network has {own}. Give the state that a run of this network gave."
            )
    return state
