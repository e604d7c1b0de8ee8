"""Where answers and notes go: tables and JSON to stdout, progress to stderr."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

_FILE_WIDTH = 200  # columns where nobody looks: a pipe or a file, which rich takes for 80


def show(*things: str | Table) -> None:
    """Print on stdout: strings as they are, tables as wide as the terminal allows.

    A table's lines end where its words do, without the spaces that rich puts after them.

    >>> show("2 tensors")
    2 tensors
    """
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _FILE_WIDTH
    for thing in things:
        if isinstance(thing, str):
            typer.echo(thing)
            continue
        console = Console(width=width)
        with console.capture() as drawn:
            console.print(thing)
        lines = (line.rstrip() for line in drawn.get().split("\n"))
        typer.echo("\n".join(lines), nl=False, color=True)  # as rich has chosen


def note(text: str) -> None:
    """Print a line on stderr, so that it stays out of the answer.

    >>> note("no picture: the program dot is missing")
    """
    typer.echo(text, err=True)


def table(columns: str, rows: Iterable[Iterable[Any]]) -> Table:
    """Rows under headings: `columns` holds these, `_` for a space and `>` before a right-bound one.

    >>> table("type >bytes_of_constants", [("int8", 128)]).row_count
    1
    """
    made = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in columns.split():
        justify = "right" if column.startswith(">") else "left"
        made.add_column(column.lstrip(">").replace("_", " "), justify=justify, overflow="fold")
    for row in rows:
        made.add_row(*(Text(str(cell)) for cell in row))  # brackets in a name are no markup
    return made


def show_json(value: Any) -> None:
    """Print `value` on stdout as one line of JSON, numpy's numbers and arrays as numbers and lists.

    Bytes are not printed: `{"bytes": 3}` says how many there are.

    >>> show_json({"scale": np.float32(0.1), "shape": (1, 8)})
    {"scale": 0.10000000149011612, "shape": [1, 8]}
    """
    typer.echo(json.dumps(value, default=_plain))


def _plain(value: Any) -> Any:
    """What JSON does not know: numpy's values, bytes, the schema's own objects."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return {"bytes": len(value)} if isinstance(value, bytes) else vars(value)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal's stderr that long work goes on; silent elsewhere.

    Elsewhere is a pipe, a file, and a notebook too: Jupyter sets FORCE_COLOR, by which rich takes
    any stream for a terminal.

    >>> with working("Converting"):
    ...     pass
    """
    # Conversion redirects descriptor 2 to hold back TensorFlow's notes, so write to a copy of it.
    with os.fdopen(os.dup(2), "w", encoding=sys.stderr.encoding) as stream:
        if not stream.isatty():
            yield
            return
        with Console(file=stream).status(escape(what)):
            yield
