"""What a flatbuffer holds, measured before it is unpacked: lengths in a damaged file may lie."""

from __future__ import annotations

import functools
from collections.abc import Iterator

# Unions: the field and the schema's enumeration of what it may hold.
_UNIONS = {
    "BuiltinOptions": "BuiltinOptions",
    "BuiltinOptions2": "BuiltinOptions2",
    "Details": "QuantizationDetails",
    "ArraySegments": "SparseIndexVector",
    "ArrayIndices": "SparseIndexVector",
}


def require_bounded(content: bytes) -> None:
    """Refuse a flatbuffer whose parts, each with all that it holds, add up to more than the file.

    A writer stores every part once, and may let a few small ones share a place, so twice the length
    is plenty. A damaged file can claim 2^31 tensors, or have thousands share one long name.
    Unpacking what passes takes time and memory in proportion to the file's length.

    Raises:
        ValueError: more than that; also whatever the schema's classes raise where offsets lead out
            of the file.
    """
    from ai_edge_litert.schema_py_generated import Model

    left = 2 * len(content)
    for size in _sizes(Model.GetRootAs(content)):
        left -= size
        if left < 0:
            raise ValueError("its parts claim to be longer than the file")


def _sizes(table) -> Iterator[int]:
    """The bytes of all that a table refers to, part after part, each before it is entered."""
    accessors = vars(type(table))
    for name in _fields(type(table)):
        read = getattr(table, name)
        if f"{name}AsNumpy" in accessors:
            yield getattr(getattr(table, f"{name}AsNumpy")(), "nbytes", 0)  # absent: the number 0
        elif f"{name}Length" in accessors:
            count = getattr(table, f"{name}Length")()
            yield 8 * count  # an offset here, and another where the entry begins
            for i in range(count):
                yield from _sizes(read(i))
        else:
            yield from _part(table, name, read())


def _part(table, name: str, value) -> Iterator[int]:
    """The bytes of a field that is no vector; plain numbers lie in the table itself."""
    if isinstance(value, bytes):
        yield len(value)
    elif name in _UNIONS and value is not None:
        yield from _sizes(_member(_UNIONS[name], getattr(table, f"{name}Type")(), value))
    elif hasattr(value, "_tab"):
        yield from _sizes(value)


def _member(union: str, number: int, table):
    """A union's table as an object of the class that its number means."""
    from ai_edge_litert import schema_py_generated as schema

    words = {value: word for word, value in vars(getattr(schema, union)).items()}
    member = getattr(schema, words[number])()
    member.Init(table.Bytes, table.Pos)
    return member


@functools.cache
def _fields(table: type) -> list[str]:
    """The fields of one of the schema's classes, by the names of its accessors."""
    others = ("Length", "IsNone", "AsNumpy", "HasIdentifier")
    names = [n for n in vars(table) if n[0].isupper() and not n.endswith(others)]
    return [n for n in names if n != "Init" and not n.startswith("GetRootAs")]
