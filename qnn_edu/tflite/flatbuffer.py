"""The bytes of a model file, and the tables in them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from qnn_edu.tflite.mistaken import folder, mistaken
from qnn_edu.tflite.packing import packed
from qnn_edu.tflite.table import Table
from qnn_edu.tflite.unpacking import unpacked

_IDENTIFIER = b"TFL3"  # bytes 4 to 8 of every model file


class NoSuchModel(FileNotFoundError, ValueError):
    """A path where no file is: a wrong value, and what Python calls it when a file is opened."""


def model_bytes(model: str | Path | bytes) -> bytes:
    """The bytes of a model given as a path or as bytes.

    Raises:
        ValueError: anything else, and a path that is no file.
    """
    if isinstance(model, (bytes, bytearray)):
        return bytes(model)
    if isinstance(model, (str, Path)):
        return _file_bytes(Path(model))
    raise ValueError(
        f"A model is a path or bytes; got {type(model).__name__}. "
        "A Keras model becomes one with qnn_edu.nets.convert(model, 'float32')."
    )


def _file_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except IsADirectoryError as error:
        raise ValueError(f"{path} is a {folder(path)}") from error
    except NotADirectoryError as error:
        raise ValueError(f"{path} is not there: a part of that path is a file.") from error
    except FileNotFoundError as error:
        raise NoSuchModel(
            f"{path} is not there. Check the path and the folder you are in."
        ) from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}. Check the path.") from error


def parse(content: bytes) -> Table:
    """The schema's `Model` of a model's bytes, its subgraphs lists, its data in its buffers.

    Every part lies within the file, but what the numbers in them mean is not looked at.

    Raises:
        ValueError: what is no model, or a damaged one.
    """
    if len(content) < 8 or content[4:8] != _IDENTIFIER:
        raise ValueError(_no_model(content))
    try:
        model = unpacked(content, "Model")
        _complete(model, content)
    except ValueError as error:
        raise ValueError(
            f"A LiteRT model that is cut short or damaged: {len(content):,} bytes that begin like "
            f"one, but {error}. Get the file again."
        ) from error
    return model


def _no_model(content: bytes) -> str:
    """What came instead of a model, and what to do."""
    if known := mistaken(content):
        what, advice = known
        return f"Not a LiteRT model, but {what}. {advice}"
    return (
        f"Not a LiteRT model: {len(content):,} bytes, and bytes 4 to 8 are {content[4:8]!r}, "
        f"not {_IDENTIFIER!r}. Expected a .tflite file."
    )


def pack(model: Table) -> bytes:
    """A model file of a `Model`.

    Raises:
        ValueError: a model whose file has fields that are newer than the schema here.

    >>> from qnn_edu.data import asset
    >>> content = asset("digits_int8.tflite").read_bytes()
    >>> len(parse(pack(parse(content))).buffers) == len(parse(content).buffers)
    True
    """
    return packed(model, _IDENTIFIER)


def ints(values: Iterable[Any] | None) -> tuple[int, ...]:
    """A schema vector as a tuple; one that is absent is empty."""
    return () if values is None else tuple(int(v) for v in values)


def text(value: bytes | None) -> str:
    """A schema string; one that is absent is empty. ValueError for what is not UTF-8."""
    try:
        return "" if value is None else value.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"a name that is no text ({error.reason})") from error


def _complete(model: Table, content: bytes) -> None:
    """Fill in what a file may leave out, and data that large files store after the flatbuffer."""
    model.operator_codes = model.operator_codes or []
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
            if operator.large_custom_options_offset > 1:
                place = operator.large_custom_options_offset, operator.large_custom_options_size
                operator.custom_options = _cut(content, *place)
                operator.large_custom_options_offset = operator.large_custom_options_size = 0


def _cut(content: bytes, start: int, size: int) -> np.ndarray:
    if start + size > len(content):
        raise ValueError(f"data is said to lie at {start} to {start + size}")
    return np.frombuffer(content, np.uint8, size, start)
