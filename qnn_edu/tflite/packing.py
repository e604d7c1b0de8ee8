"""Writing tables as a flatbuffer."""

from collections.abc import Callable
from typing import Any

import flatbuffers
import numpy as np
from flatbuffers import number_types

from qnn_edu.tflite.schema import Field, layout, number
from qnn_edu.tflite.table import Table

_FLAGS = {
    "?": number_types.BoolFlags,
    "b": number_types.Int8Flags,
    "B": number_types.Uint8Flags,
    "h": number_types.Int16Flags,
    "H": number_types.Uint16Flags,
    "i": number_types.Int32Flags,
    "I": number_types.Uint32Flags,
    "q": number_types.Int64Flags,
    "Q": number_types.Uint64Flags,
    "f": number_types.Float32Flags,
}
_ALIGNED = 16  # bytes: what the schema wants of data, for whoever maps a file into memory


def packed(root: Table, identifier: bytes) -> bytes:
    """The flatbuffer of a table and all that it holds; `identifier` is its bytes 4 to 8.

    Raises:
        ValueError: a table that came with fields which the schema lacks. A file without them would
            say something else.

    >>> content = packed(Table("Model", version=3), b"TFL3")
    >>> content[4:8], len(content)
    (b'TFL3', 24)
    """
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(_table(builder, root), identifier)
    return bytes(builder.Output())


def _table(builder: flatbuffers.Builder, table: Table) -> int:
    """Write a table, after all that it refers to; where it lies, counted from the end."""
    if table.newer:
        raise ValueError(
            f"A {table.kind} of this file has fields that are newer than the schema here, and "
            "would lose them in another file."
        )
    known = layout(table.kind)
    values = {f: v for f in known.fields if (v := getattr(table, f.name)) is not None}
    parts = {f: _PARTS[f.form](builder, f, v) for f, v in values.items() if f.form in _PARTS}
    builder.StartObject(known.slots)
    for field, v in values.items():
        if field.form == "union":
            tag = number(field.of, v.kind)
            builder.PrependSlot(number_types.Uint8Flags, field.slot - 1, tag, 0)
        if field in parts:
            builder.PrependUOffsetTRelativeSlot(field.slot, parts[field], 0)
        else:
            builder.PrependSlot(_FLAGS[field.of], field.slot, v, field.default)
    return builder.EndObject()


def _subtable(builder: flatbuffers.Builder, field: Field, table: Table) -> int:
    return _table(builder, table)


def _subtables(builder: flatbuffers.Builder, field: Field, tables: list[Table]) -> int:
    places = [_table(builder, table) for table in tables]
    builder.StartVector(4, len(places), 4)
    for place in reversed(places):
        builder.PrependUOffsetTRelative(place)
    return builder.EndVector()


def _numbers(builder: flatbuffers.Builder, field: Field, numbers: Any) -> int:
    array = np.asarray(numbers, f"<{field.of}")
    if field.of == "B":
        builder.Prep(_ALIGNED, array.nbytes)
    return builder.CreateNumpyVector(array)


def _string(builder: flatbuffers.Builder, field: Field, text: bytes) -> int:
    return builder.CreateString(text)


_PARTS: dict[str, Callable[[flatbuffers.Builder, Field, Any], int]] = {
    "numbers": _numbers,
    "string": _string,
    "table": _subtable,
    "tables": _subtables,
    "union": _subtable,
}
