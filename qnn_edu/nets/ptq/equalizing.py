"""Equalizing a whole Keras model: the same answers, and channels that one scale suits."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.nets.ptq.pairs import Pair, cap_of, pairs
from qnn_edu.nets.qat.copies import copy_of
from qnn_edu.nets.qat.elementary.layers import MinimumConstant
from qnn_edu.nets.qat.folding import fold
from qnn_edu.nets.qat.layers import keras
from qnn_edu.nets.qat.wiring import wiring_of
from qnn_edu.ptq import equalization

Array = np.ndarray
ROUNDS = 500  # over all pairs; MobileNet's 27 need some hundred
ALIKE = 1e-4  # a round in which no factor is farther from 1 is the last


def equalize(model: keras.Model) -> keras.Model:
    """A new model that computes the same, its channels as large where made as where read.

    Batch normalisations are folded first. Then each channel between two layers with weights is
    divided by a factor where it is made and multiplied by it where it is read (`ptq.equalize`),
    over all pairs again and again until every factor is 1. A pair is two of `Conv2D`,
    `DepthwiseConv2D` and `Dense`, the second the only reader of the first, with nothing but ReLUs,
    pooling and padding between; what a residual connection reads as well stays as it is.

    A ReLU6 does not let a factor through. It becomes a ReLU that is cut off at the largest of the
    scaled caps, and a minimum with the cap of each channel: the answers stay the same, at the cost
    of an operator in the file.

    Raises:
        ValueError: what `fold` refuses, and weights that are not finite between two layers.

    Source: Nagel et al. 2019, "Data-free quantization", section 4.1. There ReLU6 is made a ReLU.

    >>> from qnn_edu.data import asset, digits
    >>> from qnn_edu.nets.models import stretching
    >>> from qnn_edu.nets.models.load import load_model
    >>> net, x = load_model(asset("digits.keras")), digits("test")[0]
    >>> odd = stretching.stretch(net, "block2_depthwise_norm", "block2_pointwise", spread=100)
    >>> same = equalize(odd)
    >>> bool(np.allclose(same(x), net(x), atol=1e-5))
    True
    """
    folded = fold(model)
    found = pairs(wiring_of(folded))
    names = {name for pair in found for name in (pair.first, pair.second)}
    weights = {
        name: [w.astype(np.float64) for w in folded.get_layer(name).get_weights()] for name in names
    }
    caps = {name: cap_of(folded.get_layer(name)) for pair in found for name in pair.caps}
    for _ in range(ROUNDS):
        factors = [_equalized(folded, pair, weights, caps) for pair in found]
        if all(np.abs(np.log(each)).max() < ALIKE for each in factors):
            break
    return _rebuilt(folded, weights, caps)


def _equalized(
    model: keras.Model, pair: Pair, weights: dict[str, list[Array]], caps: dict[str, Any]
) -> Array:
    """Scale the weights and caps of one pair; its factors.

    All in float64, so that hundreds of rounds leave no more than the one rounding at their end.
    """
    (first, *biases), (second, *rest) = weights[pair.first], weights[pair.second]
    made = first.reshape(*first.shape[:-2], -1) if _is_depthwise(model, pair.first) else first
    # Inputs are counted by the last axis but one, of a dense and of a depthwise kernel too.
    factor = equalization.equalize(made, None, second, first_axis=-1, second_axis=-2).factor
    weights[pair.first] = [(made / factor).reshape(first.shape), *(b / factor for b in biases)]
    weights[pair.second] = [second * factor[:, np.newaxis], *rest]
    for name in pair.caps:
        caps[name] = caps[name] / factor
    return factor


def _is_depthwise(model: keras.Model, name: str) -> bool:
    return isinstance(model.get_layer(name), keras.layers.DepthwiseConv2D)


def _rebuilt(
    model: keras.Model, weights: dict[str, list[Array]], caps: dict[str, Array]
) -> keras.Model:
    """The model with these weights, and a cap for each channel where there was one for all."""
    layers: dict[str, keras.Layer] = {}

    def clone(layer: keras.Layer) -> keras.Layer:
        capped = layer.name in caps
        if capped and isinstance(layer, keras.layers.ReLU):
            layers[layer.name] = copy_of(layer, max_value=float(caps[layer.name].max()))
        else:
            layers[layer.name] = copy_of(layer, **{"activation": "linear"} if capped else {})
        return layers[layer.name]

    def call(layer: keras.Layer, *args: Any, **kwargs: Any) -> Any:
        y = layer(*args, **kwargs)
        for each in _caps_behind(layer, caps):
            y = each(y)
        return y

    if isinstance(model, keras.Sequential):
        (tensor,) = model.inputs
        kept = [keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name)]
        for layer in map(clone, model.layers):
            kept += [layer, *_caps_behind(layer, caps)]
        rebuilt = keras.Sequential(kept, name=model.name)
    else:
        rebuilt = keras.models.clone_model(model, clone_function=clone, call_function=call)
    for name, layer in layers.items():
        if isinstance(layer, keras.Layer):  # an operation of `keras.ops` has no weights
            layer.set_weights(weights.get(name, model.get_layer(name).get_weights()))
    for name, cap in caps.items():
        rebuilt.get_layer(f"{name}_caps").constant.assign(cap)
    return rebuilt


def _caps_behind(layer: keras.Layer, caps: dict[str, Array]) -> list[keras.Layer]:
    """What does the rest of a cut-off layer's work: a ReLU if it has none, and the caps."""
    if layer.name not in caps:
        return []
    cap = caps[layer.name]
    minimum = MinimumConstant(shape=cap.shape, name=f"{layer.name}_caps")
    if isinstance(layer, keras.layers.ReLU):
        return [minimum]
    return [keras.layers.ReLU(float(cap.max()), name=f"{layer.name}_cut"), minimum]
