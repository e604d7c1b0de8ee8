"""A layer with weights, trained with its weights rounded and its batch normalisation folded."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.nets.qat import straight_through
from qnn_edu.nets.qat.layers import as_array, exporting_now, keras, ops, present
from qnn_edu.nets.qat.ranges import WEIGHT_RANGES
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.ptq.folding import affine_form

SMALLEST = straight_through.SMALLEST
IDLE = 1e-12  # a channel whose variance is below that puts out one number, whatever comes in


@keras.saving.register_keras_serializable("qnn_edu")
class QuantizedLayer(keras.layers.Layer):
    """A layer with weights, and the `BatchNormalization` behind it, if any.

    The layer is a `Conv2D`, `DepthwiseConv2D`, `Conv2DTranspose` or `Dense`. Its weights are
    rounded to `bits` bits on a symmetric narrow grid, one for each output channel, or one for all:
    with `per_channel` False, and for the last two. `ranges`: "min_max" of the weights as
    they stand, or "learned" (LSQ). The bias stays as it is: it will be int32.

    What is rounded are the weights as they will be once the normalisation is folded in, with its
    moving statistics; its factor is then divided out again, so that the normalisation itself works
    as ever, with each batch's own statistics. A scale for each channel makes no difference there.

    Raises:
        ValueError: bits outside 2..8, other ranges.

    Source: Krishnamoorthi 2018, section 3.2.2 (the correction is implied by dividing).

    >>> dense = QuantizedLayer(keras.layers.Dense(1, kernel_initializer="ones"), bits=2)
    >>> dense(np.float32([[1.0, 2.0]])).numpy()
    array([[3.]], dtype=float32)
    """

    def __init__(
        self,
        layer: keras.Layer,
        norm: keras.Layer | None = None,
        *,
        bits: int = 8,
        per_channel: bool = True,
        ranges: str = "min_max",
        fold: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if bits not in range(2, 9) or ranges not in WEIGHT_RANGES:
            raise ValueError(
                "QuantizedLayer: bits must be 2 to 8 and ranges one of "
                f"{', '.join(WEIGHT_RANGES)}; got {bits!r} and {ranges!r}."
            )
        self.layer, self.norm, self.fold = layer, norm, fold
        self.bits, self.per_channel, self.ranges = bits, per_channel, ranges
        self.norm_frozen = False

    def build(self, shape: Any) -> None:
        if not self.layer.built:  # one that was loaded is
            self.layer.build(shape)
        if self.norm and not self.norm.built:
            self.norm.build(self.layer.compute_output_shape(shape))
        if self.ranges == "learned":
            steps = [1] * len(self.kernel.shape)
            if self.each_channel:
                steps[-2:] = self.channels
            self.step = self.add_weight(shape=steps, initializer="ones", name="step")
            self.start()

    def start(self) -> None:
        """Set a learned step to its first value for the present weights.

        LSQ's own can be wider than the weights are, most where few share it, as the nine of a
        depthwise filter do; then all levels lie within them instead.
        """
        if self.ranges == "learned":
            w = self.kernel * self._factor()
            usual = straight_through.first_step(w, self.highest, axis=self._shared)
            widest = ops.max(ops.abs(w), axis=self._shared, keepdims=True) / self.highest
            self.step.assign(ops.minimum(usual, widest))

    @property
    def kernel(self) -> keras.Variable:
        """The layer's weights; output channels last, but for depthwise and transposed ones.

        Depthwise they are last but one and last; transposed, last but one alone.
        """
        return self.layer.kernel

    @property
    def depthwise(self) -> bool:
        return isinstance(self.layer, keras.layers.DepthwiseConv2D)

    @property
    def each_channel(self) -> bool:
        """Whether every output channel has a scale; TensorFlow's converter takes none elsewhere."""
        kinds = (keras.layers.Dense, keras.layers.Conv2DTranspose)
        return self.per_channel and not isinstance(self.layer, kinds)

    @property
    def channels(self) -> tuple[int, int]:
        """The last two sizes of what holds one number a channel, such as (1, filters)."""
        shape = tuple(self.kernel.shape)
        if isinstance(self.layer, keras.layers.Conv2DTranspose):
            return (1, shape[-2])
        return shape[-2:] if self.depthwise else (1, shape[-1])

    @property
    def highest(self) -> int:
        """The highest level of the weights, in steps."""
        return 2 ** (self.bits - 1) - 1

    @property
    def spread(self) -> int:
        """How far apart two levels lie in the int8 container of the file."""
        return 127 // self.highest

    def call(self, x: Any, training: bool = False) -> Any:
        if exporting_now():
            return self._exported(x)
        y = self._linear(x, self._rounded())
        if self.layer.use_bias:
            y = y + self.layer.bias
        if self.norm:
            y = self.norm(y, training=bool(training) and not self.norm_frozen)
        return self.layer.activation(y)

    def compute_output_shape(self, shape: Any) -> Any:
        return self.layer.compute_output_shape(shape)

    def get_config(self) -> dict[str, Any]:
        config = {"layer": keras.saving.serialize_keras_object(self.layer)}
        config["norm"] = self.norm and keras.saving.serialize_keras_object(self.norm)
        names = ("bits", "per_channel", "ranges", "fold")
        return super().get_config() | config | {name: getattr(self, name) for name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> QuantizedLayer:
        inner = {
            name: config[name] and keras.saving.deserialize_keras_object(config[name])
            for name in ("layer", "norm")
        }
        return cls(**config | inner)

    def exported_weights(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What goes into the file: levels (whole numbers), their scale, and the folded bias.

        The levels are those of training. Real weights are `levels * scale`; the scale broadcasts.
        Only an idle channel has levels of 0 and its one number as bias: its weights, which played
        no role, may be so large that int32 has no place for that number behind them.
        """
        kernel = as_array(self.kernel)
        bias = as_array(self.layer.bias) if self.layer.use_bias else np.float32(0)
        if not self.norm:
            return *self._levels(kernel), np.broadcast_to(bias, np.prod(self.channels))
        factor, offset = self._affine()
        bias = bias * factor + offset
        factor = factor.reshape(*[1] * (kernel.ndim - 2), *self.channels)
        if self._folds_first:
            # The very factor of training: at a tie, its last bit decides.
            factor = np.where(factor == 0, 0, present(self._factor))
            return *self._levels(kernel * factor), bias
        levels, step = self._levels(kernel)  # and every channel gets a scale of its own
        levels, scale = levels * np.sign(factor), step * np.maximum(np.abs(factor), SMALLEST)
        used = (levels != 0).any(axis=self._in_channel, keepdims=True)
        usual = np.median(scale[used]) if used.any() else np.float32(1)
        return levels, np.where(used, scale, usual), bias

    def _levels(self, kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The kernel in whole steps, and the step."""
        step = self._step(kernel)
        return np.clip(np.rint(kernel / step), -self.highest, self.highest), step

    def _linear(self, x: Any, w: Any) -> Any:
        layer = self.layer
        if isinstance(layer, keras.layers.Dense):
            return ops.matmul(x, w)
        names = ("strides", "padding", "data_format", "dilation_rate")
        how = {name: getattr(layer, name) for name in names}
        if isinstance(layer, keras.layers.Conv2DTranspose):
            return ops.conv_transpose(x, w, output_padding=layer.output_padding, **how)
        return (ops.depthwise_conv if self.depthwise else ops.conv)(x, w, **how)

    def _rounded(self) -> Any:
        factor = self._factor()
        w = self.kernel * factor
        if self.ranges == "learned":
            w = straight_through.learned_step(w, self.step, bits=self.bits, positive=False)
        else:
            w = straight_through.min_max(w, bits=self.bits, axis=self._shared)
        return w / factor

    @property
    def _in_channel(self) -> tuple[int, ...]:
        """The axes of the kernel along which an output channel extends."""
        return tuple(range(len(self.kernel.shape) - (2 if self.depthwise else 1)))

    @property
    def _shared(self) -> tuple[int, ...]:
        """The axes of the kernel along which one scale is shared."""
        return self._in_channel if self.each_channel else tuple(range(len(self.kernel.shape)))

    @property
    def _folds_first(self) -> bool:
        dense = isinstance(self.layer, keras.layers.Dense)
        return self.norm is not None and not self.each_channel and (self.fold or dense)

    def _factor(self) -> Any:
        """The normalisation's factor for each channel, a constant; 1 where it changes nothing."""
        if not self._folds_first:
            return 1.0
        factor = ops.rsqrt(self.norm.moving_variance + self.norm.epsilon)
        factor = factor * (1.0 if self.norm.gamma is None else self.norm.gamma)
        without = ops.logical_or(ops.abs(factor) < SMALLEST, self.norm.moving_variance < IDLE)
        factor = ops.where(without, SMALLEST, factor)  # so that none of these widens the range
        shape = [1] * (len(self.kernel.shape) - 2) + list(self.channels)
        return ops.stop_gradient(ops.reshape(factor, shape))

    def _affine(self) -> tuple[np.ndarray, np.ndarray]:
        """Factor and offset of the normalisation; an idle channel is its offset alone."""
        norm = self.norm
        variables = (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
        gamma, beta, mean, variance = (None if v is None else as_array(v) for v in variables)
        factor, offset = affine_form(gamma, beta, mean, 1 / np.sqrt(variance + norm.epsilon))
        idle = variance < IDLE
        return np.where(idle, 0, factor), np.where(idle, offset + mean * factor, offset)

    def _step(self, kernel: np.ndarray) -> np.ndarray:
        """The step of the weights' grid as it stands, broadcasting against `kernel`."""
        if self.ranges == "learned":
            return np.maximum(as_array(self.step), SMALLEST)
        largest = np.abs(kernel).max(axis=self._shared, keepdims=True)
        return np.maximum(largest, SMALLEST) / np.float32(self.highest)

    def _exported(self, x: Any) -> Any:
        """The layer with constant weights under an 8-bit fake quantizer that has their scale.

        An int8 container with the levels of fewer bits runs everywhere; 4-bit kernels do not. The
        levels are spread over the container, 18 apart for 4 bits: that makes the scale of the
        weights finer, and with it that of the bias, whose rounding would be felt.
        """
        quantization = load_tensorflow().quantization
        levels, step, bias = self.exported_weights()
        w, limit = np.float32(levels * step), np.float32(127 * step / self.spread)
        if step.size == 1:
            limit = limit.item()
            w = quantization.fake_quant_with_min_max_vars(w, -limit, limit, narrow_range=True)
        else:
            # The converter knows a scale a channel on the last axis only, so where that counts the
            # filters of a depthwise channel, the two axes are one for a while.
            flat = w.reshape(*w.shape[:-2], -1) if self.depthwise else w
            limit = limit.ravel()
            op = quantization.fake_quant_with_min_max_vars_per_channel
            w = ops.reshape(op(flat, -limit, limit, narrow_range=True), w.shape)
        return self.layer.activation(self._linear(x, w) + np.float32(bias))
