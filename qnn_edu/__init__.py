"""Quantized neural networks, taught by arithmetic that is equal to LiteRT's bit for bit.

The rooms, from the ground up: `core` (the arithmetic, numpy alone), `data` (digits, photographs,
downloads), `tflite` (reading model files), `nets` (TensorFlow, Keras and the LiteRT runtime),
`draw` (plots), `ui` (live explorers and quizzes), `lessons` (checks of the exercises). Imports go
down only, and heavy libraries load where they are used.

>>> p = params_from_range(-1.0, 1.0, symmetric=True)
>>> dequantize(quantize([0.0, 0.5], p), p)
array([0.      , 0.503937], dtype=float32)
"""

from qnn_edu.core import clipping, gradients, metrics, ranges
from qnn_edu.core.affine import dequantize, fake_quant, quantize
from qnn_edu.core.params import QuantParams, integer_grid, params_from_range

__version__ = "0.1.0"

__all__ = [
    "QuantParams",
    "clipping",
    "dequantize",
    "fake_quant",
    "gradients",
    "integer_grid",
    "metrics",
    "params_from_range",
    "quantize",
    "ranges",
]
