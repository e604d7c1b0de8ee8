"""One table of a model file as a plain object that can be changed and written again."""

import functools
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qnn_edu.tflite.schema import layout


class Table:
    """A table: `kind` is its name in the schema, its fields are attributes.

    Numbers are Python's; vectors of numbers numpy arrays, or any sequence on the way to a file;
    strings bytes; vectors of tables lists. What a file leaves out is the field's default, and None
    where that is no number. `newer` says that the file held fields which the schema lacks.

    Raises:
        AttributeError: a name that the table has no field for.

    >>> code = Table("OperatorCode", builtin_code=3)
    >>> code.builtin_code, code.version, code.custom_code
    (3, 1, None)
    """

    __slots__ = ("__dict__", "kind", "newer")

    def __init__(self, kind: str, newer: bool = False, /, **values: Any) -> None:
        self.kind, self.newer = kind, newer
        self.__dict__.update(defaults(kind))
        for name, value in values.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.__dict__ and name not in self.__slots__:
            raise AttributeError(f"{self.kind} has no field {name!r}; it has {list(vars(self))}.")
        object.__setattr__(self, name, value)

    if TYPE_CHECKING:  # the fields are known to the schema, and to no type checker

        def __getattr__(self, name: str) -> Any: ...

    def __repr__(self) -> str:
        return f"Table({self.kind!r}, {', '.join(f'{k}={v!r}' for k, v in vars(self).items())})"


@functools.cache
def defaults(kind: str) -> MappingProxyType[str, Any]:
    """The value of every field that a file leaves out, in the schema's order."""
    return MappingProxyType({f.name: f.default for f in layout(kind).fields})
