"""The command `qnn-edu`, one module for each of its commands.

A command reads options, calls the package, and prints: it holds no arithmetic. Answers go to
stdout, notes and progress to stderr. Exit codes: 0 good, 1 a user's mistake (one line on stderr) or
a negative finding, 2 wrong usage. Nothing heavy loads before a command needs it.
"""

import io
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

import qnn_edu
from qnn_edu.cli import (
    convert,
    diagnose,
    diagram,
    doctor,
    export_c,
    inspect,
    lab,
    run,
    sweep,
    train,
)
from qnn_edu.cli.errors import Commands

__all__ = ["app", "main"]

app = typer.Typer(
    name="qnn-edu",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Open the lessons; train, convert, diagnose, draw, run and export quantized networks.",
)
for command in (
    lab.lab,
    doctor.doctor,
    inspect.inspect,
    diagram.diagram,
    convert.convert,
    diagnose.diagnose,
    run.run,
    export_c.export_c,
    train.train,
    sweep.sweep,
):
    app.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"qnn-edu {qnn_edu.__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version.")
    ] = False,
) -> None:
    """What stands before the command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line `arguments` (without the program's name; by default this process's own).

    Raises:
        SystemExit: always, with the exit code.

    >>> main(["inspect", "no-such-file.tflite"])
    Traceback (most recent call last):
    SystemExit: 1
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a pipe may know fewer letters than a path has
        sys.stdout.reconfigure(errors="backslashreplace")
    app(args=arguments, prog_name="qnn-edu")
