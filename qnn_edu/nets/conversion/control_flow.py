"""Loops and branches in a TensorFlow graph, which no integer recipe can calibrate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.conversion.source import Source
from qnn_edu.nets.conversion.tracing import Names

if TYPE_CHECKING:
    import tensorflow as tf

KINDS = ("While", "StatelessWhile", "If", "StatelessIf", "Case", "StatelessCase", "Switch", "Merge")


def require_straight(origin: Source) -> None:
    """Refuse a model whose graph has a loop or a branch: TensorFlow's calibrator, which watches one
    run of one graph, ends the process there (measured with version 2.21).

    Raises:
        ValueError: there is one; the message names its layer and the way out.

    >>> from qnn_edu.nets.conversion.source import source
    >>> from qnn_edu.nets.models import digits_net
    >>> require_straight(source(digits_net()))
    """
    names = Names(origin)
    found = dict.fromkeys(_place(names(node.name)) for node in control_flow(origin.function))
    if found:
        raise ValueError(
            f"convert: {', '.join(map(repr, found))} holds a loop or a branch (While, If), whose "
            "activations nobody can calibrate. A recurrent layer becomes a chain of plain "
            "operators by unroll=True, as keras.layers.LSTM(32, unroll=True), and takes the "
            "weights of the other; or convert by a recipe without calibration."
        )


def control_flow(function: tf.types.experimental.ConcreteFunction) -> Iterator[Any]:
    """The nodes of a function, and of what it calls, that are loops or branches.

    >>> from qnn_edu.nets.conversion.source import source
    >>> from qnn_edu.nets.models import digits_net
    >>> list(control_flow(source(digits_net()).function))
    []
    """
    definition = function.graph.as_graph_def()
    inside = (node for each in definition.library.function for node in each.node_def)
    for nodes in (definition.node, inside):
        yield from (node for node in nodes if node.op in KINDS)


def _place(name: str) -> str:
    """The layer of a node: the scope that holds it."""
    return name.rpartition("/")[0] or name
