"""Nodes of a TensorFlow function that change what can be done with it: loops, branches, states."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf

CONTROL_FLOW = frozenset(
    "While StatelessWhile If StatelessIf Case StatelessCase Switch Merge".split()
)


def control_flow(function: tf.types.experimental.ConcreteFunction) -> Iterator[Any]:
    """The nodes of a function, and of what it calls, that are loops or branches.

    >>> from qnn_edu.nets.quiet import load_tensorflow
    >>> tf = load_tensorflow()
    >>> @tf.function(input_signature=[tf.TensorSpec((), name="x")])
    ... def halve(x):
    ...     return tf.while_loop(lambda y: y > 1, lambda y: (y / 2,), (x,))
    >>> [node.op for node in control_flow(halve.get_concrete_function())]
    ['StatelessWhile']
    """
    return of_kinds(function, CONTROL_FLOW)


def of_kinds(
    function: tf.types.experimental.ConcreteFunction, kinds: Collection[str]
) -> Iterator[Any]:
    """The nodes of a function, and of what it calls, whose operator is one of `kinds`.

    >>> from qnn_edu.nets.quiet import load_tensorflow
    >>> tf = load_tensorflow()
    >>> double = tf.function(lambda: tf.abs(tf.random.uniform((2,)))).get_concrete_function()
    >>> [node.name for node in of_kinds(double, {"Abs"})]
    ['Abs']
    """
    return (node for node in _all_nodes(function) if node.op in kinds)


def writes(function: tf.types.experimental.ConcreteFunction) -> Iterator[Any]:
    """The nodes of a function, and of what it calls, that write to a variable.

    >>> from qnn_edu.nets.quiet import load_tensorflow
    >>> tf = load_tensorflow()
    >>> count = tf.Variable(0.0)
    >>> counted = tf.function(lambda: count.assign_add(1.0)).get_concrete_function()
    >>> [node.op for node in writes(counted)]
    ['AssignAddVariableOp']
    """
    for node in _all_nodes(function):
        if node.op.startswith(("Assign", "ResourceScatter", "ResourceApply")):
            yield node


def _all_nodes(function: tf.types.experimental.ConcreteFunction) -> Iterator[Any]:
    definition = function.graph.as_graph_def()
    yield from definition.node
    for each in definition.library.function:
        yield from each.node_def
