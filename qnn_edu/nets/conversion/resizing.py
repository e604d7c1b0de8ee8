"""A TensorFlow function for inputs of other sizes, its operators and their names as they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qnn_edu.nets.conversion.inputs import Input
from qnn_edu.nets.conversion.nodes import writes
from qnn_edu.nets.quiet import load_tensorflow, quiet_stderr

if TYPE_CHECKING:
    import tensorflow as tf


def frozen(
    function: tf.types.experimental.ConcreteFunction,
) -> tf.types.experimental.ConcreteFunction:
    """The same function with constants in place of its variables and without calls of functions.

    Raises:
        ValueError: it writes to a variable.

    >>> tf = load_tensorflow()
    >>> weight = tf.Variable(2.0)
    >>> double = tf.function(lambda x: weight * x, input_signature=[tf.TensorSpec((None, 3))])
    >>> len(frozen(double.get_concrete_function()).variables)
    0
    """
    from tensorflow.python.framework import convert_to_constants

    for node in writes(function):
        raise ValueError(
            f"{node.name!r} writes to a variable (a state kept from call to call, or random "
            "numbers): there is no graph of constants. Leave out stateful=True, or make the "
            "state an input and an output of the model."
        )
    with quiet_stderr():
        return convert_to_constants.convert_variables_to_constants_v2(
            function, lower_control_flow=False
        )


def resized(
    function: tf.types.experimental.ConcreteFunction, inputs: Sequence[Input]
) -> tf.types.experimental.ConcreteFunction:
    """The function, its variables now constants, for inputs of the sizes given.

    TensorFlow works out the sizes of everything behind them anew.

    Raises:
        ValueError: sizes that do not go through the function.

    >>> tf = load_tensorflow()
    >>> double = tf.function(lambda x: 2 * x, input_signature=[tf.TensorSpec((None, 3), name="x")])
    >>> import numpy as np
    >>> one = Input("x", (1, 3), np.dtype("float32"))
    >>> resized(double.get_concrete_function(), [one]).outputs[0].shape
    TensorShape([1, 3])
    """
    tf = load_tensorflow()
    constant = frozen(function)
    definition = constant.graph.as_graph_def()
    nodes = {node.name: node for node in definition.node}
    for tensor, each in zip(constant.inputs, inputs, strict=True):
        nodes[tensor.op.name].attr["shape"].shape.CopyFrom(tf.TensorShape(each.shape).as_proto())
    for node in definition.node:
        node.attr.pop("_output_shapes", None)
    try:
        whole = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(definition, name=""), [])
    except ValueError as error:
        shapes = ", ".join(f"{each.name!r} {each.shape}" for each in inputs)
        raise ValueError(f"The function does not go with inputs {shapes}: {error}") from error
    named = whole.graph.get_tensor_by_name
    return whole.prune(
        [named(t.name) for t in constant.inputs], [named(t.name) for t in constant.outputs]
    )
