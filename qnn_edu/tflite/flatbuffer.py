"""The bytes of a model file, and the schema's own objects for what they hold."""

import struct
from pathlib import Path

import flatbuffers
import numpy as np

from qnn_edu.tflite.bounds import require_bounded

# What the generated classes raise when offsets lead nowhere.
_DAMAGE = (struct.error, KeyError, TypeError, AttributeError, OverflowError, ValueError)


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
    """The schema's own `ModelT` of a model's bytes, its subgraphs lists, its data in its buffers.

    Every part lies within the file, but what the numbers in them mean is not looked at.

    Raises:
        ValueError: what is no model, or a damaged one.
    """
    from ai_edge_litert import schema_py_generated as schema

    if len(content) < 8 or content[4:8] != b"TFL3":
        raise ValueError(
            f"Not a LiteRT model: {len(content)} bytes, and bytes 4 to 8 are {content[4:8]!r}, "
            "not b'TFL3'. Expected a .tflite file."
        )
    try:
        require_bounded(content)
        model = schema.ModelT.InitFromPackedBuf(content)
        _complete(model, content)
    except _DAMAGE as error:
        raise ValueError(
            f"A damaged LiteRT model: {len(content)} bytes that begin like one, but "
            f"{error or type(error).__name__}. Get the file again."
        ) from error
    return model


def pack(model) -> bytes:
    """A model file of the schema's `ModelT`.

    >>> from qnn_edu.data import asset
    >>> content = asset("digits_int8.tflite").read_bytes()
    >>> len(parse(pack(parse(content))).buffers) == len(parse(content).buffers)
    True
    """
    builder = _Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def ints(values) -> tuple[int, ...]:
    """A schema vector as a tuple; one that is absent is empty."""
    return () if values is None else tuple(int(v) for v in values)


def text(value: bytes | None) -> str:
    """A schema string; one that is absent is empty. ValueError for what is not UTF-8."""
    try:
        return "" if value is None else value.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"a name that is no text ({error.reason})") from error


def word(enumeration: type, number: int) -> str:
    """The name of a value of one of the schema's enumerations."""
    for name, value in vars(enumeration).items():
        if value == number and not name.startswith("_"):
            return name
    raise ValueError(f"{enumeration.__name__} {number} is newer than this schema")


class _Builder(flatbuffers.Builder):
    """Python's builder, which does not know of itself that the schema wants data at 16 bytes."""

    def CreateNumpyVector(self, x):
        if x.dtype == np.uint8:
            self.Prep(16, x.nbytes)
        return super().CreateNumpyVector(x)


def _complete(model, content: bytes) -> None:
    """Fill in what a file may leave out, and data that large files store after the flatbuffer."""
    model.operatorCodes = model.operatorCodes or []
    model.buffers = model.buffers or []
    if not model.subgraphs:
        raise ValueError("it has no subgraph")
    for buffer in model.buffers:
        if buffer.offset > 1:  # 1 stands for a place that the writer never filled in
            buffer.data = _cut(content, buffer.offset, buffer.size)
            buffer.offset = buffer.size = 0
    for subgraph in model.subgraphs:
        subgraph.tensors, subgraph.operators = subgraph.tensors or [], subgraph.operators or []
        for operator in subgraph.operators:
            if operator.largeCustomOptionsOffset > 1:
                place = operator.largeCustomOptionsOffset, operator.largeCustomOptionsSize
                operator.customOptions = _cut(content, *place)
                operator.largeCustomOptionsOffset = operator.largeCustomOptionsSize = 0


def _cut(content: bytes, start: int, size: int) -> np.ndarray:
    if start + size > len(content):
        raise ValueError(f"data is said to lie at {start} to {start + size}")
    return np.frombuffer(content, np.uint8, size, start)
