"""Networks: Keras models, conversion, and LiteRT. Nothing heavy loads before it is used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = [
    "Result",
    "Rule",
    "calibrate",
    "compare",
    "convert",
    "diagnose",
    "distill",
    "elementary",
    "equalize",
    "float_operators",
    "fold",
    "freeze",
    "history",
    "layer_report",
    "left_float",
    "load_model",
    "measure_norms",
    "measure_ranges",
    "mixed_bits",
    "models",
    "quantize_aware",
    "quantize_calibrated",
    "quantize_trained",
    "read_ranges",
    "register",
    "run_tflite",
    "take_levels",
    "tensorflow_graph",
    "time_tflite",
]

# Where a name is, for Python, which loads it when it is asked for.
_MODULES = {"history": "conversion.history", "models": "models"}
_HOME = {
    "Result": "litert.interpreter",
    "Rule": "qat.rules",
    "calibrate": "conversion.calibration",
    "compare": "litert.comparison",
    "convert": "conversion.converter",
    "diagnose": "diagnosis.ladder",
    "distill": "qat.teacher",
    "elementary": "qat.elementary.rewrite",
    "equalize": "ptq.equalizing",
    "float_operators": "conversion.quantizer",
    "fold": "qat.folding",
    "freeze": "qat.prepared",
    "layer_report": "litert.layer_loss",
    "left_float": "qat.prepared",
    "load_model": "models.load",
    "measure_norms": "qat.prepared",
    "measure_ranges": "conversion.calibration",
    "mixed_bits": "ptq.mixed",
    "quantize_aware": "qat.prepare",
    "quantize_calibrated": "conversion.quantizer",
    "quantize_trained": "ptq.trained",
    "read_ranges": "conversion.calibration",
    "register": "qat.rules",
    "run_tflite": "litert.interpreter",
    "take_levels": "qat.levels",
    "tensorflow_graph": "conversion.tracing",
    "time_tflite": "litert.interpreter",
}

if TYPE_CHECKING:
    from qnn_edu.nets import models
    from qnn_edu.nets.conversion import history
    from qnn_edu.nets.conversion.calibration import calibrate, measure_ranges, read_ranges
    from qnn_edu.nets.conversion.converter import convert
    from qnn_edu.nets.conversion.quantizer import float_operators, quantize_calibrated
    from qnn_edu.nets.conversion.tracing import tensorflow_graph
    from qnn_edu.nets.diagnosis.ladder import diagnose
    from qnn_edu.nets.litert.comparison import compare
    from qnn_edu.nets.litert.interpreter import Result, run_tflite, time_tflite
    from qnn_edu.nets.litert.layer_loss import layer_report
    from qnn_edu.nets.models.load import load_model
    from qnn_edu.nets.ptq.equalizing import equalize
    from qnn_edu.nets.ptq.mixed import mixed_bits
    from qnn_edu.nets.ptq.trained import quantize_trained
    from qnn_edu.nets.qat.elementary.rewrite import elementary
    from qnn_edu.nets.qat.folding import fold
    from qnn_edu.nets.qat.levels import take_levels
    from qnn_edu.nets.qat.prepare import quantize_aware
    from qnn_edu.nets.qat.prepared import freeze, left_float, measure_norms
    from qnn_edu.nets.qat.rules import Rule, register
    from qnn_edu.nets.qat.teacher import distill
else:  # hidden from type checkers, which otherwise believe that any name is there

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            return import_module(f"qnn_edu.nets.{_MODULES[name]}")
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"qnn_edu.nets.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
