"""Numbers of the schema and the words for them."""

import functools

from qnn_edu.tflite.schema.enumerations import ENUMERATIONS
from qnn_edu.tflite.schema.unions import UNIONS


def word(enumeration: str, value: int) -> str:
    """The word for a number; a union is an enumeration of what it may hold.

    Raises:
        ValueError: a number that the schema does not know.

    >>> word("BuiltinOperator", 3)
    'CONV_2D'
    """
    known = _words(enumeration)
    if not 0 <= value < len(known):
        raise ValueError(f"{enumeration} {value} is newer than this schema")
    return known[value]


def number(enumeration: str, word: str) -> int:
    """The number of a word.

    >>> number("TensorType", "INT8")
    9
    """
    return _words(enumeration).index(word)


@functools.cache
def _words(name: str) -> list[str]:
    """The words for 0, 1, 2, ...; a union that holds nothing has the number 0."""
    return ENUMERATIONS[name].split() if name in ENUMERATIONS else ["NONE", *UNIONS[name].split()]
