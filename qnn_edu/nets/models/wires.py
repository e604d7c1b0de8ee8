"""Channels from the layer that makes them to the layer that reads them, in a Keras model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, eq=False)
class Place:
    """A layer whose channels can be changed: `layer`, its normalisation `norm` if there is one.

    `activated` is where its channels are after a ReLU, or itself; `reader` the only layer with
    weights that reads them from there, if there is one, and `last` the layer that the model ends
    in.
    """

    layer: keras.Layer
    norm: keras.Layer | None
    activated: keras.Layer
    reader: keras.Layer | None
    last: keras.Layer

    @property
    def channels(self) -> int:
        return int(self.layer.output.shape[-1])

    @property
    def rectified(self) -> bool:
        """Is there a ReLU, before the model ends?"""
        own = getattr(self.layer.activation, "__name__", "") == "relu" and self.norm is None
        return (_is_relu(self.activated) or own) and self.activated is not self.last

    @property
    def grows(self) -> bool:
        """May its values be of any size, before the model ends?"""
        return self.activated is not self.last and not _is_bounded(self.activated)

    @property
    def can_shift(self) -> bool:
        """Can a number be added to a channel, and taken away by the reader? Not where padding
        reads zeros in its place, or the reader has no bias and no normalisation."""
        bias = self.norm is not None or self.layer.use_bias
        reader = self.reader
        if reader is None or not bias or _is_bounded(self.activated):
            return False
        padded = getattr(reader, "padding", "valid") == "same" and np.prod(reader.kernel_size) > 1
        return not padded and bool(reader.use_bias or _norm_behind(reader) is not None)

    def scale(self, channel: int, factor: float) -> None:
        """Multiply a channel."""
        if self.norm is not None:
            gamma, beta, *rest = self.norm.get_weights()
            gamma[channel] *= factor
            beta[channel] *= factor
            self.norm.set_weights([gamma, beta, *rest])
            return
        kernel, *bias = self.layer.get_weights()
        _made(self.layer, kernel)[..., channel] *= factor
        for each in bias:
            each[channel] *= factor
        self.layer.set_weights([kernel, *bias])

    def shift(self, channel: int, offset: float) -> None:
        """Add to a channel, before the ReLU."""
        _add_bias(self.layer if self.norm is None else self.norm, channel, offset)

    def scale_reader(self, channel: int, factor: float) -> None:
        """Multiply what is read of a channel."""
        assert self.reader is not None
        kernel, *bias = self.reader.get_weights()
        _read(self.reader, kernel, channel, self.channels)[...] *= factor
        self.reader.set_weights([kernel, *bias])

    def shift_reader(self, channel: int, offset: float) -> None:
        """Add to a channel as it is read; by the bias of the reader, or its mean."""
        reader = self.reader
        assert reader is not None
        kernel = reader.get_weights()[0]
        read = _read(reader, kernel, channel, self.channels)
        depthwise = _is_depthwise(reader)
        added = offset * (read.sum() if depthwise else read.reshape(-1, read.shape[-1]).sum(axis=0))
        to = channel if depthwise else slice(None)
        norm = _norm_behind(reader)
        if norm is None or reader.use_bias:
            _add_bias(reader, to, added)
            return
        gamma, beta, mean, variance = norm.get_weights()
        mean[to] -= added
        norm.set_weights([gamma, beta, mean, variance])


def places(model: keras.Model) -> list[Place]:
    """Every layer with weights of a functional model of layers that are called once.

    >>> from qnn_edu.nets.models import digits_net
    >>> [(place.layer.name, place.activated.name) for place in places(digits_net())][:2]
    [('conv', 'conv_relu'), ('block1_depthwise', 'block1_depthwise_relu')]
    """
    last = model.outputs[0]._keras_history.operation
    found = []
    for layer in model.layers:
        if not _has_kernel(layer):
            continue
        norm = _norm_behind(layer)
        end = norm or layer
        behind = _only_reader(end)
        activated = behind if _is_relu(behind) else end
        found.append(Place(layer, norm, activated, _weighted_reader(activated), last))
    return found


def clone(model: keras.Model, behind: Mapping[str, keras.Layer] | None = None) -> keras.Model:
    """A copy with weights of its own; `behind` the layers of these names, others are put in.

    >>> from qnn_edu.nets.models import digits_net
    >>> clone(digits_net()).count_params()
    9610
    """
    keras = load_keras()
    put_in = behind or {}

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        output = layer(*args, **kwargs)
        return put_in[layer.name](output) if layer.name in put_in else output

    functional = keras.Model(model.inputs, model.outputs, name=model.name)
    copy = keras.models.clone_model(functional, call_function=call)
    copy.set_weights(model.get_weights())
    return copy


def _has_kernel(layer: Any) -> bool:
    layers = load_keras().layers
    return isinstance(layer, (layers.Conv2D, layers.DepthwiseConv2D, layers.Dense))


def _is_depthwise(layer: Any) -> bool:
    return isinstance(layer, load_keras().layers.DepthwiseConv2D)


def _is_relu(layer: Any) -> bool:
    layers = load_keras().layers
    named = isinstance(layer, layers.Activation) and layer.activation.__name__ == "relu"
    return isinstance(layer, layers.ReLU) or named


def _is_bounded(layer: Any) -> bool:
    return getattr(layer, "max_value", None) is not None


def _passes_channels(layer: Any) -> bool:
    layers = load_keras().layers
    return isinstance(
        layer,
        (
            layers.MaxPooling2D,
            layers.AveragePooling2D,
            layers.GlobalAveragePooling2D,
            layers.GlobalMaxPooling2D,
            layers.Flatten,
            layers.Dropout,
        ),
    )


def _only_reader(layer: Any) -> Any:
    """The one layer that reads a layer's output and nothing else, or None."""
    readers = [node.operation for node in layer._outbound_nodes]
    alone = len(readers) == 1 and not isinstance(readers[0].input, (list, tuple))
    return readers[0] if alone else None


def _norm_behind(layer: Any) -> Any:
    reader = _only_reader(layer)
    return reader if isinstance(reader, load_keras().layers.BatchNormalization) else None


def _weighted_reader(layer: Any) -> Any:
    reader = _only_reader(layer)
    while reader is not None and _passes_channels(reader):
        reader = _only_reader(reader)
    return reader if _has_kernel(reader) else None


def _made(layer: Any, kernel: np.ndarray) -> np.ndarray:
    """A view of the kernel whose last axis are the channels that it makes."""
    return kernel[..., 0] if _is_depthwise(layer) else kernel


def _read(layer: Any, kernel: np.ndarray, channel: int, channels: int) -> np.ndarray:
    """A view of what the kernel multiplies a channel by; a flattened image has it many times."""
    return kernel[channel::channels] if kernel.ndim == 2 else kernel[:, :, channel]


def _add_bias(layer: Any, channel: Any, offset: Any) -> None:
    weights = layer.get_weights()
    weights[1][channel] += offset
    layer.set_weights(weights)
