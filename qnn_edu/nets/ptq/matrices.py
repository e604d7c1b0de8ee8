"""A layer with weights as matrices, for `qnn_edu.ptq`, and its inputs as what those multiply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.qat.layers import as_array, keras

if TYPE_CHECKING:
    from qnn_edu.nets.qat.quantized_layer import QuantizedLayer

Array = np.ndarray
CHUNK = 1 << 24  # numbers that patches hold at a time, 64 MB
ROWS = 1 << 16  # patches that are looked at, a hundred times as many as each has numbers


def is_matrix(layer: keras.Layer) -> bool:
    """Whether a layer's outputs are patches of its input times matrices.

    >>> is_matrix(keras.layers.Dense(1)), is_matrix(keras.layers.Conv2DTranspose(1, 3))
    (True, False)
    """
    kinds = (keras.layers.Dense, keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
    last = getattr(layer, "data_format", "channels_last") == "channels_last"
    return isinstance(layer, kinds) and last


def matrices(layer: QuantizedLayer, values: Any) -> list[Array]:
    """A kernel, or what broadcasts against it, as (inputs, outputs), one for each group.

    A depthwise convolution is a group a channel.

    >>> from qnn_edu.nets import quantize_aware
    >>> from qnn_edu.nets.models import digits_net
    >>> depthwise = quantize_aware(digits_net()).get_layer("block1_depthwise")
    >>> parts = matrices(depthwise, depthwise.kernel)
    >>> len(parts), parts[0].shape
    (16, (9, 1))
    """
    full = np.broadcast_to(np.asarray(values), tuple(layer.kernel.shape))
    if layer.depthwise:
        return list(full.reshape(-1, *full.shape[-2:]).transpose(1, 0, 2))
    flat = full.reshape(-1, full.shape[-1])
    return np.split(flat, groups_of(layer), axis=1)


def kernel_of(layer: QuantizedLayer, parts: list[Array]) -> Array:
    """The kernel of which these are the matrices.

    >>> from qnn_edu.nets import quantize_aware
    >>> from qnn_edu.nets.models import digits_net
    >>> depthwise = quantize_aware(digits_net()).get_layer("block1_depthwise")
    >>> kernel = depthwise.kernel
    >>> bool((kernel_of(depthwise, matrices(depthwise, kernel)) == kernel).all())
    True
    """
    flat = np.stack(parts, axis=1) if layer.depthwise else np.concatenate(parts, axis=1)
    return flat.reshape(tuple(layer.kernel.shape))


def groups_of(layer: QuantizedLayer) -> int:
    """How many groups of channels do not see each other."""
    if layer.depthwise:
        return int(layer.kernel.shape[-2])
    return int(getattr(layer.layer, "groups", 1))


def patches(layer: QuantizedLayer, x: Any) -> Iterator[list[Array]]:
    """What each group's matrix multiplies, (n, inputs) float32, some images at a time.

    `x`: (n, ...) inputs of the layer. Of a convolution with more than `ROWS` patches, places in the
    image are drawn; those of the same images are the same in each call.
    """
    x, kernel = np.asarray(x, np.float32), layer.layer
    if isinstance(kernel, keras.layers.Dense):
        yield [x.reshape(-1, x.shape[-1])]
        return
    height, width = kernel.compute_output_shape((1, *x.shape[1:]))[1:3]
    places = min(height * width, max(1, ROWS // len(x)))
    images = max(1, CHUNK // (places * int(np.prod(kernel.kernel_size)) * x.shape[-1]))
    rng = np.random.default_rng(0)
    for start in range(0, len(x), images):
        windows = _windows(kernel, x[start : start + images])  # (n, h, w, channels, *kernel)
        drawn = np.sort(rng.permutation(height * width)[:places])
        seen = windows[:, *np.unravel_index(drawn, (height, width))]
        seen = seen.reshape(-1, *windows.shape[3:])
        if layer.depthwise:
            yield [each.reshape(len(each), -1) for each in seen.swapaxes(0, 1)]
        else:
            parts = np.split(seen, groups_of(layer), axis=1)
            yield [each.transpose(0, 2, 3, 1).reshape(len(each), -1) for each in parts]


def _windows(layer: keras.Layer, x: Array) -> Array:
    """A view of all windows of a convolution: (n, rows, columns, channels, height, width)."""
    reach = [(k - 1) * d + 1 for k, d in zip(layer.kernel_size, layer.dilation_rate, strict=True)]
    if layer.padding == "same":  # the smaller half of the padding first
        lacking = [
            max((-(-n // s) - 1) * s + r - n, 0)
            for n, s, r in zip(x.shape[1:3], layer.strides, reach, strict=True)
        ]
        x = np.pad(x, ((0, 0), *((each // 2, each - each // 2) for each in lacking), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, reach, axis=(1, 2))
    (down, across), (tall, wide) = layer.strides, layer.dilation_rate
    return windows[:, ::down, ::across, :, ::tall, ::wide]


def bias_of(layer: QuantizedLayer) -> Array | None:
    """The bias of a layer, None if it has none."""
    return as_array(layer.layer.bias) if layer.layer.use_bias else None
