"""Convolutions and dense layers: separable ones as two, those of one axis as those of two.

Along one axis there is no kernel: the sequence is an image of height 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.qat.elementary.activations import activated, with_activation
from qnn_edu.nets.qat.elementary.arithmetic import is_tensor
from qnn_edu.nets.qat.elementary.pieces import Pieces
from qnn_edu.nets.qat.elementary.registry import rewriting
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

K = keras.layers


rewriting(K.Dense)(with_activation)


@rewriting(K.Conv2D, K.DepthwiseConv2D, K.Conv2DTranspose)
def conv2d(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    channels_last(layer, pieces)
    return with_activation(layer, pieces, x)


@rewriting(K.SeparableConv2D)
def separable(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """A filter for each channel, then a mixture of the channels."""
    channels_last(layer, pieces)
    x = pieces(K.DepthwiseConv2D, "depthwise", **_spatial(layer), **_depthwise(layer))(x)
    x = pieces(K.Conv2D, "pointwise", **_pointwise(layer))(x)
    return activated(layer, pieces, x)


@rewriting(K.Conv1D)
def conv1d(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    how = {"filters": layer.filters, "groups": layer.groups} | _regular(layer)
    x = _along_one(layer, pieces, x, K.Conv2D, "image", **how)
    return activated(layer, pieces, x)


@rewriting(K.DepthwiseConv1D)
def depthwise1d(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    how = _depthwise(layer) | {"use_bias": layer.use_bias}
    x = _along_one(layer, pieces, x, K.DepthwiseConv2D, "image", **how)
    return activated(layer, pieces, x)


@rewriting(K.SeparableConv1D)
def separable1d(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    x = _along_one(layer, pieces, x, K.DepthwiseConv2D, "depthwise", **_depthwise(layer))
    x = pieces(K.Dense, "pointwise", **_pointwise_dense(layer))(x)
    return activated(layer, pieces, x)


@rewriting(K.Conv1DTranspose)
def transposed1d(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    how = {"filters": layer.filters} | _regular(layer)
    x = _along_one(layer, pieces, x, K.Conv2DTranspose, "image", **how)
    return activated(layer, pieces, x)


@rewriting("Conv", "DepthwiseConv")
def convolution(operation: keras.Operation, pieces: Pieces, inputs: Any, kernel: Any) -> Any:
    """That of an image with weights that somebody's own layer has."""
    channels_last(operation, pieces)
    if is_tensor(kernel) or len(kernel.shape) != 4:
        raise pieces.refusal("has a kernel that is computed, or not one for images")
    names = ("strides", "padding", "dilation_rate")
    how = {"kernel_size": tuple(kernel.shape[:2]), "use_bias": False}
    how |= {name: getattr(operation, name) for name in names}
    if type(operation).__name__ == "DepthwiseConv":
        how["depth_multiplier"] = kernel.shape[3]
        return pieces.sourced(K.DepthwiseConv2D, "", kernel, **how)(inputs)
    groups = inputs.shape[-1] // kernel.shape[2]
    convolve = pieces.sourced(K.Conv2D, "", kernel, filters=kernel.shape[3], groups=groups, **how)
    return convolve(inputs)


@rewriting(K.TimeDistributed)
def time_distributed(layer: keras.Layer, pieces: Pieces, x: Any, training: Any = None) -> Any:
    """A dense layer, which treats every step alike by itself."""
    if type(layer.layer) is not K.Dense:
        raise pieces.refusal("holds another layer than Dense, whose steps would be images")
    return with_activation(layer.layer, pieces.of(layer.layer, "dense"), x)


@rewriting(K.EinsumDense)
def einsum_dense(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """A dense layer between two reshapings, where the equation is that of one."""
    return activated(layer, pieces, dense_by_equation(layer, pieces, x, "dense"))


def dense_by_equation(layer: keras.Layer, pieces: Pieces, x: Any, piece: str) -> Any:
    """An `EinsumDense` without its activation.

    The axes that are summed come last for a while, as one; the axes that the kernel brings are one,
    and then apart.
    """
    given, kernel, out = _letters(layer.equation, len(x.shape))
    summed = [a for a in kernel if a not in out]
    brought = [a for a in kernel if a in out]
    kept = [a for a in given if a not in summed]
    whole = layer.bias is None or layer.bias.shape == layer.kernel.shape[len(summed) :]
    if kernel != summed + brought or set(brought) & set(given) or given[0] != out[0] or not whole:
        raise pieces.refusal(f"has the equation {layer.equation}, which is no matrix product")
    sizes = dict(zip([*given, *kernel], [*x.shape, *layer.kernel.shape], strict=True))
    x = _permuted(pieces, x, given, kept + summed)
    rows = [sizes[a] for a in kept[1:]]
    if len(summed) > 1:
        x = pieces(K.Reshape, "joined", target_shape=(*rows, _size(sizes, summed)))(x)
    use_bias = layer.bias is not None
    x = pieces(K.Dense, piece, units=_size(sizes, brought), use_bias=use_bias)(x)
    if len(brought) != 1:
        x = pieces(K.Reshape, "apart", target_shape=(*rows, *(sizes[a] for a in brought)))(x)
    return _permuted(pieces, x, kept + brought, out)


def channels_last(layer: keras.Layer, pieces: Pieces) -> None:
    """Refuses channels that come first, for which the integer kernels have no form."""
    if getattr(layer, "data_format", "channels_last") == "channels_first":
        raise pieces.refusal("has its channels first, and integer kernels want them last")


def as_image(pieces: Pieces, x: Any) -> Any:
    """A sequence as an image of height 1."""
    return pieces(K.Reshape, "as_image", target_shape=(1, _open(x.shape[1]), x.shape[2]))(x)


def as_sequence(pieces: Pieces, x: Any) -> Any:
    """An image of height 1 as a sequence."""
    shape = (_open(x.shape[2]), x.shape[3])
    return pieces(K.Reshape, "as_sequence", target_shape=shape)(x)


def _along_one(
    layer: keras.Layer, pieces: Pieces, x: Any, kind: Callable[..., Any], piece: str, **how: Any
) -> Any:
    """A convolution of a sequence, as one of an image; a causal one sees what is padded before."""
    channels_last(layer, pieces)
    how = _spatial(layer) | how
    if layer.padding == "causal":
        before = layer.dilation_rate[0] * (layer.kernel_size[0] - 1)
        x = pieces(K.ZeroPadding1D, "before", padding=(before, 0))(x)
        how["padding"] = "valid"
    return as_sequence(pieces, pieces(kind, piece, **how)(as_image(pieces, x)))


def _spatial(layer: keras.Layer) -> dict[str, Any]:
    """Where the filter goes; along one axis, in an image of height 1."""
    names = ("kernel_size", "strides", "dilation_rate")
    found = {name: (1,) * (2 - len(getattr(layer, name))) + getattr(layer, name) for name in names}
    return found | {"padding": layer.padding}


def _regular(layer: keras.Layer) -> dict[str, Any]:
    names = ("use_bias", "kernel_regularizer", "bias_regularizer")
    return {name: getattr(layer, name) for name in names}


def _depthwise(layer: keras.Layer) -> dict[str, Any]:
    """Without a bias, which a separable layer has behind its pointwise step."""
    names = ("depth_multiplier", "depthwise_regularizer")
    return {"use_bias": False} | {name: getattr(layer, name) for name in names}


def _pointwise(layer: keras.Layer) -> dict[str, Any]:
    return {
        "filters": layer.filters,
        "kernel_size": 1,
        "use_bias": layer.use_bias,
        "kernel_regularizer": layer.pointwise_regularizer,
        "bias_regularizer": layer.bias_regularizer,
    }


def _pointwise_dense(layer: keras.Layer) -> dict[str, Any]:
    how = _pointwise(layer)
    return {"units": how.pop("filters")} | {k: v for k, v in how.items() if k != "kernel_size"}


def _letters(equation: str, rank: int) -> list[list[str]]:
    """The letters of an equation's input, kernel and output; an ellipsis is as long as it must."""
    left, out = equation.split("->")
    given, kernel = left.split(",")
    spare = rank - len(given.replace("...", ""))
    dots = "".join(chr(0x391 + i) for i in range(spare))
    return [list(part.replace("...", dots)) for part in (given, kernel, out)]


def _permuted(pieces: Pieces, x: Any, now: list[str], wanted: list[str]) -> Any:
    if now == wanted:
        return x
    return pieces(K.Permute, "turned", dims=[now.index(a) for a in wanted[1:]])(x)


def _size(sizes: dict[str, Any], axes: list[str]) -> int:
    return math.prod(sizes[a] for a in axes)


def _open(size: int | None) -> int:
    return -1 if size is None else size
