"""Normalisation by what is measured in each input, written as means, products and inverse roots.

Batch normalisation is elementary: its statistics are constants.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.qat.elementary.arithmetic import minus, plus, times
from qnn_edu.nets.qat.elementary.convolutions import channels_last
from qnn_edu.nets.qat.elementary.layers import (
    AddConstant,
    MaximumConstant,
    Mean,
    MultiplyConstant,
    Unary,
)
from qnn_edu.nets.qat.elementary.pieces import Pieces
from qnn_edu.nets.qat.elementary.registry import as_it_is, rewriting
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

K = keras.layers
rewriting(K.BatchNormalization)(as_it_is)


@rewriting(K.LayerNormalization)
def layer_normalisation(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """`(x - mean) / sqrt(variance + epsilon)`, then what is learned along the axes."""
    axes = _axes(layer.axis, len(x.shape))
    x = standardised(pieces, x, axes, layer.epsilon)
    return _learned(layer, pieces, x, [n if i in axes else 1 for i, n in enumerate(x.shape)][1:])


@rewriting(K.RMSNormalization)
def rms_normalisation(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """`x / sqrt(mean(x * x) + epsilon)`, times what is learned."""
    axes = _axes(layer.axis, len(x.shape))
    x = times(pieces, x, _inverse_root(pieces, x, axes, layer.epsilon), "standardised")
    shape = [n if i in axes else 1 for i, n in enumerate(x.shape)][1:]
    return pieces(MultiplyConstant, "gamma", shape=shape)(x)


@rewriting(K.GroupNormalization)
def group_normalisation(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """A layer normalisation of each group of channels, which are an axis of their own meanwhile."""
    rank, channels = len(x.shape), x.shape[-1]
    if layer.axis % rank != rank - 1 or None in x.shape[1:]:
        raise pieces.refusal("is taken along the last axis of inputs of a known shape alone")
    groups = channels if layer.groups == -1 else layer.groups
    grouped = (math.prod(x.shape[1:-1]), groups, channels // groups)
    y = pieces(K.Reshape, "groups", target_shape=grouped)(x)
    y = standardised(pieces, y, (1, 3), layer.epsilon)
    y = pieces(K.Reshape, "together", target_shape=x.shape[1:])(y)
    return _learned(layer, pieces, y, [channels])


@rewriting(K.UnitNormalization)
def unit_normalisation(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """`x / sqrt(sum(x * x))`; a sum is the mean times how many."""
    axes = _axes(layer.axis, len(x.shape))
    count = math.prod(x.shape[i] for i in axes)
    total = times(pieces, _mean_square(pieces, x, axes), float(count), "total")
    total = pieces(MaximumConstant, "positive", value=1e-12)(total)
    return times(pieces, x, pieces(Unary, "inverse_root", function="rsqrt")(total))


@rewriting("LayerScale")
def layer_scale(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """ConvNeXt's: a factor for each channel."""
    channels_last(layer, pieces)
    return pieces(MultiplyConstant, "gamma", shape=tuple(layer.gamma.shape))(x)


def standardised(pieces: Pieces, x: Any, axes: tuple[int, ...], epsilon: float) -> Any:
    """`x` with mean 0 and variance 1 along `axes`."""
    mean = pieces(Mean, "mean", axes=axes, keepdims=True)(x)
    centred = minus(pieces, x, mean, "centred")
    return times(pieces, centred, _inverse_root(pieces, centred, axes, epsilon), "standardised")


def _inverse_root(pieces: Pieces, x: Any, axes: tuple[int, ...], epsilon: float) -> Any:
    """`1 / sqrt(mean(x * x) + epsilon)`."""
    above = plus(pieces, _mean_square(pieces, x, axes), float(epsilon), "epsilon")
    return pieces(Unary, "inverse_root", function="rsqrt")(above)


def _mean_square(pieces: Pieces, x: Any, axes: tuple[int, ...]) -> Any:
    square = times(pieces, x, x, "square")
    return pieces(Mean, "mean_square", axes=axes, keepdims=True)(square)


def _learned(layer: keras.Layer, pieces: Pieces, x: Any, shape: list[int]) -> Any:
    """Times gamma, plus beta, where the layer has them."""
    x = x if layer.gamma is None else pieces(MultiplyConstant, "gamma", shape=shape)(x)
    return x if layer.beta is None else pieces(AddConstant, "beta", shape=shape)(x)


def _axes(axis: int | tuple[int, ...], rank: int) -> tuple[int, ...]:
    axes = (axis,) if isinstance(axis, int) else axis
    return tuple(sorted(a % rank for a in axes))
