"""What can be converted: a Keras model or a concrete function, and the inputs that it takes."""

from dataclasses import dataclass

import numpy as np

from qnn_edu.nets.conversion.toolchain import hushed
from qnn_edu.nets.quiet import load_keras, load_tensorflow


@dataclass(frozen=True)
class Input:
    """One input: its name, its shape (None where any size goes) and its type."""

    name: str
    shape: tuple[int | None, ...]
    dtype: np.dtype


@dataclass(frozen=True, eq=False)
class Source:
    """A model to convert, its inputs in the model's own order, and whether its file names them.

    The file of a Keras model or SavedModel has a signature, by which inputs are called by name, for
    they stand in another order there. A file of any other function has none and keeps the order.
    """

    model: object
    inputs: tuple[Input, ...]
    signature: bool

    def converter(self):
        """A new `tf.lite` converter of this model."""
        lite = load_tensorflow().lite.TFLiteConverter
        with hushed():
            if isinstance(self.model, load_keras().Model):
                return lite.from_keras_model(self.model)
            saved_model = getattr(self.model, "saved_model", None)  # set by `load_model`
            return lite.from_concrete_functions([self.model], saved_model)

    def fed(self, example: dict[str, np.ndarray]) -> dict[str, np.ndarray] | list[np.ndarray]:
        """An example by input name, as the file made from this model takes it."""
        by_name = self.signature and len(self.inputs) > 1
        return example if by_name else list(example.values())


def exportable(model):
    """A model that `quantize_aware` prepared as the function to convert; any other as it is.

    >>> exportable(None) is None
    True
    """
    if not isinstance(model, load_keras().Model):
        return model
    from qnn_edu.nets.qat.prepare import export_graph, is_prepared

    return export_graph(model) if is_prepared(model) else model


def source(model) -> Source:
    """The `Source` of a Keras model, a concrete function, or a `tf.function` with a signature.

    Raises:
        ValueError: anything else.

    >>> from qnn_edu.nets.models import digits_net
    >>> source(digits_net()).inputs
    (Input(name='image', shape=(None, 8, 8, 1), dtype=dtype('float32')),)
    """
    tf, keras = load_tensorflow(), load_keras()
    model = exportable(model)
    if isinstance(model, keras.Model):
        tensors = getattr(model, "inputs", None) or ()
        inputs = [Input(t.name, tuple(t.shape), np.dtype(t.dtype)) for t in tensors]
        return Source(model, tuple(inputs), signature=True)
    if isinstance(model, tf.types.experimental.PolymorphicFunction):
        if model.input_signature is None:
            raise ValueError(
                "convert: this tf.function takes inputs of any shape. Give it an input_signature, "
                "or pass function.get_concrete_function(tf.TensorSpec(...))."
            )
        model = model.get_concrete_function()
    if isinstance(model, tf.types.experimental.ConcreteFunction):
        specs = tf.nest.flatten(model.structured_input_signature)
        inputs = [Input(s.name, tuple(s.shape), np.dtype(s.dtype.as_numpy_dtype)) for s in specs]
        return Source(model, tuple(inputs), signature=hasattr(model, "saved_model"))
    raise ValueError(
        "convert: expected a Keras model or a concrete function (nets.load_model reads either "
        f"from a file), got {type(model).__name__}."
    )
