"""The directive `commands`: what `qnn-edu` and each of its commands answer to `--help`."""

import typer.main
from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from typer.testing import CliRunner

from qnn_edu.cli import app

PLAIN = {"COLUMNS": "84", "TERM": "dumb", "NO_COLOR": "1"}


def help_text(*command: str) -> str:
    """What the command, or `qnn-edu` itself, answers to `--help`.

    >>> "Usage: qnn-edu convert" in help_text("convert")
    True
    """
    answer = CliRunner().invoke(app, [*command, "--help"], prog_name="qnn-edu", env=PLAIN)
    return "\n".join(line.rstrip() for line in answer.output.strip("\n").splitlines())


class Commands(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        shown = [_literal(help_text())]
        for name in typer.main.get_command(app).commands:
            title = nodes.title(text=f"qnn-edu {name}")
            shown.append(nodes.section("", title, _literal(help_text(name)), ids=[name]))
        return shown


def _literal(text: str) -> nodes.literal_block:
    return nodes.literal_block(text, text, language="text")


def setup(app) -> dict:
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
