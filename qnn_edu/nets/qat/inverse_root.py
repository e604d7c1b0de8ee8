"""The inverse root of what is rounded, and may be rounded to 0."""

from __future__ import annotations

from typing import Any

from qnn_edu.nets.qat.constants import Wrapper
from qnn_edu.nets.qat.layers import exporting_now, keras, ops


@keras.saving.register_keras_serializable("qnn_edu")
class InverseRoot(Wrapper):
    """A `Unary("rsqrt")` whose input, though above 0, may lie on the level 0.

    The integer kernel puts out its highest level there. In training 0 counts as the lowest level
    above it, so that the range has a highest level, and the gradient is a number.

    >>> import numpy as np
    >>> from qnn_edu.nets.qat.elementary.layers import Unary
    >>> InverseRoot(Unary("rsqrt"))(np.float32([0.0, 0.25, 4.0]), training=True).numpy()
    array([2. , 2. , 0.5], dtype=float32)
    """

    def call(self, x: Any, training: bool = False) -> Any:
        if exporting_now():
            return self.layer(x)
        lowest = 1e-12
        if training:
            above = ops.min(ops.where(x > 0, x, ops.max(x)))
            lowest = ops.maximum(ops.stop_gradient(above), lowest)
        return self.layer(ops.maximum(x, lowest))
