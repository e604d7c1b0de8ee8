"""Networks: Keras models, conversion, and LiteRT. Nothing heavy loads before it is used."""

from importlib import import_module

_HOME = {
    "Result": "litert.interpreter",
    "calibrate": "conversion.calibration",
    "compare": "litert.comparison",
    "convert": "conversion.converter",
    "float_operators": "conversion.quantizer",
    "fold": "qat.folding",
    "freeze": "qat.prepare",
    "layer_report": "litert.layer_loss",
    "load_model": "models.load",
    "measure_norms": "qat.prepare",
    "measure_ranges": "conversion.calibration",
    "quantize_aware": "qat.prepare",
    "quantize_calibrated": "conversion.quantizer",
    "read_ranges": "conversion.calibration",
    "run_tflite": "litert.interpreter",
    "tensorflow_graph": "conversion.tracing",
    "time_tflite": "litert.interpreter",
}

_MODULES = {"history": "conversion.history", "models": "models"}

__all__ = [*_MODULES, *_HOME]


def __getattr__(name: str):
    if name in _MODULES:
        return import_module(f"qnn_edu.nets.{_MODULES[name]}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"qnn_edu.nets.{_HOME[name]}"), name)
