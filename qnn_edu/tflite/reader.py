"""Reading a LiteRT file (a flatbuffer) into a `Graph`, without TensorFlow and without a runtime."""

import math
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from qnn_edu.tflite.graph import Graph, Operator, Tensor

_DTYPES = {
    "FLOAT32": np.float32,
    "FLOAT16": np.float16,
    "FLOAT64": np.float64,
    "INT8": np.int8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "UINT8": np.uint8,
    "UINT16": np.uint16,
    "UINT32": np.uint32,
    "UINT64": np.uint64,
    "BOOL": np.bool_,
}
# What the generated classes raise when offsets or strings lead nowhere.
_DAMAGE = (
    struct.error, IndexError, KeyError, TypeError, AttributeError, UnicodeDecodeError, OverflowError
)  # fmt: skip


def read(model: str | Path | bytes) -> Graph:
    """The main subgraph of a model file, as tensors and operators; constants as numpy arrays.

    Raises:
        ValueError: what is not a model, types and storage that are not read yet.

    Source: LiteRT's schema, `schema.fbs`.

    >>> from qnn_edu.data import asset
    >>> graph = read(asset("digits_int8.tflite"))
    >>> graph.operators[0].name, graph.operators[0].options["padding"]
    ('CONV_2D', 'SAME')
    >>> image = graph.tensors[graph.inputs[0]]
    >>> image.shape, image.dtype, image.zero_point
    ((1, 8, 8, 1), dtype('int8'), -128)
    """
    content = model_bytes(model)
    parsed = parse(content)
    main = parsed.subgraphs[0]
    with _damage_named(content):
        tensors = [_tensor(i, tensor, parsed.buffers) for i, tensor in enumerate(main.tensors)]
        operators = [_operator(i, op, parsed.operatorCodes) for i, op in enumerate(main.operators)]
    return Graph(
        tuple(tensors), tuple(operators), ints(main.inputs), ints(main.outputs), len(content)
    )


def model_bytes(model: str | Path | bytes) -> bytes:
    """The bytes of a model given as a path or as bytes; ValueError for anything else."""
    if isinstance(model, (bytes, bytearray)):
        return bytes(model)
    if isinstance(model, (str, Path)):
        return Path(model).read_bytes()
    raise ValueError(
        f"A model is a path or bytes; got {type(model).__name__}. "
        "A Keras model becomes one with qnn_edu.nets.convert(model, 'float32')."
    )


def parse(content: bytes):
    """The schema's own `ModelT` of a model's bytes, checked to have a main subgraph."""
    from ai_edge_litert import schema_py_generated as schema

    if len(content) < 8 or content[4:8] != b"TFL3":
        raise ValueError(
            f"Not a LiteRT model: {len(content)} bytes, and bytes 4 to 8 are {content[4:8]!r}, "
            "not b'TFL3'. Expected a .tflite file."
        )
    with _damage_named(content):
        model = schema.ModelT.InitFromPackedBuf(content, 0)
        main = model.subgraphs[0]
        len(main.tensors), len(main.operators), len(model.buffers)
    return model


@contextmanager
def _damage_named(content: bytes) -> Iterator[None]:
    """One clear error for all that the generated classes raise on a damaged file."""
    try:
        yield
    except _DAMAGE as error:
        raise ValueError(
            f"A damaged LiteRT model: {len(content)} bytes that begin like one, but "
            f"{type(error).__name__} ({error}) while reading. Get the file again."
        ) from error


def _tensor(index: int, tensor, buffers) -> Tensor:
    name = tensor.name.decode() if tensor.name else ""
    dtype = _dtype(tensor.type, name)
    shape = ints(tensor.shape)
    return Tensor(index, name, shape, dtype, *_quantization(tensor), _data(tensor, dtype, buffers))


def _dtype(number: int, name: str) -> np.dtype:
    from ai_edge_litert import schema_py_generated as schema

    word = _word(schema.TensorType, number)
    if word not in _DTYPES:
        raise ValueError(f"Tensor {name!r} has type {word}; read so far: {', '.join(_DTYPES)}.")
    return np.dtype(_DTYPES[word])


def _quantization(tensor) -> tuple:
    """(scale, zero_point, axis) of a tensor; three times None where it is not quantized."""
    stored = tensor.quantization
    if stored is None or stored.scale is None or len(stored.scale) == 0:
        return None, None, None
    scale = np.array(stored.scale, np.float32)
    zero_point = np.zeros(len(scale), np.int64)  # what a file means when it says nothing
    if stored.zeroPoint is not None:
        zero_point[:] = stored.zeroPoint
    if len(scale) == 1:
        return scale[0], int(zero_point[0]), None
    return scale, zero_point, stored.quantizedDimension


def _data(tensor, dtype: np.dtype, buffers) -> np.ndarray | None:
    """A constant's values; None for a tensor that is computed (its buffer is empty)."""
    buffer = buffers[tensor.buffer]
    if buffer.offset > 1 or tensor.externalBuffer:
        raise ValueError(f"Tensor {tensor.name!r} is stored outside the flatbuffer: not read yet.")
    if buffer.data is None or len(buffer.data) == 0:
        return None
    values, shape = np.frombuffer(bytes(buffer.data), dtype), ints(tensor.shape)
    if values.size != math.prod(shape):
        raise IndexError(f"{values.size} values of tensor {tensor.name!r} for shape {shape}")
    return values.reshape(shape)


def _operator(index: int, operator, codes) -> Operator:
    code = codes[operator.opcodeIndex]
    return Operator(
        index,
        operator_name(code),
        code.version,
        ints(operator.inputs),
        ints(operator.outputs),
        _options(operator),
    )


def operator_name(code) -> str:
    """The name of an operator code: the schema's word, or the name of a custom operator."""
    from ai_edge_litert import schema_py_generated as schema

    # Files older than the 128th operator have the code in the deprecated byte only.
    number = max(code.builtinCode, code.deprecatedBuiltinCode)
    if number == schema.BuiltinOperator.CUSTOM:
        return code.customCode.decode()
    return _word(schema.BuiltinOperator, number)


def _options(operator) -> dict:
    """The options by name; padding and fused activation as words."""
    from ai_edge_litert import schema_py_generated as schema

    words = {"padding": schema.Padding, "fused_activation_function": schema.ActivationFunctionType}
    options = {}
    for table in (operator.builtinOptions, operator.builtinOptions2):
        for name, value in vars(table).items() if table else ():
            name = re.sub("([A-Z])", r"_\1", name).lower()
            options[name] = _word(words[name], value) if name in words else value
    if operator.customOptions is not None:
        options["custom_options"] = bytes(operator.customOptions)
    return options


def _word(enumeration: type, number: int) -> str:
    """The name of a value of one of the schema's enumerations."""
    for word, value in vars(enumeration).items():
        if value == number and not word.startswith("_"):
            return word
    raise ValueError(f"{enumeration.__name__} {number} is newer than this schema.")


def ints(values) -> tuple[int, ...]:
    """A schema vector as a tuple; one that is absent is empty."""
    return () if values is None else tuple(int(v) for v in values)
