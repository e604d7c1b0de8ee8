"""Quantized neural networks, taught by arithmetic that is equal to LiteRT's bit for bit.

The map, from the ground up. Imports go down only; heavy libraries load where they are used, and a
room when it is asked for, as in `qnn_edu.nets`.

| floor | room      | what is in it                                            | imports     |
|-------|-----------|----------------------------------------------------------|-------------|
| 0     | `core`    | the arithmetic: parameters, ranges, rounding, gradients  | numpy       |
| 0     | `data`    | digits, photographs, downloads                           | numpy       |
| 1     | `ptq`     | what is done to a trained network before it is quantized | numpy       |
| 1     | `tflite`  | model files as plain Python objects                      | flatbuffers |
| 2     | `engine`  | integer-only inference, equal to LiteRT's                | numpy       |
| 3     | `nets`    | Keras models, conversion, quantization-aware training    | TensorFlow  |
| 3     | `draw`    | plots, and pictures of graphs                            | matplotlib  |
| 3     | `chip`    | a model as C99 for a processor without floats            | numpy       |
| 4     | `ui`      | live explorers and quizzes                               | ipywidgets  |
| 5     | `lessons` | the checks of the exercises                              | numpy       |
| 5     | `cli`     | the command `qnn-edu`                                    | typer       |

The names of every day are here too:

>>> p = params_from_range(-1.0, 1.0, symmetric=True)
>>> dequantize(quantize([0.0, 0.5], p), p)
array([0.      , 0.503937], dtype=float32)
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

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

ROOMS = ("core", "data", "ptq", "tflite", "engine", "nets", "draw", "chip", "ui", "lessons", "cli")

if TYPE_CHECKING:
    from qnn_edu import chip as chip
    from qnn_edu import cli as cli
    from qnn_edu import core as core
    from qnn_edu import data as data
    from qnn_edu import draw as draw
    from qnn_edu import engine as engine
    from qnn_edu import lessons as lessons
    from qnn_edu import nets as nets
    from qnn_edu import ptq as ptq
    from qnn_edu import tflite as tflite
    from qnn_edu import ui as ui
else:  # hidden from type checkers, which otherwise believe that any name is there

    def __getattr__(name: str) -> ModuleType:
        if name not in ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"qnn_edu.{name}")


def __dir__() -> list[str]:
    return [*__all__, *ROOMS, "__version__"]
