"""Preparing a Keras model for quantization-aware training, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.conversion.inputs import Input, sized
from qnn_edu.nets.conversion.keras_call import keras_inputs, traced
from qnn_edu.nets.qat.layers import FakeQuantActivation, exporting, keras
from qnn_edu.nets.qat.plan import Plan
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.nets.qat.ranges import PREPARED_RANGES

if TYPE_CHECKING:
    import tensorflow as tf


def quantize_aware(
    model: keras.Model,
    *,
    weight_bits: int = 8,
    activation_bits: int = 8,
    per_channel: bool = True,
    ranges: str = "ema",
    delay: int = 0,
    first_last_bits: int = 8,
    fold_batch_norm: bool = True,
) -> keras.Model:
    """A copy of `model` to train on: everything is rounded where the integer file will round.

    Weights get `weight_bits`, what ReLUs put out `activation_bits`; the weights of the first and
    the last layer, the input, and what feeds the last layer get `first_last_bits`. Sums, means and
    scores that no ReLU bounds always have 8. `ranges`: "ema" (weights min-max, activations a moving
    average of each batch's extremes) or "learned" (LSQ for both, wherever there are fewer than 8
    bits; with 8 the extremes lose nothing). `delay`: batches before activations are rounded.
    `fold_batch_norm`: with one scale a tensor, round the weights as they will be once the
    normalisation is folded; False rounds them as they are.

    The copy takes over the weights and shares none. It trains, saves and loads as any Keras model,
    and `nets.convert(copy, "int8")` needs no calibration data. On JAX, whose compiled steps drop
    what begins a learned range, call it on a batch first: `copy(x, training=True)`.

    Raises:
        ValueError: a model that is not functional or Sequential, layers that are not known, a batch
            normalisation that cannot be folded, and bits or ranges that are none.

    Source: Jacob et al. 2018, section 3.

    >>> from qnn_edu.nets.models import digits_net
    >>> prepared = quantize_aware(digits_net(), weight_bits=4, activation_bits=4)
    >>> [layer.name for layer in prepared.layers][:5]
    ['image', 'image_quant', 'conv', 'conv_relu', 'conv_relu_quant']
    """
    if ranges not in PREPARED_RANGES:
        known = ", ".join(PREPARED_RANGES)
        raise ValueError(f"quantize_aware: ranges is one of {known}; got {ranges!r}.")
    plan = Plan(model)
    kept: dict[str, keras.Layer] = {}
    ends = (plan.weighted[0], plan.weighted[-1])

    def fitting(bits: int) -> str:
        return ranges if bits < 8 else "ema"

    def clone(layer: keras.Layer) -> keras.Layer:
        copy = _copy(layer)
        if layer.name in plan.weighted:
            norm = plan.norm_of.get(layer.name)
            bits = first_last_bits if layer.name in ends else weight_bits
            how = {"per_channel": per_channel, "fold": fold_batch_norm, "name": layer.name}
            of_weights = PREPARED_RANGES[fitting(bits)]
            copy = QuantizedLayer(copy, norm and _copy(norm), bits=bits, ranges=of_weights, **how)
        kept[layer.name] = copy
        return copy

    def quantizer(name: str) -> keras.Layer:
        positive = plan.positive[name]
        bits = first_last_bits if name in plan.feeds_last else activation_bits
        bits = 8 if name in plan.unbounded or not positive else bits
        how = {"positive": positive, "delay": delay, "name": f"{name}_quant"}
        return FakeQuantActivation(bits, ranges=fitting(bits), **how)

    copy = _rebuilt(model, plan, clone, quantizer)
    _begin(kept, model, plan)
    return copy


def freeze(model: keras.Model, *, ranges: bool = True, batch_norm: bool = True) -> None:
    """Let ranges, and the statistics of batch normalisation, stand still from now on.

    Late in training both only add noise. Compile the model again afterwards.

    Source: Krishnamoorthi 2018, section 3.2.2.

    >>> from qnn_edu.nets.models import digits_net
    >>> prepared = quantize_aware(digits_net())
    >>> freeze(prepared)
    >>> prepared.get_layer("image_quant").trainable
    False
    """
    for layer in model.layers:
        if ranges and isinstance(layer, FakeQuantActivation):
            layer.trainable = False
        if batch_norm and isinstance(layer, QuantizedLayer):
            layer.norm_frozen = True


def measure_norms(model: keras.Model, batches: Iterable[Any]) -> None:
    """Measure the statistics of batch normalisation anew, on `batches` and with all else as it is.

    While it trains, a weight near the middle of two levels jumps up and down, and moving averages
    lag behind: with few bits they fit no weights that the model ever had.

    Source: Nagel et al. 2022, "Overcoming oscillations in quantization-aware training".

    >>> from qnn_edu.data import digits
    >>> from qnn_edu.nets.models import digits_net
    >>> prepared = quantize_aware(digits_net(), ranges="learned")
    >>> measure_norms(prepared, [digits("train")[0][:100]])
    >>> float(prepared.get_layer("conv").norm.moving_mean[0]) != 0
    True
    """
    norms = [x.norm for x in model.layers if isinstance(x, QuantizedLayer) and x.norm]
    moving = [x for x in model.layers if isinstance(x, FakeQuantActivation) and x.trainable]
    momenta = [norm.momentum for norm in norms]
    for layer in moving:
        layer.trainable = False
    for seen, x in enumerate(batches):
        for norm in norms:
            norm.momentum = seen / (seen + 1)  # so that the average weighs all batches alike
        model(x, training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    for layer in moving:
        layer.trainable = True


def take_weights(model: keras.Model, prepared: keras.Model) -> keras.Model:
    """Give `model`, a float one, the weights of its trained copy `prepared`; gives `model`.

    >>> from qnn_edu.nets.models import digits_net
    >>> one, other = digits_net(), digits_net()
    >>> same = take_weights(one, quantize_aware(other)).get_weights()
    >>> all((a == b).all() for a, b in zip(same, other.get_weights()))
    True
    """
    for layer in prepared.layers:
        if isinstance(layer, QuantizedLayer):
            model.get_layer(layer.name).set_weights(layer.layer.get_weights())
            if layer.norm:
                model.get_layer(layer.norm.name).set_weights(layer.norm.get_weights())
    return model


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

    >>> from qnn_edu.nets.models import digits_net
    >>> export_graph(quantize_aware(digits_net())).inputs[0].shape
    TensorShape([1, 8, 8, 1])
    """
    with exporting():
        return traced(model, sized(keras_inputs(model), 1) if inputs is None else inputs)


def _rebuilt(
    model: keras.Model,
    plan: Plan,
    clone: Callable[[keras.Layer], keras.Layer],
    quantizer: Callable[[str], keras.Layer],
) -> keras.Model:
    """The model of cloned layers, fake quantizers between them, normalisations left out."""
    inputs: dict[int, Any] = {}

    def quantized_input(tensor: Any) -> Any:
        source = tensor._keras_history.operation
        if not isinstance(source, keras.layers.InputLayer):
            return tensor
        if id(tensor) not in inputs:
            inputs[id(tensor)] = FakeQuantActivation(8, name=f"{source.name}_quant")(tensor)
        return inputs[id(tensor)]

    def call(layer: keras.Layer, *args: Any, **kwargs: Any) -> Any:
        args = keras.tree.map_structure(quantized_input, args)
        if layer.name in plan.folded:
            return args[0]
        y = layer(*args, **kwargs)
        if layer.name in plan.positive:
            y = quantizer(layer.name)(y)
        if layer.name in plan.softmaxed:
            y = keras.layers.Softmax(name=f"{layer.name}_softmax")(y)
        return y

    ends = (each[0] if len(each) == 1 else each for each in (model.inputs, model.outputs))
    view = keras.Model(*ends, name=model.name)
    return keras.models.clone_model(view, clone_function=clone, call_function=call)


def _begin(kept: dict[str, keras.Layer], model: keras.Model, plan: Plan) -> None:
    """Give the layers in `kept`, by name, the weights of `model`, and learned steps their first."""
    for name in plan.weighted:
        original, norm = model.get_layer(name), plan.norm_of.get(name)
        kept[name].layer.set_weights(original.get_weights())
        if norm:
            kept[name].norm.set_weights(norm.get_weights())
        kept[name].start()


def _copy(layer: keras.Layer) -> keras.Layer:
    """A fresh layer of the same kind; a softmax of its own becomes a layer of its own."""
    config = layer.get_config()
    if config.get("activation") == "softmax" and not isinstance(layer, keras.layers.Activation):
        config["activation"] = "linear"
    return type(layer).from_config(config)
