"""Networks: Keras models, conversion, and LiteRT. Nothing heavy loads before it is used."""

from importlib import import_module

_HOME = {
    "Result": "interpreter",
    "calibrate": "calibration",
    "compare": "comparison",
    "convert": "converter",
    "float_operators": "quantizer",
    "fold": "folding",
    "freeze": "qat",
    "layer_report": "layer_loss",
    "load_model": "load",
    "measure_norms": "qat",
    "measure_ranges": "calibration",
    "quantize_aware": "qat",
    "quantize_calibrated": "quantizer",
    "read_ranges": "calibration",
    "run_tflite": "interpreter",
    "tensorflow_graph": "tracing",
    "time_tflite": "interpreter",
}

_MODULES = ("history", "models")

__all__ = [*_MODULES, *_HOME]


def __getattr__(name: str):
    if name in _MODULES:
        return import_module(f"qnn_edu.nets.{name}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"qnn_edu.nets.{_HOME[name]}"), name)
