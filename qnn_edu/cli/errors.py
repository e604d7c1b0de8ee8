"""A user's mistake becomes one line on stderr and exit code 1, never a traceback."""

from typing import Any

import typer
from typer.core import TyperGroup

from qnn_edu.missing import NotInstalled

_ADVICE = {
    FileNotFoundError: "is not there. Check the path and the folder you are in.",
    IsADirectoryError: "is a folder; a file was expected. Name a file in it.",
    NotADirectoryError: "is not in a folder: a part of that path is a file. Check the path.",
    PermissionError: "may not be read or written by you. Check its permissions.",
}


class Commands(TyperGroup):
    """Commands that answer what the package refuses with its words on one line."""

    def invoke(self, ctx: typer.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # who read the answer has gone (`| head`); typer ends quietly
            raise
        except (ValueError, OSError, ModuleNotFoundError) as error:
            typer.echo(f"qnn-edu: {one_line(error)}", err=True)
            raise typer.Exit(1) from error


def one_line(error: Exception) -> str:
    """What came, what was expected and what to do, on one line.

    >>> one_line(FileNotFoundError(2, "No such file or directory", "model.tflite"))
    'model.tflite is not there. Check the path and the folder you are in.'
    >>> one_line(ValueError("Not a model:\\n  4 bytes."))
    'Not a model: 4 bytes.'
    """
    if isinstance(error, OSError) and error.filename and type(error) in _ADVICE:
        return f"{error.filename} {_ADVICE[type(error)]}"
    if isinstance(error, ModuleNotFoundError) and not isinstance(error, NotInstalled):
        return f"{error}. `qnn-edu doctor` says what is missing and what installs it."
    return " ".join(str(error).split())
