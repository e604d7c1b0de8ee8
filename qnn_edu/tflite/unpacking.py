"""Reading the tables of a flatbuffer, every step within the file, whatever its bytes say."""

import struct
from typing import Any

import numpy as np

from qnn_edu.tflite.schema import NUMBERS, Field, layout, word
from qnn_edu.tflite.table import Table

_NUMBERS = {letter: struct.Struct(f"<{letter}") for letter in NUMBERS.values()}
_DTYPES = {letter: np.dtype(f"<{letter}") for letter in NUMBERS.values()}
_Present = tuple[list[tuple[Field, int, int]], bool]  # fields, offsets, tags; is there more?


def unpacked(content: bytes, kind: str) -> Table:
    """The table of this kind at the root of a flatbuffer, with all that it holds.

    Vectors of numbers are views of `content`; nothing large is copied.

    A writer stores every part once, and may let a few small ones share a place, so that all parts,
    each with what it holds, add up to less than twice the file's length. A damaged file can claim
    2^31 tensors, or have thousands share one long name: it is refused before they are read, so
    time and memory stay in proportion to the file's length.

    Fields that are newer than the schema are passed over, and `newer` of their table says so; those
    no longer in use are passed over too.

    Raises:
        ValueError: offsets and lengths that lead out of the file, parts longer than it, and a union
            that holds what the schema lacks.

    Source: FlatBuffers internals, https://flatbuffers.dev/internals/

    >>> from qnn_edu.data import asset
    >>> model = unpacked(asset("digits_int8.tflite").read_bytes(), "Model")
    >>> model.version, len(model.subgraphs[0].tensors)
    (3, 28)
    """
    parts = _Parts(content)
    return parts.table(kind, parts.target(0))


class _Parts:
    """A flatbuffer, and how many bytes its parts may still claim."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.left = 2 * len(content)
        # Of a kind of table and a vtable, which many tables share.
        self.present: dict[tuple[str, int], _Present] = {}

    def table(self, kind: str, at: int) -> Table:
        """The table that begins at a place: there stands how far back its vtable lies."""
        vtable = at - self.number("i", at)
        if (kind, vtable) not in self.present:
            self.present[kind, vtable] = self.fields(kind, vtable)
        fields, newer = self.present[kind, vtable]
        table = Table(kind, newer)
        values = vars(table)
        for field, offset, tag in fields:
            of = self.member(field.of, at, tag) if field.form == "union" else field.of
            values[field.name] = _READ[field.form](self, of, at + offset)
        return table

    def fields(self, kind: str, vtable: int) -> _Present:
        """What is present, and whether there is more than the schema knows.

        A vtable is its own length and the table's, then the offset within the table of every slot,
        0 for one that is absent. A union's number, its tag, has the slot before the union.
        """
        known = layout(kind)
        length = self.number("H", vtable)
        self.require(vtable, length)
        if length < 4 or length % 2:
            raise ValueError(f"the list of a table's fields is said to take {length} bytes")
        slots = min(length // 2 - 2, known.slots)
        offsets = struct.unpack_from(f"<{slots}H", self.content, vtable + 4)
        rest = self.content[vtable + 4 + 2 * slots : vtable + length]
        self.claim(len(rest))
        tags = (0, *offsets)
        present = [f for f in known.fields if f.slot < slots and offsets[f.slot]]
        return [(f, offsets[f.slot], tags[f.slot]) for f in present], any(rest)

    def member(self, union: str, at: int, tag: int) -> str:
        """The kind of table that a union holds, by its tag; without one it may hold nothing."""
        number = self.number("B", at + tag) if tag else 0
        if number == 0:
            raise ValueError(f"a {union} is said to be nothing, yet something is there")
        return word(union, number)

    def number(self, letter: str, at: int) -> Any:
        """A bool, int or float, as the letter says."""
        number = _NUMBERS[letter]
        self.require(at, number.size)
        return number.unpack_from(self.content, at)[0]

    def numbers(self, letter: str, at: int) -> np.ndarray:
        dtype = _DTYPES[letter]
        start, count = self.vector(at, dtype.itemsize)
        self.claim(count * dtype.itemsize)
        return np.frombuffer(self.content, dtype, count, start)

    def string(self, _: str, at: int) -> bytes:
        start, count = self.vector(at, 1)
        self.claim(count)
        return self.content[start : start + count]

    def subtable(self, kind: str, at: int) -> Table:
        return self.table(kind, self.target(at))

    def subtables(self, kind: str, at: int) -> list[Table]:
        start, count = self.vector(at, 4)
        self.claim(8 * count)  # an offset here, and another where the table begins
        return [self.subtable(kind, start + 4 * i) for i in range(count)]

    def target(self, at: int) -> int:
        """Where the offset at a place leads; offsets lead forward."""
        return at + self.number("I", at)

    def vector(self, at: int, size: int) -> tuple[int, int]:
        """(where its entries begin, how many) of the vector that the offset at a place leads to."""
        place = self.target(at)
        count = self.number("I", place)
        self.require(place + 4, count * size)
        return place + 4, count

    def require(self, start: int, size: int) -> None:
        """Refuse a part that does not lie in the file."""
        if start < 0 or start + size > len(self.content):
            raise ValueError(f"a part of it is said to lie at {start} to {start + size}")

    def claim(self, size: int) -> None:
        """Count a part before it is read; refuse it when there cannot be that much."""
        self.left -= size
        if self.left < 0:
            raise ValueError("its parts claim to be longer than the file")


_READ = {
    "number": _Parts.number,
    "numbers": _Parts.numbers,
    "string": _Parts.string,
    "table": _Parts.subtable,
    "tables": _Parts.subtables,
    "union": _Parts.subtable,
}
