"""Layers that change nothing but how the file goes on: to floats, and to another range."""

from __future__ import annotations

from typing import Any

from qnn_edu.nets.qat.layers import exporting_now, keras, ops
from qnn_edu.nets.quiet import load_tensorflow


@keras.saving.register_keras_serializable("qnn_edu")
class ToFloat(keras.layers.Layer):
    """Where the layer named `of`, which its owner left in float, takes its input.

    It changes nothing. In the file, if integers come (`barrier`), it reverses the axis of the
    images, which there is one: for that there is no integer kernel, so that the converter cannot
    have the layer behind it compute in integers, as it does between fake quantizers.

    >>> import numpy as np
    >>> ToFloat("dense")(np.float32([[1.0]])).numpy()
    array([[1.]], dtype=float32)
    """

    def __init__(self, of: str, *, barrier: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.of, self.barrier = of, barrier

    def call(self, x: Any) -> Any:
        return load_tensorflow().reverse(x, [0]) if self.barrier and exporting_now() else x

    def compute_output_shape(self, shape: Any) -> Any:
        return shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"of": self.of, "barrier": self.barrier}


@keras.saving.register_keras_serializable("qnn_edu")
class Requantize(keras.layers.Layer):
    """Before a fake quantizer whose input has a range already, of numbers from 0 if `positive`.

    It changes nothing. In the file it is a ReLU, or else a mean of one number, whose kernels go
    from one range to another; of two fake quantizers in a row the converter would keep one alone.

    >>> import numpy as np
    >>> Requantize(positive=True)(np.float32([0.5])).numpy()
    array([0.5], dtype=float32)
    """

    def __init__(self, *, positive: bool, **options: Any) -> None:
        super().__init__(**options)
        self.positive = positive

    def call(self, x: Any) -> Any:
        if not exporting_now():
            return x
        return ops.relu(x) if self.positive else ops.mean(ops.expand_dims(x, 1), axis=1)

    def compute_output_shape(self, shape: Any) -> Any:
        return shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"positive": self.positive}
