"""What a reader's function needs to stand in a file of its own: its source, and what it uses."""

from __future__ import annotations

import ast
import builtins
import inspect
import symtable
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

from qnn_edu.lessons.exercise import Verdict

OWN_FILE = "my_qnn"  # the name of the module that the file is
LONGEST = 200  # characters of a constant


class Refused(Exception):
    """Why something cannot be kept: the end of a sentence."""


@dataclass(frozen=True)
class Piece:
    """A statement that stands at the top of a file, and the name that it binds."""

    name: str
    text: str
    imports: bool = False


def pieces(function: Any) -> list[Piece]:
    """Imports, constants and functions that a function needs, then the function itself.

    Raises:
        Refused: it has no source that could stand alone, or uses what cannot be written down.

    >>> pieces(textwrap.fill)[0].text
    'from textwrap import TextWrapper'
    """
    if not isinstance(function, FunctionType):
        raise Refused("only a function can be kept, written with `def` in a cell.")
    if function.__name__ == "<lambda>":
        raise Refused("a lambda has no name. Write it as a function, with `def`.")
    if function.__module__.startswith("qnn_edu."):
        raise Refused("it is not your own, but the course's.")
    found: dict[str, list[Piece]] = {}
    _gather(function.__name__, function, function, found)
    return [piece for several in found.values() for piece in several]


def _gather(name: str, value: Any, user: FunctionType, found: dict[str, list[Piece]]) -> None:
    """Adds the pieces for a name that a function uses, behind those that they need themselves."""
    if name in found:
        return
    if isinstance(value, Verdict):
        value = value.answer if value.passed else value.ours
    if not _is_own(value, user):
        found[name] = [_imported(name, value) or _constant(name, value, user)]
        return
    source, own = _source(value), value.__name__
    found[name] = []  # it may call itself
    for used in _globals(source):
        if used in value.__globals__ and used != own:
            _gather(used, value.__globals__[used], value, found)
    del found[name]  # to stand behind what it needs
    if name != own:
        _gather(own, value, user, found)
    found[name] = [Piece(name, source if name == own else f"{name} = {own}")]


def _is_own(value: Any, user: FunctionType) -> bool:
    return isinstance(value, FunctionType) and value.__module__ in (user.__module__, OWN_FILE)


def _source(function: FunctionType) -> str:
    name = function.__name__
    try:
        source = textwrap.dedent(inspect.getsource(function)).strip()
        (statement,) = ast.parse(source).body
    except (OSError, TypeError, ValueError, SyntaxError) as error:
        raise Refused(f"{name} has no source. Define it in a cell, with `def`.") from error
    if function.__closure__ or getattr(statement, "name", None) != name:
        raise Refused(f"{name} was made by another function. Define it in a cell, with `def`.")
    return source


def _globals(source: str) -> Iterator[str]:
    """Names that a statement takes from around it, each once."""
    tables, seen = [symtable.symtable(source, OWN_FILE, "exec")], set(dir(builtins))
    while tables:
        table = tables.pop(0)
        tables.extend(table.get_children())
        names = [symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()]
        yield from (name for name in names if name not in seen and not name.startswith("__"))
        seen.update(names)


def _imported(name: str, value: Any) -> Piece | None:
    if isinstance(value, ModuleType):
        whole = value.__name__
        return Piece(name, f"import {whole}" + (f" as {name}" if name != whole else ""), True)
    home, whole = getattr(value, "__module__", None), getattr(value, "__name__", None)
    if whole and home != "__main__" and getattr(sys.modules.get(home), whole, None) is value:
        alias = f" as {name}" if name != whole else ""
        return Piece(name, f"from {home} import {whole}{alias}", True)
    return None


def _constant(name: str, value: Any, user: FunctionType) -> Piece:
    try:
        text = repr(value)
        if len(text) <= LONGEST and ast.literal_eval(text) == value:
            return Piece(name, f"{name} = {text}")
    except (ValueError, SyntaxError):
        pass  # it is no literal
    kind = "class" if isinstance(value, type) else type(value).__name__
    raise Refused(
        f"{user.__name__} uses {name}, of type {kind}, which cannot be written down. "
        "Make it an argument, or compute it inside."
    )
