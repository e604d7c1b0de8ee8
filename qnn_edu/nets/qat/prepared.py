"""What is done with a prepared model: freeze, measure, export it, take its weights back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.conversion.inputs import Input, sized
from qnn_edu.nets.conversion.keras_call import keras_inputs, traced
from qnn_edu.nets.qat.constants import QuantizedConstant, QuantizedNorm
from qnn_edu.nets.qat.layers import FakeQuantActivation, exporting, keras
from qnn_edu.nets.qat.originals import in_elementary_layers
from qnn_edu.nets.qat.passages import ToFloat
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer

if TYPE_CHECKING:
    import tensorflow as tf


def freeze(model: keras.Model, *, ranges: bool = True, batch_norm: bool = True) -> None:
    """Let ranges, and the statistics of batch normalisation, stand still from now on.

    Late in training both only add noise. Compile the model again afterwards.

    Source: Krishnamoorthi 2018, section 3.2.2.

    >>> from qnn_edu.nets import quantize_aware
    >>> from qnn_edu.nets.models import digits_net
    >>> prepared = quantize_aware(digits_net())
    >>> freeze(prepared)
    >>> prepared.get_layer("image_quant").trainable
    False
    """
    _require_model(model, "freeze")
    for layer in model.layers:
        if ranges and isinstance(layer, FakeQuantActivation):
            layer.trainable = False
        if ranges and isinstance(layer, QuantizedNorm):
            layer.product.trainable = False
        if batch_norm and isinstance(layer, QuantizedLayer | QuantizedNorm):
            layer.norm_frozen = True


def measure_norms(model: keras.Model, batches: Iterable[Any]) -> None:
    """Measure the statistics of batch normalisation anew, on `batches` and with all else as it is.

    While it trains, a weight near the middle of two levels jumps up and down, and moving averages
    lag behind: with few bits they fit no weights that the model ever had.

    Source: Nagel et al. 2022, "Overcoming oscillations in quantization-aware training".

    >>> from qnn_edu.data import digits
    >>> from qnn_edu.nets import quantize_aware
    >>> from qnn_edu.nets.models import digits_net
    >>> prepared = quantize_aware(digits_net(), ranges="learned")
    >>> measure_norms(prepared, [digits("train")[0][:100]])
    >>> float(prepared.get_layer("conv").norm.moving_mean[0]) != 0
    True
    """
    _require_model(model, "measure_norms")
    if not isinstance(batches, Iterable):
        raise ValueError(
            f"measure_norms: batches is an iterable of inputs, got {type(batches).__name__}."
        )
    layers = [x for x in model.layers if isinstance(x, QuantizedLayer | QuantizedNorm)]
    norms = [x.norm for x in layers if x.norm]
    norms += [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    quantizers = [x.product for x in layers if isinstance(x, QuantizedNorm)]
    quantizers += [x for x in model.layers if isinstance(x, FakeQuantActivation)]
    moving = [x for x in quantizers if x.trainable]
    momenta = [norm.momentum for norm in norms]
    for layer in moving:
        layer.trainable = False
    try:
        for seen, x in enumerate(batches):
            for norm in norms:
                norm.momentum = seen / (seen + 1)  # so that the average weighs all batches alike
            _train_on(model, x, seen)
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        for layer in moving:
            layer.trainable = True


def _train_on(model: keras.Model, x: Any, number: int) -> None:
    """Call the model on a batch in training, and say so where it does not fit."""
    try:
        model(x, training=True)
    except Exception as error:  # Keras and each backend have their own for a shape
        said = " ".join(str(error).split())[:200]
        raise ValueError(
            f"measure_norms: batch {number} does not fit the model, which takes "
            f"{[tuple(each.shape) for each in model.inputs]}: {said}"
        ) from error


def take_weights(model: keras.Model, prepared: keras.Model) -> keras.Model:
    """Give `model`, a float one, the weights of its trained copy `prepared`; gives `model`.

    >>> from qnn_edu.nets import quantize_aware
    >>> from qnn_edu.nets.models import digits_net
    >>> one, other = digits_net(), digits_net()
    >>> same = take_weights(one, quantize_aware(other)).get_weights()
    >>> all((a == b).all() for a, b in zip(same, other.get_weights()))
    True
    """
    rewritten = in_elementary_layers(model, frozenset(left_float(prepared)))
    for layer in prepared.layers:
        inner = inner_layer(layer)
        if inner.weights and not isinstance(layer, FakeQuantActivation):
            rewritten.model.get_layer(inner.name).set_weights(inner.get_weights())
        if isinstance(layer, QuantizedLayer) and layer.norm:
            rewritten.model.get_layer(layer.norm.name).set_weights(layer.norm.get_weights())
    rewritten.give_back()
    return model


def left_float(model: keras.Model) -> list[str]:
    """The names of the layers of a prepared model that its owner left in float.

    >>> from qnn_edu.nets import quantize_aware
    >>> from qnn_edu.nets.models import digits_net
    >>> left_float(quantize_aware(digits_net(), leave_float=["dense"]))
    ['dense']
    """
    layers = getattr(model, "layers", [])
    return list(dict.fromkeys(layer.of for layer in layers if isinstance(layer, ToFloat)))


def is_prepared(model: Any) -> bool:
    """Whether a model is one that `quantize_aware` made.

    >>> from qnn_edu.nets.models import digits_net
    >>> is_prepared(digits_net())
    False
    """
    layers = getattr(model, "layers", [])
    return any(isinstance(layer, (QuantizedLayer, FakeQuantActivation)) for layer in layers)


def export_graph(
    model: keras.Model, inputs: Sequence[Input] | None = None
) -> tf.types.experimental.ConcreteFunction:
    """A prepared model as the concrete function that the converter reads, for `inputs` of these
    sizes or, if None, for one image.

    Weights are constants with the levels of training, in 8-bit containers; batch normalisations are
    folded; every tensor has a fake quantizer of TensorFlow's.

    Raises:
        ValueError: what `traced` refuses.

    >>> from qnn_edu.nets import quantize_aware
    >>> from qnn_edu.nets.models import digits_net
    >>> export_graph(quantize_aware(digits_net())).inputs[0].shape
    TensorShape([1, 8, 8, 1])
    """
    with exporting():
        return traced(model, sized(keras_inputs(model), 1) if inputs is None else inputs)


def inner_layer(layer: keras.Layer) -> keras.Layer:
    """The layer that one of a prepared model stands for, or itself.

    >>> inner_layer(keras.layers.ReLU(name="relu")).name
    'relu'
    """
    wraps = isinstance(layer, QuantizedLayer | QuantizedConstant | QuantizedNorm)
    return layer.layer if wraps else layer


def _require_model(model: Any, who: str) -> None:
    if not isinstance(model, keras.Model):
        raise ValueError(f"{who}: expected a Keras model, got {type(model).__name__}.")
