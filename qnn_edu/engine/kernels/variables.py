"""Resources: variables with a name, which stay from one run to the next.

Handles are arrays of the one name; what belongs to it lies in a run's `Memory`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.state import Memory, variable_name

HANDLES = ("RESOURCE",)
VALUES = ("INT8", "UINT8", "INT16", "INT32", "INT64", "FLOAT32", "BOOL")


def var_handle(node: Node) -> np.ndarray:
    """The variable's name; see `engine.state.variable_name`."""
    return np.full(node.output.shape, variable_name(node.operator), object)


def read_variable(node: Node, memory: Memory, handle: np.ndarray) -> np.ndarray:
    """What was assigned last."""
    name, tensor = handle.ravel()[0], node.output
    value = memory.variables.get(name)
    came = "nothing" if value is None else f"{value.dtype} of shape {value.shape}"
    if value is None or (value.dtype, value.shape) != (tensor.dtype, tensor.shape):
        raise ValueError(
            f"it expects {tensor.dtype} of shape {tensor.shape} in variable {name!r}, and finds "
            f"{came}. Begin with a state that a run of this network gave, or with none."
        )
    return value.copy()  # it may become an output, which a caller may change


def assign_variable(node: Node, memory: Memory, handle: np.ndarray, value: np.ndarray) -> tuple[()]:
    """From now on, the variable has this value."""
    memory.variables[handle.ravel()[0]] = value.copy()  # it may be what a caller gave
    return ()


def call_once(node: Node, memory: Memory) -> tuple[()]:
    """A subgraph that assigns variables what they begin with, the first time alone."""
    memory.call_once(node.option("init_subgraph_index"))
    return ()


def _of_handles(node: Node) -> Iterator[str]:
    """The first input is a handle."""
    handle = node.inputs[0]
    if handle.type not in HANDLES or 0 in handle.shape:
        yield f"its input {handle.short_name!r} is {handle.type} {handle.shape}, and no handle"


KERNELS = (
    Kernel("VAR_HANDLE", var_handle, HANDLES, values=()),
    Kernel(
        "READ_VARIABLE",
        read_variable,
        HANDLES,
        to=VALUES,
        scaled=False,
        remembers=True,
        rules=(_of_handles,),
    ),
    Kernel(
        "ASSIGN_VARIABLE",
        assign_variable,
        VALUES,
        values=(1,),
        outputs=0,
        scaled=False,
        remembers=True,
        rules=(_of_handles,),
    ),
    Kernel("CALL_ONCE", call_once, (), values=(), outputs=0, remembers=True),
)
