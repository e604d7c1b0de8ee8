"""Pooling and reductions over axes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.qat.elementary.arithmetic import times
from qnn_edu.nets.qat.elementary.convolutions import as_image, as_sequence, channels_last
from qnn_edu.nets.qat.elementary.layers import Max, Mean
from qnn_edu.nets.qat.elementary.pieces import Pieces
from qnn_edu.nets.qat.elementary.registry import rewriting
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

K = keras.layers


@rewriting(
    *(K.MaxPooling2D, K.AveragePooling2D, K.GlobalAveragePooling2D, K.GlobalMaxPooling2D),
)
def pooling2d(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """Elementary as it is."""
    channels_last(layer, pieces)
    return pieces.copy()(x)


@rewriting(K.MaxPooling1D, K.AveragePooling1D)
def pooling1d(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """That of an image of height 1."""
    channels_last(layer, pieces)
    kind = K.MaxPooling2D if isinstance(layer, K.MaxPooling1D) else K.AveragePooling2D
    how = {"pool_size": (1, *layer.pool_size), "strides": (1, *layer.strides)}
    pool = pieces(kind, "image", padding=layer.padding, **how)
    return as_sequence(pieces, pool(as_image(pieces, x)))


@rewriting(K.GlobalAveragePooling1D, K.GlobalMaxPooling1D)
def global_pooling1d(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    channels_last(layer, pieces)
    kind = Mean if isinstance(layer, K.GlobalAveragePooling1D) else Max
    return pieces(kind, axes=(1,), keepdims=layer.keepdims)(x)


@rewriting("AveragePool", "MaxPool")
def pooling_operation(operation: keras.Operation, pieces: Pieces, inputs: Any) -> Any:
    """That of an image."""
    channels_last(operation, pieces)
    if len(inputs.shape) != 4:
        raise pieces.refusal("pools along one axis or three; along two it can be had")
    kind = K.MaxPooling2D if type(operation).__name__ == "MaxPool" else K.AveragePooling2D
    names = ("pool_size", "strides", "padding")
    return pieces(kind, **{name: getattr(operation, name) for name in names})(inputs)


@rewriting("Mean", "Max", "Amax")
def reduction(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    kind = Mean if type(operation).__name__ == "Mean" else Max
    return pieces(kind, axes=_axes(operation, pieces, x), keepdims=operation.keepdims)(x)


@rewriting("Min", "Amin")
def smallest(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """`-max(-x)`."""
    largest = pieces(Max, "max", axes=_axes(operation, pieces, x), keepdims=operation.keepdims)
    return times(pieces, largest(times(pieces, x, -1.0, "negative")), -1.0, "result")


@rewriting("Sum")
def total(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """The mean times how many."""
    axes = _axes(operation, pieces, x)
    if any(x.shape[a] is None for a in axes):
        raise pieces.refusal("sums along an axis whose size is left open")
    mean = pieces(Mean, "mean", axes=axes, keepdims=operation.keepdims)(x)
    return times(pieces, mean, float(math.prod(x.shape[a] for a in axes)), "total")


def _axes(operation: keras.Operation, pieces: Pieces, x: Any) -> tuple[int, ...]:
    """The axes of a reduction as a tuple; that of the images is not among them."""
    rank, axis = len(x.shape), operation.axis
    given = range(rank) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = tuple(sorted(a % rank for a in given))
    if 0 in axes:
        raise pieces.refusal("reduces along the first axis, on which the images are")
    return axes
