"""The directive `operators`: what the engine computes, and how many random models prove it."""

from collections import Counter

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from qnn_edu import engine
from tests.oracle.random_models import FAMILIES
from tests.oracle.test_engine_operators import MODELS

HEADINGS = ("operator", "values", "weights", "outputs", "kernel sets", "random models")


def rows() -> list[tuple[str, ...]]:
    """A row for each operator, kernels of several types side by side.

    >>> [row[:2] for row in rows() if row[0] == "ARG_MAX"]
    [('ARG_MAX', 'INT8, UINT8, FLOAT32')]
    """
    proofs = Counter(family.split()[0] for family in FAMILIES)
    found: dict[str, list[engine.Supported]] = {}
    for row in engine.supported():
        found.setdefault(row.operator, []).append(row)
    return [
        (
            name,
            _words(row.types for row in kernels),
            _words(row.weights for row in kernels),
            _words(row.outputs for row in kernels),
            _words(row.sets for row in kernels),
            str(2 * MODELS * proofs[name]),
        )
        for name, kernels in found.items()
    ]


def _words(columns) -> str:
    return ", ".join(dict.fromkeys(word for column in columns for word in column))


class Operators(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        group = nodes.tgroup(cols=len(HEADINGS))
        group += [nodes.colspec(colwidth=1) for _ in HEADINGS]
        group += nodes.thead("", _row(HEADINGS))
        group += nodes.tbody("", *map(_row, rows()))
        return [nodes.table("", group)]


def _row(cells: tuple[str, ...]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph(text=cell)) for cell in cells))


def setup(app) -> dict:
    app.add_directive("operators", Operators)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
