"""Docstrings as they are written here, in Markdown, turned into what autodoc reads."""

import re

DOCTEST = re.compile(r"(^ *>>> .*(?:\n(?! *$).*)*)", re.MULTILINE)
TABLE = re.compile(r"(?:^\|.*\|$\n?)+", re.MULTILINE)
CODE = re.compile(r"(``.+?``|`[^`]+`)", re.DOTALL)


def to_rst(docstring: str) -> str:
    r"""Markdown code and tables as reStructuredText; doctests stay as they are.

    >>> print(to_rst("The mean of |x|, `x` real."))
    The mean of \|x\|, ``x`` real.
    >>> to_rst(">>> abs(-1) | 2")
    '>>> abs(-1) | 2'
    """
    parts = DOCTEST.split(docstring)
    parts[::2] = map(_prose, parts[::2])
    return "".join(parts)


def _prose(text: str) -> str:
    position, made = 0, []
    for table in TABLE.finditer(text):
        made += [_words(text[position : table.start()]), _table(table[0])]
        position = table.end()
    return "".join([*made, _words(text[position:])])


def _words(text: str) -> str:
    parts = CODE.split(text)
    parts[::2] = [part.replace("|", r"\|") for part in parts[::2]]
    parts[1::2] = [f"``{code.strip('`')}``" for code in parts[1::2]]
    return "".join(parts)


def _table(text: str) -> str:
    rows = [line.strip("|").split("|") for line in text.splitlines()]
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in [rows[0], *rows[2:]]:
        lines += [f"   {'*' if i == 0 else ' '} - {_words(c.strip())}" for i, c in enumerate(row)]
    return "\n".join([*lines, "", ""])


def _process(app, what, name, thing, options, lines: list[str]) -> None:
    lines[:] = to_rst("\n".join(lines)).splitlines()


def setup(app) -> dict:
    app.connect("autodoc-process-docstring", _process, priority=400)  # before napoleon
    return {"parallel_read_safe": True, "parallel_write_safe": True}
