"""Folding every batch normalisation of a Keras model into the layer before it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.quiet import load_keras, load_tensorflow
from qnn_edu.ptq.folding import affine_form, fold_affine

if TYPE_CHECKING:
    import keras


def fold(model: keras.Model) -> keras.Model:
    """A new Keras model that computes the same in inference, its batch normalisations folded.

    Each `BatchNormalization` after a `Conv2D`, a `DepthwiseConv2D` or a `Dense` (or after one that
    was folded into such a layer) goes into that layer's weights and bias; the layer gets a bias if
    it had none. What cannot be folded stays in the model, and the model computes the same:

    - behind nothing to fold into, or behind a layer of another type,
    - behind an activation, or a layer that has one,
    - where that layer's output is used elsewhere as well,
    - where the layer or the normalisation is used more than once,
    - where it runs along another axis than the channels, or is called with `training=True`.

    A `Sequential` stays one; models inside the model are folded too. Nothing is shared with
    `model`. On the same machine the float32 file of `nets.convert(model)` has the very same weights
    and biases, to the bit, wherever both fold: the square roots are TensorFlow's. (The converter
    also folds behind `Conv2DTranspose` and makes two of a layer used twice; behind a dilated
    convolution, or a `Dense` on more than one axis, it does not fold.)

    Raises:
        ValueError: what is no functional or Sequential model, or one whose input is not known yet,
            and statistics that do not fold, such as a negative variance.

    Source: Jacob et al. 2018, section 3.2; Krishnamoorthi 2018, section 3.2.2.

    >>> from qnn_edu.nets.models import digits_net
    >>> net = digits_net()
    >>> len(net.layers), len(fold(net).layers), fold(net).count_params()
    (25, 18, 8746)
    """
    keras = load_keras()
    calls = calls_of(model)
    roots = foldable_norms(model, calls)
    layers = {layer.name: layer for layer in model.layers}
    clones: dict[str, keras.Layer] = {}

    def clone(layer: keras.Layer) -> keras.Layer:
        clones[layer.name] = _clone(layer, with_bias=layer.name in roots.values())
        return clones[layer.name]

    if isinstance(model, keras.Sequential):
        kept = [clone(layer) for layer in model.layers if layer.name not in roots]
        folded = keras.Sequential([_input_like(model), *kept], name=model.name)
    else:
        folded = keras.models.clone_model(
            model,
            clone_function=clone,
            call_function=lambda layer, *args, **kwargs: (
                keras.tree.flatten((args, kwargs))[0]
                if layer.name in roots
                else layer(*args, **kwargs)
            ),
        )
    weights = _weights(layers, roots)
    for name, layer in clones.items():
        if name not in roots and not _is_model(layer):  # models were folded as they were cloned
            layer.set_weights(weights[name])
    return folded


@dataclass(frozen=True)
class Call:
    """One call of a layer: the tensors that went in and came out, and whether it trains there."""

    layer: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    training: bool


def calls_of(model: keras.Model) -> list[Call]:
    """Every call of a layer in the model, in order, and last the call that takes its outputs.

    A tensor is known by its `id`, so one tensor lives as long as any that is compared with it.
    """
    keras = load_keras()
    if not _is_model(model):
        raise ValueError(
            f"fold: expected a functional or Sequential Keras model, got {type(model).__name__}."
        )
    if not model.built or not model.inputs:
        raise ValueError(
            "fold: the model does not know its input yet. Start it with keras.Input(shape), or "
            "call it on data once."
        )
    alive: list[Any] = []
    calls: list[Call] = []

    def record(layer: keras.Layer, *args: Any, **kwargs: Any) -> Any:
        given, out = keras.tree.flatten((args, kwargs)), layer(*args, **kwargs)
        made = keras.tree.flatten(out)
        alive.append((given, made))
        ids = (tuple(map(id, tensors)) for tensors in (given, made))
        calls.append(Call(layer.name, *ids, training=kwargs.get("training") is True))
        return out

    view = keras.Model(model.inputs, model.outputs)  # a Sequential cannot be watched
    copy = keras.models.clone_model(view, call_function=record)
    return [*calls, Call("", tuple(map(id, copy.outputs)), (), training=False)]


def foldable_norms(model: keras.Model, calls: list[Call]) -> dict[str, str]:
    """For each batch normalisation that can be folded, in order, the layer that takes it in."""
    keras = load_keras()
    layers = {layer.name: layer for layer in model.layers}
    uses = Counter(tensor for call in calls for tensor in call.inputs)
    times = Counter(call.layer for call in calls)
    maker = {tensor: call.layer for call in calls for tensor in call.outputs}
    roots: dict[str, str] = {}
    for call in calls:
        norm = layers.get(call.layer)
        if type(norm) is not keras.layers.BatchNormalization or call.training:
            continue
        before = maker.get(call.inputs[0])
        root = layers.get(roots.get(before, before))
        alone = uses[call.inputs[0]] == times[norm.name] == times[before] == 1
        if alone and _takes(root, norm):
            roots[norm.name] = root.name
    return roots


def _takes(layer: keras.Layer | None, norm: keras.Layer) -> bool:
    """Whether `layer` is linear and `norm` runs along its output channels."""
    keras = load_keras()
    kinds = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.Dense)
    if type(layer) not in kinds or layer.activation is not keras.activations.linear:
        return False
    ndim = len(layer.output.shape)
    first = getattr(layer, "data_format", "channels_last") == "channels_first"
    return norm.axis % ndim == (1 if first else ndim - 1)


def _weights(layers: dict[str, keras.Layer], roots: dict[str, str]) -> dict[str, list[np.ndarray]]:
    """The weights of every layer that stays, folded where a batch normalisation went in."""
    weights = {name: layer.get_weights() for name, layer in layers.items() if name not in roots}
    for norm, root in roots.items():
        kernel, *bias = weights[root]
        factor, offset = _factor_and_offset(layers[norm])
        # A depthwise kernel is (height, width, channels, multiplier): the last two count outputs.
        shape = kernel.shape
        if type(layers[root]) is load_keras().layers.DepthwiseConv2D:
            kernel = kernel.reshape(*shape[:2], -1)
        kernel, bias = fold_affine(kernel, bias[0] if bias else None, factor, offset, axis=-1)
        weights[root] = [kernel.reshape(shape), bias]
    return weights


def _factor_and_offset(norm: keras.Layer) -> tuple[np.ndarray, np.ndarray]:
    """`ptq.fold_batch_norm` in TensorFlow's arithmetic: its `rsqrt` is not the rounded root."""
    gamma, beta, mean, variance = (
        None if variable is None else np.asarray(variable, np.float32)
        for variable in (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
    )
    if (variance < 0).any():
        raise ValueError(f"fold: {norm.name!r} has a negative variance, {variance.min():.6g}.")
    root = load_tensorflow().math.rsqrt(variance + np.float32(norm.epsilon)).numpy()
    try:
        return affine_form(gamma, beta, mean, root)
    except ValueError as error:
        raise ValueError(f"fold: {norm.name!r} cannot be folded: {error}") from error


def _clone(layer: keras.Layer, *, with_bias: bool) -> keras.Layer:
    """A fresh layer of the same kind; a model within the model comes back folded."""
    if _is_model(layer):
        return fold(layer)
    config = layer.get_config()
    return type(layer).from_config({**config, "use_bias": True} if with_bias else config)


def _is_model(thing: Any) -> bool:
    """Whether Keras knows the layers in it, and how they are wired."""
    keras = load_keras()
    return isinstance(thing, keras.Sequential | keras.Function)


def _input_like(model: keras.Model) -> Any:
    (tensor,) = model.inputs
    return load_keras().Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name)
