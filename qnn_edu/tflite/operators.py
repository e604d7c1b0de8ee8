"""One operator of the schema as an `Operator`: its name, and its options by name."""

from typing import Any

import numpy as np

from qnn_edu.tflite.flatbuffer import ints, text
from qnn_edu.tflite.graph import Operator
from qnn_edu.tflite.schema import Field, layout, word
from qnn_edu.tflite.table import Table

_WORDS = {  # options that are words; other enumerations stay numbers
    "padding",
    "fused_activation_function",
    "weights_format",
    "quantized_bias_type",
    "in_data_type",
    "out_data_type",
    "output_type",
    "out_type",
    "idx_out_type",
    "mode",
    "kernel_type",
}


def read_operator(index: int, stored: Table, codes: list[Table]) -> Operator:
    """The schema's `Operator` as an `Operator`.

    Raises:
        ValueError: an operator code that is not there, or that is newer than the schema.
    """
    if stored.opcode_index >= len(codes):
        raise ValueError(
            f"Operator {index} has code {stored.opcode_index}; the file has {len(codes)} codes."
        )
    code = codes[stored.opcode_index]
    return Operator(
        index,
        operator_name(code),
        code.version,
        ints(stored.inputs),
        ints(stored.outputs),
        _options(stored),
        ints(stored.intermediates),
    )


def operator_name(code: Table) -> str:
    """The name of an operator code: the schema's word, or the name of a custom operator.

    >>> operator_name(Table("OperatorCode", builtin_code=3))
    'CONV_2D'
    """
    # Files older than the 128th operator have the code in the deprecated byte only.
    name = word("BuiltinOperator", max(code.builtin_code, code.deprecated_builtin_code))
    return text(code.custom_code) if name == "CUSTOM" else name


def _options(stored: Table) -> dict[str, Any]:
    """The options by name; enumerations that a reader meets as words."""
    options = {}
    for table in (stored.builtin_options, stored.builtin_options_2):
        for field in layout(table.kind).fields if table else ():
            options[field.name] = _option(field, getattr(table, field.name))
    if stored.custom_options is not None:
        options["custom_options"] = stored.custom_options.tobytes()
    return options


def _option(field: Field, value: Any) -> Any:
    if field.words and field.name in _WORDS:
        return word(field.words, value)
    if isinstance(value, np.ndarray):
        return value.tobytes() if value.dtype == np.uint8 else tuple(value.tolist())
    return text(value) if isinstance(value, bytes) else value
