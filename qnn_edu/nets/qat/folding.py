"""Folding every batch normalisation of a Keras model into the layer before it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.qat.copies import copy_of
from qnn_edu.nets.qat.wiring import Wiring, is_wired, wiring_of
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
    roots = foldable_norms(wiring_of(model))
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
        if name in weights and not is_wired(layer):  # models were folded as they were cloned
            layer.set_weights(weights[name])
    return folded


def foldable_norms(wiring: Wiring) -> dict[str, str]:
    """For each batch normalisation that can be folded, in order, the layer that takes it in.

    >>> from qnn_edu.nets.models import digits_net
    >>> list(foldable_norms(wiring_of(digits_net())).items())[0]
    ('conv_norm', 'conv')
    """
    keras = load_keras()
    steps = wiring.steps
    ends = keras.tree.flatten(wiring.outputs)
    uses = Counter(id(x) for x in [*ends, *(x for step in steps for x in step.inputs)])
    times = Counter(step.name for step in steps)
    maker = {id(x): step.operation for step in steps for x in step.outputs}
    roots: dict[str, keras.Layer] = {}
    for step in steps:
        norm = step.operation
        if type(norm) is not keras.layers.BatchNormalization or step.training:
            continue
        before = maker.get(id(step.inputs[0]))
        alone = before and uses[id(step.inputs[0])] == times[norm.name] == times[before.name] == 1
        root = before and roots.get(before.name, before)
        if alone and _takes(root, norm):
            roots[norm.name] = root
    return {norm: root.name for norm, root in roots.items()}


def _takes(layer: keras.Operation, norm: keras.Layer) -> bool:
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
    if is_wired(layer):
        return fold(layer)
    return copy_of(layer, **{"use_bias": True} if with_bias else {})


def _input_like(model: keras.Model) -> Any:
    (tensor,) = model.inputs
    return load_keras().Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name)
