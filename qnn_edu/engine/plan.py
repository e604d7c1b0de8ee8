"""A network made ready: every operator with its tensors and its kernel."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from qnn_edu.engine.blockers import require_kernels, require_runnable
from qnn_edu.engine.declared import kernel_of
from qnn_edu.engine.node import Node
from qnn_edu.engine.prepare import Prepared, prepared
from qnn_edu.tflite.graph import Graph, require_graph


@dataclass(frozen=True, eq=False)
class Plan:
    """`subgraphs` by their number; the nodes of each are in the order of execution."""

    graph: Graph
    subgraphs: tuple[Prepared, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The operators of the main subgraph."""
        return self.subgraphs[0].nodes

    @functools.cached_property
    def images_stay_apart(self) -> bool:
        """Whether a batch can run at once.

        The first dimension of all tensors is 1, no operator works along it, none remembers, and
        none adds real numbers, whose order would show.
        """
        kernels = [(node, kernel_of(node)) for node in self.nodes]
        meet = any(k.remembers or k.states or k.along_batch(node) for node, k in kernels)
        tensors = [t for n in self.nodes for t in (*n.inputs, *n.outputs) if t is not None]
        alike = all(t.shape[:1] == (1,) for t in tensors if t.data is None)
        return alike and not meet and not self.in_float

    @functools.cached_property
    def in_float(self) -> tuple[int, ...]:
        """The operators that read real numbers, but for those that make integers of them."""
        return tuple(node.operator.index for node in self.nodes if _in_float(node))


def plan(graph: Graph, kernels: str) -> Plan:
    """Every operator of a model with its tensors, once all of them are known to have a kernel.

    Those of the last few graphs are kept, with what their kernels have prepared.

    Raises:
        ValueError: other kernels, and a model that cannot run, with all that blocks it.
    """
    require_graph(graph, "engine")
    require_kernels(kernels)
    return _plan(graph, kernels)


@functools.lru_cache(maxsize=4)
def _plan(graph: Graph, kernels: str) -> Plan:
    require_runnable(graph, kernels)
    numbers = range(len(graph.subgraphs))
    return Plan(graph, tuple(prepared(graph, number, kernels) for number in numbers))


def _in_float(node: Node) -> bool:
    read = (tensor for tensor in kernel_of(node).activations(node) if tensor is not None)
    return any(t.dtype.kind == "f" for t in read) and all(t.scale is None for t in node.outputs)
