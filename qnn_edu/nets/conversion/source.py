"""What is to be converted: a model, the inputs that it takes, and its graph, traced once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.conversion.inputs import Input, sized
from qnn_edu.nets.conversion.keras_call import keras_inputs, traced
from qnn_edu.nets.conversion.resizing import resized
from qnn_edu.nets.conversion.serving import converter_by_name, converter_in_order
from qnn_edu.nets.quiet import load_keras, load_tensorflow

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    _TYPES = tf.types.experimental
    Convertible = keras.Model | _TYPES.ConcreteFunction | _TYPES.PolymorphicFunction


@dataclass(frozen=True, eq=False)
class Source:
    """A model to convert, its inputs in the model's own order, and whether its file names them.

    `given` is what came, by whose layers a graph names things; `trace` makes its graph in inference
    for inputs of given sizes.

    The file of a Keras model or SavedModel has a signature, by which inputs are called by name, for
    they stand in another order there. A file of any other function has none and keeps the order.
    """

    given: Any
    inputs: tuple[Input, ...]
    trace: Callable[[tuple[Input, ...]], tf.types.experimental.ConcreteFunction]
    signature: bool

    @cached_property
    def function(self) -> tf.types.experimental.ConcreteFunction:
        """The concrete function, traced at the first use."""
        return self.trace(self.inputs)

    def converter(self) -> Any:
        """A new `tf.lite` converter of this model."""
        if self.signature:
            return converter_by_name(self.function, self.inputs)
        return converter_in_order(self.function)

    def of_batch(self, batch: int | None) -> Source:
        """The same model for `batch` examples at once; None leaves it as it is.

        Raises:
            ValueError: a batch below 1, or another one than an input states itself.
        """
        return self if batch is None else self.of_sizes(sized(self.inputs, batch))

    def of_sizes(self, inputs: tuple[Input, ...]) -> Source:
        """The same model for inputs of these sizes; itself if they are its own."""
        return self if inputs == self.inputs else replace(self, inputs=inputs)

    def fed(self, example: dict[str, np.ndarray]) -> dict[str, np.ndarray] | list[np.ndarray]:
        """An example by input name, as the file made from this model takes it."""
        if not self.signature or len(self.inputs) == 1:
            return list(example.values())
        return {each.key: example[each.name] for each in self.inputs}


def source(model: Convertible | Source) -> Source:
    """The `Source` of a Keras model, a concrete function, or a `tf.function` with a signature.

    A `Source` comes back as it is, so whoever has one hands it down instead of the model, and
    nothing is traced twice.

    Raises:
        ValueError: anything else, and a Keras model whose inputs are not known yet.

    >>> from qnn_edu.nets.models import digits_net
    >>> source(digits_net()).inputs
    (Input(name='image', shape=(None, 8, 8, 1), dtype=dtype('float32')),)
    """
    if isinstance(model, Source):
        return model
    types = load_tensorflow().types.experimental
    if isinstance(model, load_keras().Model):
        return _of_keras_model(model)
    if isinstance(model, types.ConcreteFunction):
        return _of_function(model)
    if isinstance(model, types.PolymorphicFunction):
        if model.input_signature is not None:
            return _of_function(model.get_concrete_function())
        raise ValueError(
            "This tf.function takes inputs of any shape. Give it an input_signature, or pass "
            "function.get_concrete_function(tf.TensorSpec(...))."
        )
    raise ValueError(
        "expected a Keras model or a concrete function (nets.load_model reads either from a file), "
        f"got {type(model).__name__}."
    )


def _of_keras_model(model: keras.Model) -> Source:
    """A prepared model states its ranges in constants, for one image, its inputs in their order."""
    from qnn_edu.nets.qat.prepared import export_graph, is_prepared

    inputs = keras_inputs(model)
    if is_prepared(model):
        return Source(model, sized(inputs, 1), partial(export_graph, model), signature=False)
    return Source(model, inputs, partial(traced, model), signature=True)


def _inputs(function: tf.types.experimental.ConcreteFunction) -> tuple[Input, ...]:
    tf = load_tensorflow()
    specs = tf.nest.flatten(function.structured_input_signature)
    if not specs:
        raise ValueError("This function takes no input: its answer is a constant, and no model.")
    for spec in specs:
        if not isinstance(spec, tf.TensorSpec):
            raise ValueError(
                f"This function takes a {spec.value_type.__name__}; LiteRT's files take dense "
                "tensors. Make one of it (to_tensor, tf.sparse.to_dense) before the model."
            )
    return tuple(Input.of(spec.name, spec.shape, spec.dtype) for spec in specs)


def _of_function(function: tf.types.experimental.ConcreteFunction) -> Source:
    inputs = _inputs(function)
    named = hasattr(function, "saved_model")  # set by `load_model`

    def graph(wanted: tuple[Input, ...]) -> tf.types.experimental.ConcreteFunction:
        # By name the converter calls it with inputs of the wanted sizes, which is enough.
        return function if named or wanted == inputs else resized(function, wanted)

    return Source(function, inputs, graph, named)
