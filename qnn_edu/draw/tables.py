"""Rows as a table: HTML that a screen reader can walk through, and aligned text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from html import escape
from numbers import Integral, Real
from typing import Any

Format = str | Callable[[Any], str]  # a format specification such as ".1f", or a function


@dataclass(frozen=True, repr=False)
class Table:
    """Cells under headings, all of them text; as the last line of a cell it shows itself."""

    caption: str
    headings: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]  # for each column; numbers stand on the right

    def __str__(self) -> str:
        lines = (self.headings, *self.cells)
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        aligned = [
            "  ".join(
                cell.rjust(width) if right else cell.ljust(width)
                for cell, width, right in zip(line, widths, self.numeric, strict=True)
            ).rstrip()
            for line in lines
        ]
        rule = "  ".join("-" * width for width in widths)
        return "\n".join([self.caption, "", aligned[0], rule, *aligned[1:]])

    __repr__ = __str__

    @property
    def html(self) -> str:
        """A table with a caption; the first cell of a row is its heading."""
        head = "".join(self._cell("th", "col", k, text) for k, text in enumerate(self.headings))
        body = "".join(
            "<tr>"
            + self._cell("th", "row", 0, first)
            + "".join(self._cell("td", None, k, text) for k, text in enumerate(rest, 1))
            + "</tr>\n"
            for first, *rest in self.cells
        )
        caption = f'<caption style="text-align: left">{escape(self.caption)}</caption>'
        return (
            f"<table>\n{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"
        )

    def _cell(self, tag: str, scope: str | None, column: int, text: str) -> str:
        side = "right" if self.numeric[column] else "left"
        scope = f' scope="{scope}"' if scope else ""
        return f'<{tag}{scope} style="text-align: {side}">{escape(text)}</{tag}>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": str(self)}


def table(
    rows: Sequence[Any],
    *,
    caption: str,
    columns: Iterable[str] | Mapping[str, Format] | None = None,
) -> Table:
    """A `Table` of `rows`, dataclasses of one type or dicts with the same keys.

    A heading is the key of a dict. For a dataclass it is what the field says in its metadata,
    `field(metadata={"heading": "SQNR (dB)", "format": ".1f"})`, else the field's name. Write units
    into headings. `columns`: which, in which order; as a dict also the format of each, a
    specification such as `".2f"` or a function from value to text. Numbers without one are written
    `1,234` if whole, else with three digits; None is a dash.

    Raises:
        ValueError: no rows, rows that differ in kind, a column that they lack.

    >>> sizes = {"float32": 42528, "int8": 24968}
    >>> rows = [{"model": name, "size (bytes)": size} for name, size in sizes.items()]
    >>> print(table(rows, caption="Two files"))
    Two files
    <BLANKLINE>
    model    size (bytes)
    -------  ------------
    float32        42,528
    int8           24,968
    """
    found = _columns(rows)
    names = list(found if columns is None else columns)
    if missing := [name for name in names if name not in found]:
        raise ValueError(f"table: no column {missing}; choose some of {list(found)}.")
    formats = columns if isinstance(columns, Mapping) else {}
    values = {name: [_value(row, name) for row in rows] for name in names}
    cells = [[_text(v, formats.get(name, found[name][1])) for v in values[name]] for name in names]
    return Table(
        caption=caption,
        headings=tuple(found[name][0] for name in names),
        cells=tuple(zip(*cells, strict=True)),
        numeric=tuple(all(isinstance(v, Real | None) for v in values[name]) for name in names),
    )


def _columns(rows: Sequence[Any]) -> dict[str, tuple[str, Format]]:
    """Heading and format of every column that all rows have, by name."""
    kinds = {frozenset(row) if isinstance(row, Mapping) else type(row) for row in rows}
    if len(kinds) != 1:
        raise ValueError(
            f"table: expected rows of one kind, dataclasses of one type or dicts with the same "
            f"keys; got {len(kinds)} kinds in {len(rows)} rows."
        )
    if isinstance(rows[0], Mapping):
        return {name: (name, "") for name in rows[0]}
    return {
        field.name: (
            field.metadata.get("heading", field.name.replace("_", " ")),
            field.metadata.get("format", ""),
        )
        for field in fields(rows[0])
    }


def _value(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, Mapping) else getattr(row, name)


def _text(value: Any, form: Format) -> str:
    if value is None:
        return "-"
    if callable(form):
        return form(value)
    if not form and isinstance(value, Real) and not isinstance(value, bool):
        form = ",d" if isinstance(value, Integral) else ".3g"
    return format(value, form)
