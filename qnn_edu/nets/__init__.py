"""Networks: Keras models, conversion, and LiteRT. Nothing heavy loads before it is used."""

from importlib import import_module

_HOME = {
    "Result": "interpreter",
    "convert": "converter",
    "run_tflite": "interpreter",
    "time_tflite": "interpreter",
}

__all__ = ["models", *_HOME]


def __getattr__(name: str):
    if name == "models":
        return import_module("qnn_edu.nets.models")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"qnn_edu.nets.{_HOME[name]}"), name)
