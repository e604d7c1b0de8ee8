"""Operators that only prepare what others read: folded into their readers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from qnn_edu.tflite.graph import Operator, Subgraph

_UNPACKS = ("DEQUANTIZE", "DENSIFY")  # what a file does with constants that it stores smaller


def folded(graph: Subgraph, keep: Collection[int] = ()) -> Subgraph:
    """A graph in which operators read constants as they are stored, and variables by name.

    DEQUANTIZE and DENSIFY of a constant are left out, so its readers read `w 64×1×1×32 float16`,
    and so is VAR_HANDLE. What makes an output of the graph, a tensor to `keep`, or one that nobody
    reads, stays.

    >>> import numpy as np
    >>> from qnn_edu.tflite.graph import Tensor
    >>> w, real, x, y = (Tensor(i, "", (2,), np.dtype("f4")) for i in range(4))
    >>> steps = Operator(0, "DEQUANTIZE", 1, (0,), (1,)), Operator(1, "MUL", 1, (2, 1), (3,))
    >>> graph = Subgraph("main", (replace(w, data=np.ones(2)), real, x, y), steps, (2,), (3,))
    >>> [(operator.name, operator.inputs) for operator in folded(graph).operators]
    [('MUL', (2, 0))]
    """
    read = {i for operator in graph.operators for i in operator.inputs} - {*graph.outputs, *keep}
    stored: dict[int, int] = {}  # tensors that are left out, and what is read in their place
    left: list[Operator] = []
    for operator in graph.operators:
        source = _stored(operator, graph, stored)
        if source is None or not read.issuperset(operator.outputs):
            inputs = tuple(stored.get(i, i) for i in operator.inputs)
            left.append(replace(operator, inputs=inputs))
        else:
            stored[operator.outputs[0]] = source
    return replace(graph, operators=tuple(left))


def named(graph: Subgraph) -> Subgraph:
    """A graph whose handles of variables have the variables' names.

    >>> import numpy as np
    >>> from qnn_edu.tflite.graph import Tensor
    >>> handle = Tensor(0, "x", (), np.dtype("O"))
    >>> made = Operator(0, "VAR_HANDLE", 1, (), (0,), {"shared_name": "state"})
    >>> named(Subgraph("main", (handle,), (made,), (), ())).tensors[0].name
    'state'
    """
    names = {
        i: operator.options["shared_name"]
        for operator in graph.operators
        if operator.options.get("shared_name")
        for i in operator.outputs
    }
    tensors = tuple(replace(t, name=names.get(t.index, t.name)) for t in graph.tensors)
    return replace(graph, tensors=tensors) if names else graph


def _stored(operator: Operator, graph: Subgraph, stored: dict[int, int]) -> int | None:
    """What readers of an operator's output may read in its place, if it can be left out."""
    if operator.name == "VAR_HANDLE" and len(operator.outputs) == 1:
        return operator.outputs[0]
    if operator.name not in _UNPACKS or (len(operator.inputs), len(operator.outputs)) != (1, 1):
        return None
    source = stored.get(operator.inputs[0], operator.inputs[0])
    return source if source >= 0 and graph.tensors[source].data is not None else None
