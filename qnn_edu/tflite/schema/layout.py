"""Where each field of a table lies, and what it holds: the schema's entries, taken apart."""

import functools
from dataclasses import dataclass

from qnn_edu.tflite.schema import model, options, stablehlo
from qnn_edu.tflite.schema.enumerations import ENUMERATIONS, WIDTHS
from qnn_edu.tflite.schema.unions import UNIONS
from qnn_edu.tflite.schema.words import number

TABLES = model.TABLES | options.TABLES | stablehlo.TABLES

# The schema's numbers, as Python's struct and numpy both name them.
NUMBERS = {
    "bool": "?",
    "byte": "b",
    "ubyte": "B",
    "short": "h",
    "ushort": "H",
    "int": "i",
    "uint": "I",
    "long": "q",
    "ulong": "Q",
    "float": "f",
}


@dataclass(frozen=True)
class Field:
    """One field of a table.

    `slot` counts the schema's places from 0; of the two that a union takes, the number of what it
    holds and then the thing itself, it is the second. `form` is `number`, `numbers` (a vector),
    `string`, `table`, `tables` or `union`; `of` is the letter of the number (`i`), or the name of
    the table or union; `words` is the enumeration of a number that has one.
    """

    name: str
    slot: int
    form: str
    of: str = ""
    default: bool | int | float | None = None
    words: str = ""


@dataclass(frozen=True)
class Layout:
    """The fields of a table that are in use, in order, and how many slots there are in all."""

    fields: tuple[Field, ...]
    slots: int


@functools.cache
def layout(table: str) -> Layout:
    """The layout of one of the schema's tables.

    >>> layout("ResizeBilinearOptions").fields[0]
    Field(name='align_corners', slot=2, form='number', of='?', default=False, words='')
    >>> [field.slot for field in layout("QuantizationParameters").fields]
    [0, 1, 2, 3, 5, 6]
    """
    fields, slot = [], 0
    for entry in TABLES[table].split():
        name, declared = entry.split(":")
        slot += declared in UNIONS  # the first of a union's two says what the second holds
        if declared != "deprecated":
            fields.append(_field(name, slot, *declared.partition("=")[::2]))
        slot += 1
    return Layout(tuple(fields), slot)


def _field(name: str, slot: int, declared: str, default: str) -> Field:
    kind = declared.strip("[]")
    vector = kind != declared
    if kind in UNIONS:
        return Field(name, slot, "union", kind)
    if kind in TABLES:
        return Field(name, slot, "tables" if vector else "table", kind)
    if kind == "string":
        return Field(name, slot, "string")
    words = kind if kind in ENUMERATIONS else ""
    letter = NUMBERS[WIDTHS.get(kind, "byte") if words else kind]
    if vector:
        return Field(name, slot, "numbers", letter, None, words)
    return Field(name, slot, "number", letter, _default(letter, words, default), words)


def _default(letter: str, words: str, text: str) -> bool | int | float:
    if words:
        return number(words, text) if text else 0
    if letter == "?":
        return text == "true"
    return float(text or 0) if letter == "f" else int(text or 0)
