"""Numbers as C text: constant arrays, and the structures that hold a layer's numbers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np

WIDTH = 100  # columns of a line
POINTER = 4  # bytes, on a chip of 32 bits


@dataclass(frozen=True, eq=False)
class Array:
    """A constant of the program: a name, and numbers of an integer type."""

    name: str
    values: np.ndarray

    def text(self, prefix: str) -> str:
        """The array's definition.

        >>> print(Array("shift_0", np.int8([-3, -4])).text("model"))
        static const int8_t model_shift_0[2] = {
            -3, -4,
        };
        """
        numbers = ", ".join(map(str, self.values.ravel().tolist())) + ","
        lines = textwrap.fill(
            numbers, WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
        )
        kind = f"static const {self.values.dtype.name}_t"
        return f"{kind} {prefix}_{self.name}[{self.values.size}] = {{\n{lines}\n}};"


Numbers = Mapping[str, "int | Array | Mapping[str, int] | None"]  # the fields of a structure


def structure(kind: str, name: str, numbers: Numbers, prefix: str) -> str:
    """A constant structure: `numbers` are its fields, integers, `Array`s, None or more fields.

    Fields stand in the order of C's declaration: C++ before 2020 knows no names here.

    >>> print(structure("dense", "layer_0", {"rows": 1, "bias": None}, "model"))
    static const model_dense model_layer_0 = {
        /* rows */ 1, /* bias */ 0,
    };
    """
    lines = []
    for nested, fields in groupby(numbers.items(), lambda pair: isinstance(pair[1], Mapping)):
        if not nested:
            lines.append(_filled(dict(fields), 4, prefix))
            continue
        for field, value in fields:  # a structure within gets lines of its own
            lines.append(f"    {{ /* {field} */\n{_filled(value, 8, prefix)}\n    }},")
    body = "\n".join(lines)
    return f"static const {prefix}_{kind} {prefix}_{name} = {{\n{body}\n}};"


def arrays_in(numbers: Numbers) -> Iterator[Array]:
    """The arrays that a layer's numbers point to.

    >>> [array.name for array in arrays_in({"rows": 1, "low": Array("low_0", np.int32([5]))})]
    ['low_0']
    """
    for value in numbers.values():
        if isinstance(value, Mapping):
            yield from arrays_in(value)
        elif isinstance(value, Array):
            yield value


def size_of(numbers: Numbers) -> int:
    """Bytes of a structure on a chip of 32 bits: every number and every pointer has 4.

    >>> size_of({"window": {"top": 0, "left": 0}, "bias": None})
    12
    """
    return sum(size_of(v) if isinstance(v, Mapping) else POINTER for v in numbers.values())


def _value(value: int | Array | None, prefix: str) -> str:
    return f"{prefix}_{value.name}" if isinstance(value, Array) else str(value or 0)


def _filled(numbers: Numbers, indent: int, prefix: str) -> str:
    """Lines of at most `WIDTH` columns, broken between fields only."""
    fields = (f"/*\0{field}\0*/\0{_value(value, prefix)}," for field, value in numbers.items())
    margin = " " * indent
    filled = textwrap.fill(
        " ".join(fields),
        WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return filled.replace("\0", " ")
