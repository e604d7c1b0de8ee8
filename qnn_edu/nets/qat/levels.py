"""Training that begins where rounding ended: levels, steps and ranges of another prepared copy."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.nets.qat.layers import FakeQuantActivation, as_array, keras
from qnn_edu.nets.qat.prepared import inner_layer, is_prepared
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.nets.qat.ranges import LEARNED

TINY = 1e-6  # a normalisation's factor below that makes a channel one number, whatever comes in


def take_levels(prepared: keras.Model, rounded: keras.Model) -> keras.Model:
    """Give `prepared` what `rounded` computes, as a start of training; gives `prepared`.

    Both are prepared copies of one network, `rounded` one in which levels, steps and ranges are
    chosen already, as `quantize_trained` chooses them. Weights become its levels times its steps;
    learned steps and ranges become its own. Where `prepared` still has a batch normalisation and
    `rounded` has folded it, weights and steps are divided by its factor, and its moving mean
    becomes the one that gives the bias of `rounded`: scale and shift stay as they were learned, for
    in training each batch brings its own mean.

    With other bits than in `rounded`, weights begin at its levels and steps as `quantize_aware`
    begins them; ranges stay as wide. A grid that is measured, of `ranges` "ema", is measured of
    the weights that came.

    Raises:
        ValueError: models that are not prepared, or not of one network; a layer with one scale a
            tensor for one with a scale a channel; a bias for a layer that has none.

    >>> from qnn_edu import nets
    >>> net, x = nets.models.digits_net(), np.zeros((1, 8, 8, 1), np.float32)
    >>> rounded = nets.quantize_aware(nets.fold(net), weight_bits=3, ranges="learned")
    >>> _ = rounded(x, training=True)  # learned ranges begin
    >>> student = nets.quantize_aware(net, weight_bits=3, ranges="learned")
    >>> bool(np.allclose(take_levels(student, rounded)(x), rounded(x), atol=1e-6))
    True
    """
    for who, model in (("prepared", prepared), ("rounded", rounded)):
        if not is_prepared(model):
            raise ValueError(
                f"take_levels: {who} is to be a model that quantize_aware or quantize_trained "
                f"made, got {type(model).__name__}."
            )
    others = {layer.name: layer for layer in rounded.layers}
    for layer in prepared.layers:
        other = others.get(layer.name)
        if not layer.weights:
            continue
        if type(other) is not type(layer):
            raise ValueError(
                f"take_levels: {layer.name!r} is a {type(layer).__name__}, in the rounded copy "
                f"{'there is none' if other is None else 'a ' + type(other).__name__}. Give two "
                "copies of the same network."
            )
        if isinstance(layer, QuantizedLayer):
            _take_weights(layer, other)
        elif isinstance(layer, FakeQuantActivation):
            _take_range(layer, other)
        else:
            inner_layer(layer).set_weights(inner_layer(other).get_weights())
            if product := getattr(layer, "product", None):
                _take_range(product, other.product)
    return prepared


def _take_weights(layer: QuantizedLayer, other: QuantizedLayer) -> None:
    """The real weights of `other`, as they go into its file, in the units of `layer`."""
    levels, scale, bias = other.exported_weights()
    if levels.shape != tuple(layer.kernel.shape):
        raise ValueError(
            f"take_levels: the weights of {layer.name!r} are {tuple(layer.kernel.shape)}, in the "
            f"rounded copy {levels.shape}. Give two copies of the same network."
        )
    factor, used = _factor(layer)
    kernel = np.where(used, levels * scale / factor, as_array(layer.kernel))
    layer.kernel.assign(kernel)
    if layer.ranges == "learned":
        layer.start()
        if layer.bits == other.bits:
            _take_step(layer, scale, factor, used)
    _take_bias(layer, bias)


def _factor(layer: QuantizedLayer) -> tuple[np.ndarray, np.ndarray]:
    """What folding multiplies a kernel by, broadcasting against it, and where it is of use."""
    shape = [1] * (len(layer.kernel.shape) - 2) + list(layer.channels)
    if not layer.norm:
        return np.ones(shape, np.float32), np.ones(shape, bool)
    factor = layer._affine()[0].reshape(shape)
    used = np.abs(factor) > TINY
    return np.where(used, factor, np.float32(1)), used


def _take_step(layer: QuantizedLayer, scale: np.ndarray, factor: np.ndarray, used: Any) -> None:
    """The step that `scale` is in the units in which the layer rounds its kernel."""
    wanted = scale if layer._folds_first else np.where(used, scale / np.abs(factor), 0)
    present = as_array(layer.step)
    if present.size == 1:
        found = wanted[wanted > 0]
        if found.size and np.ptp(found) > 1e-6 * found.max():
            raise ValueError(
                f"take_levels: {layer.name!r} has one scale for all its weights, in the rounded "
                "copy one a channel. Prepare it with per_channel=True, or round with "
                "per_channel=False."
            )
        wanted = wanted.max(keepdims=True)
    layer.step.assign(np.where(wanted > 0, wanted, present).reshape(present.shape))


def _take_bias(layer: QuantizedLayer, bias: np.ndarray) -> None:
    """The bias that stands behind the folded layer, as the moving mean where there is one."""
    norm = layer.norm
    if norm:
        own = as_array(layer.layer.bias) if layer.layer.use_bias else 0
        beta = 0 if norm.beta is None else as_array(norm.beta)
        factor, used = (each.ravel() for each in _factor(layer))
        mean = np.where(used, own + (beta - bias) / factor, as_array(norm.moving_mean))
        norm.moving_mean.assign(mean)
    elif layer.layer.use_bias:
        layer.layer.bias.assign(bias)
    elif np.any(bias):
        raise ValueError(
            f"take_levels: {layer.name!r} has no bias, in the rounded copy it has one, of a folded "
            "normalisation. Prepare the network that the rounded copy was made of."
        )


def _take_range(quantizer: FakeQuantActivation, other: FakeQuantActivation) -> None:
    """The range of `other`, counted as seen, so that training goes on from it."""
    if quantizer.ranges == "fixed":
        return
    lo, hi, step = other.grid()
    if quantizer.ranges in LEARNED:
        highest = quantizer._highest()
        step = step if quantizer.bits == other.bits else hi / highest
        quantizer.learned.assign(step * (highest if quantizer.ranges == "clipped" else 1))
    else:
        quantizer.lo.assign(np.full(quantizer.lo.shape, lo, np.float32))
        quantizer.hi.assign(np.full(quantizer.hi.shape, hi, np.float32))
    quantizer.seen.assign(np.maximum(as_array(quantizer.seen), 1))
