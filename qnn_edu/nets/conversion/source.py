"""What is to be converted: a model, the inputs that it takes, and its graph, traced once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.conversion.toolchain import hushed
from qnn_edu.nets.quiet import load_keras, load_tensorflow

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    _TYPES = tf.types.experimental
    Convertible = keras.Model | _TYPES.ConcreteFunction | _TYPES.PolymorphicFunction


@dataclass(frozen=True)
class Input:
    """One input: its name, its shape (None where any size goes) and its type."""

    name: str
    shape: tuple[int | None, ...]
    dtype: np.dtype


@dataclass(frozen=True, eq=False)
class Source:
    """A model to convert, its inputs in the model's own order, and whether its file names them.

    `given` is what came, by whose layers a graph names things; `model` what the converter reads,
    another thing where `quantize_aware` prepared what came: its graph of constant weights.

    The file of a Keras model or SavedModel has a signature, by which inputs are called by name, for
    they stand in another order there. A file of any other function has none and keeps the order.
    """

    given: Any
    model: Any
    inputs: tuple[Input, ...]
    signature: bool

    def converter(self) -> Any:
        """A new `tf.lite` converter of this model."""
        lite = load_tensorflow().lite.TFLiteConverter
        with hushed():
            if self._is_keras:
                return lite.from_keras_model(self.model)
            saved_model = getattr(self.model, "saved_model", None)  # set by `load_model`
            return lite.from_concrete_functions([self.model], saved_model)

    def fed(self, example: dict[str, np.ndarray]) -> dict[str, np.ndarray] | list[np.ndarray]:
        """An example by input name, as the file made from this model takes it."""
        by_name = self.signature and len(self.inputs) > 1
        return example if by_name else list(example.values())

    @property
    def has_graph(self) -> bool:
        """Whether there is a `function`: a Keras model has none before its inputs are known."""
        return bool(self.inputs) or not self._is_keras

    @cached_property
    def function(self) -> tf.types.experimental.ConcreteFunction:
        """The concrete function; a Keras model is traced for it, in inference, at the first use."""
        if not self._is_keras:
            return self.model
        tf, keras = load_tensorflow(), load_keras()
        model = self.model
        specs = [tf.TensorSpec(t.shape, t.dtype, t.name) for t in model.inputs]

        @tf.function(input_signature=specs, autograph=False)
        def infer(*inputs: Any) -> Any:
            return model(keras.tree.pack_sequence_as(model.input, inputs), training=False)

        return infer.get_concrete_function()

    @property
    def _is_keras(self) -> bool:
        return isinstance(self.model, load_keras().Model)


def source(model: Convertible | Source) -> Source:
    """The `Source` of a Keras model, a concrete function, or a `tf.function` with a signature.

    A prepared model is traced here, once. A `Source` comes back as it is, so whoever has one hands
    it down instead of the model.

    Raises:
        ValueError: anything else.

    >>> from qnn_edu.nets.models import digits_net
    >>> source(digits_net()).inputs
    (Input(name='image', shape=(None, 8, 8, 1), dtype=dtype('float32')),)
    """
    found = find_source(model)
    if found is not None:
        return found
    if isinstance(model, load_tensorflow().types.experimental.PolymorphicFunction):
        raise ValueError(
            "convert: this tf.function takes inputs of any shape. Give it an input_signature, "
            "or pass function.get_concrete_function(tf.TensorSpec(...))."
        )
    raise ValueError(
        "convert: expected a Keras model or a concrete function (nets.load_model reads either "
        f"from a file), got {type(model).__name__}."
    )


def find_source(model: Any) -> Source | None:
    """The `Source` of a model, None for what is not one.

    >>> find_source("digits_net") is None
    True
    """
    if isinstance(model, Source):
        return model
    types = load_tensorflow().types.experimental
    if isinstance(model, load_keras().Model):
        return _of_keras_model(model)
    if isinstance(model, types.ConcreteFunction):
        return _of_function(model, model)
    if isinstance(model, types.PolymorphicFunction) and model.input_signature is not None:
        return _of_function(model, model.get_concrete_function())
    return None


def _of_keras_model(model: keras.Model) -> Source:
    from qnn_edu.nets.qat.prepare import export_graph, is_prepared

    if is_prepared(model):
        return _of_function(model, export_graph(model))
    tensors = getattr(model, "inputs", None) or ()
    inputs = tuple(Input(t.name, tuple(t.shape), np.dtype(t.dtype)) for t in tensors)
    return Source(model, model, inputs, signature=True)


def _of_function(given: Convertible, function: tf.types.experimental.ConcreteFunction) -> Source:
    specs = load_tensorflow().nest.flatten(function.structured_input_signature)
    inputs = tuple(Input(s.name, tuple(s.shape), np.dtype(s.dtype.as_numpy_dtype)) for s in specs)
    return Source(given, function, inputs, signature=hasattr(function, "saved_model"))
