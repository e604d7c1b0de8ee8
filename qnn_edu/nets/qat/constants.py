"""Layers that reckon with constants for each channel, which are rounded as the file rounds them."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.nets.qat import straight_through
from qnn_edu.nets.qat.elementary.layers import AddConstant, MultiplyConstant
from qnn_edu.nets.qat.layers import FakeQuantActivation, as_array, exporting_now, keras, ops
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.ptq.folding import affine_form

OPERATIONS = {AddConstant: ops.add, MultiplyConstant: ops.multiply}


def rounded_constant(constant: Any) -> Any:
    """A constant on the symmetric narrow int8 grid of its largest value, to train through.

    >>> rounded_constant(np.float32([12.7, 0.33])).numpy().round(2)
    array([12.7,  0.3], dtype=float32)
    """
    return straight_through.min_max(constant, bits=8)


def exported_constant(constant: np.ndarray) -> Any:
    """The same under a fake quantizer of TensorFlow's, for the converter to read.

    All zeros, or all ones, as they are before training, are moved by a millionth of a level or so:
    the converter would leave the operator out, and have two ranges for one tensor.
    """
    if not constant.any():
        constant = constant + np.float32(straight_through.SMALLEST)
    elif (constant == 1).all():
        constant = constant + np.float32(1e-6)
    limit = max(float(np.abs(constant).max()), straight_through.SMALLEST)
    quantization = load_tensorflow().quantization
    return quantization.fake_quant_with_min_max_vars(constant, -limit, limit, narrow_range=True)


class Wrapper(keras.layers.Layer):
    """A layer that stands for another one, and has its weights."""

    def __init__(self, layer: keras.Layer, **options: Any) -> None:
        super().__init__(**options)
        self.layer = layer

    def build(self, shape: Any) -> None:
        if not self.layer.built:
            self.layer.build(shape)

    def compute_output_shape(self, shape: Any) -> Any:
        return self.layer.compute_output_shape(shape)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"layer": keras.saving.serialize_keras_object(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Wrapper:
        return cls(**config | {"layer": keras.saving.deserialize_keras_object(config["layer"])})


@keras.saving.register_keras_serializable("qnn_edu")
class QuantizedConstant(Wrapper):
    """An `AddConstant` or `MultiplyConstant` whose weight is rounded to int8.

    >>> layer = QuantizedConstant(AddConstant(shape=(2,)))
    >>> _ = layer(np.float32([[1.0, 1.0]]))
    >>> layer.layer.set_weights([np.float32([12.7, 0.33])])
    >>> layer(np.float32([[0.0, 0.0]])).numpy().round(2)
    array([[12.7,  0.3]], dtype=float32)
    """

    def call(self, x: Any) -> Any:
        if exporting_now():
            constant = exported_constant(as_array(self.layer.constant))
        else:
            constant = rounded_constant(self.layer.constant)
        return OPERATIONS[type(self.layer)](x, constant)


@keras.saving.register_keras_serializable("qnn_edu")
class QuantizedNorm(Wrapper):
    """A `BatchNormalization` with nothing to fold into: a multiplication and an addition.

    Both are by constants for each channel, rounded to int8, with the product rounded between them.
    In training the normalisation works as ever, with each batch's own statistics; what the product
    would be then is measured for its range. `norm_frozen` lets the statistics stand still.

    >>> layer = QuantizedNorm(keras.layers.BatchNormalization(epsilon=0.0))
    >>> layer(np.float32([[0.25, 0.5]])).numpy().round(2)
    array([[0.25, 0.5 ]], dtype=float32)
    """

    def __init__(self, layer: keras.Layer, **options: Any) -> None:
        super().__init__(layer, **options)
        self.product = FakeQuantActivation(8, name="product")
        self.norm_frozen = False

    @property
    def norm(self) -> keras.Layer:
        return self.layer

    def build(self, shape: Any) -> None:
        super().build(shape)
        self.product.build(shape)

    def call(self, x: Any, training: bool = False) -> Any:
        if exporting_now():
            return self._exported(x)
        moves = bool(training) and not self.norm_frozen and self.norm.trainable
        axes = tuple(range(len(x.shape) - 1))
        variance = ops.var(x, axes) if moves else self.norm.moving_variance
        gamma = 1.0 if self.norm.gamma is None else self.norm.gamma
        factor = gamma * ops.rsqrt(variance + self.norm.epsilon)
        product = self.product(x * rounded_constant(factor), training=training)
        if moves:
            return self.norm(x, training=True)
        beta = 0.0 if self.norm.beta is None else self.norm.beta
        return product + rounded_constant(beta - self.norm.moving_mean * factor)

    def _exported(self, x: Any) -> Any:
        norm = self.norm
        variables = (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
        gamma, beta, mean, variance = (None if v is None else as_array(v) for v in variables)
        factor, offset = affine_form(gamma, beta, mean, 1 / np.sqrt(variance + norm.epsilon))
        product = x * exported_constant(np.float32(factor))
        return self.product(product) + exported_constant(np.float32(offset))
