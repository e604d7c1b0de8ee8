"""One operator of the schema as an `Operator`: its name, and its options by name."""

import re

import numpy as np

from qnn_edu.tflite.flatbuffer import ints, text, word
from qnn_edu.tflite.graph import Operator

# Options that are words: the schema's enumeration of each.
_WORDS = {
    "padding": "Padding",
    "fused_activation_function": "ActivationFunctionType",
    "weights_format": "FullyConnectedOptionsWeightsFormat",
    "quantized_bias_type": "TensorType",
    "in_data_type": "TensorType",
    "out_data_type": "TensorType",
    "output_type": "TensorType",
    "out_type": "TensorType",
    "idx_out_type": "TensorType",
    "mode": "MirrorPadMode",
    "kernel_type": "LSTMKernelType",
}


def read_operator(index: int, stored, codes) -> Operator:
    """The schema's `OperatorT` as an `Operator`.

    Raises:
        ValueError: an operator code that is not there, or that is newer than the schema.
    """
    if stored.opcodeIndex >= len(codes):
        raise ValueError(
            f"Operator {index} has code {stored.opcodeIndex}; the file has {len(codes)} codes."
        )
    code = codes[stored.opcodeIndex]
    inputs, outputs = ints(stored.inputs), ints(stored.outputs)
    return Operator(index, operator_name(code), code.version, inputs, outputs, _options(stored))


def operator_name(code) -> str:
    """The name of an operator code: the schema's word, or the name of a custom operator."""
    from ai_edge_litert.schema_py_generated import BuiltinOperator

    # Files older than the 128th operator have the code in the deprecated byte only.
    number = max(code.builtinCode, code.deprecatedBuiltinCode)
    if number == BuiltinOperator.CUSTOM:
        return text(code.customCode)
    return word(BuiltinOperator, number)


def _options(stored) -> dict:
    """The options by name; enumerations that a reader meets as words."""
    options = {}
    for table in (stored.builtinOptions, stored.builtinOptions2):
        for name, value in vars(table).items() if table else ():
            name = re.sub("([A-Z])", r"_\1", name).lower()
            options[name] = _option(name, value)
    if stored.customOptions is not None:
        options["custom_options"] = stored.customOptions.tobytes()
    return options


def _option(name: str, value):
    from ai_edge_litert import schema_py_generated as schema

    if name in _WORDS:
        return word(getattr(schema, _WORDS[name]), value)
    if isinstance(value, np.ndarray):
        return value.tobytes() if value.dtype == np.uint8 else tuple(value.tolist())
    return text(value) if isinstance(value, bytes) else value
