"""TensorFlow's converter of one function, in whose file inputs are called by name or in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.conversion.inputs import Input
from qnn_edu.nets.conversion.toolchain import hushed
from qnn_edu.nets.quiet import load_tensorflow

if TYPE_CHECKING:
    import tensorflow as tf


def converter_in_order(function: tf.types.experimental.ConcreteFunction) -> Any:
    """A new `tf.lite` converter: the file keeps the order of the inputs and has no signature.

    >>> tf = load_tensorflow()
    >>> double = tf.function(lambda x: 2 * x, input_signature=[tf.TensorSpec((1, 3))])
    >>> converter_in_order(double.get_concrete_function()).optimizations
    set()
    """
    with hushed():
        return load_tensorflow().lite.TFLiteConverter.from_concrete_functions([function])


def converter_by_name(
    function: tf.types.experimental.ConcreteFunction, inputs: Sequence[Input]
) -> Any:
    """A new `tf.lite` converter: the file has the signature "serving_default", by whose names
    inputs are called and outputs found; it has both in the order of their names.

    The function may leave sizes open that `inputs` state. What it gives as a dict of tensors keeps
    its keys, all else is called "output_0" and so on.

    >>> import numpy as np
    >>> tf, x = load_tensorflow(), Input("x", (1, 3), np.dtype("float32"))
    >>> double = tf.function(lambda x: 2 * x, input_signature=[x.spec]).get_concrete_function()
    >>> converter_by_name(double, [x]).optimizations
    set()
    """
    tf = load_tensorflow()
    names = output_names(function.structured_outputs)
    by_name = function.structured_input_signature[1]  # of a SavedModel: it takes them by name alone

    @tf.function(input_signature=[each.spec for each in inputs], autograph=False)
    def serve(*tensors: Any) -> dict[str, Any]:
        named = dict(zip(sorted(by_name), tensors, strict=True)) if by_name else {}
        found = tf.nest.flatten(function(**named) if named else function(*tensors))
        return dict(zip(names, found, strict=True))

    module = tf.Module()
    module.held = list(function.variables)  # saved with the function, and made constants then
    with hushed():
        concrete = serve.get_concrete_function()
        return tf.lite.TFLiteConverter.from_concrete_functions([concrete], module)


def output_names(outputs: Any) -> list[str]:
    """What a signature calls the outputs of a function, in their flat order.

    >>> output_names({"b": 1, "a": 2}), output_names([1, 2]), output_names(list(range(11)))[-1]
    (['a', 'b'], ['output_0', 'output_1'], 'output_10')
    """
    flat = load_tensorflow().nest.flatten(outputs)
    if isinstance(outputs, Mapping) and len(outputs) == len(flat):
        return sorted(outputs)
    width = len(str(len(flat) - 1))
    return [f"output_{number:0{width}}" for number in range(len(flat))]
