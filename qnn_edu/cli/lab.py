"""`qnn-edu lab`: the lessons in a folder of the reader's, and JupyterLab on the first of them."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from qnn_edu.cli.output import show
from qnn_edu.lessons.folder import Outcome, bring, left_over
from qnn_edu.lessons.stored import FIRST, stored_folder, stored_lessons

NAME = "qnn-edu"  # of the folder in the reader's home, where no other is named


def lab(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Where your lessons are, or shall be.",
            show_default=f"{NAME} in your home folder",
        ),
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Argument(metavar="jupyterlab_options", help="Behind --, passed to JupyterLab."),
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Bring newer editions of lessons that are there.")
    ] = False,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open the lessons in JupyterLab, in a folder of your own.

    Lessons that the folder lacks are copied there; what is there stays as it is.
    With --update, a lesson that you only ran is replaced by its newer edition;
    one that you changed stays, and the newer is laid beside it: NAME.new.ipynb.
    To begin a lesson afresh, rename your copy and type the command again.

    Examples:

    \b
        qnn-edu lab
        qnn-edu lab my_lessons --no-browser
        qnn-edu lab --update my_lessons
        qnn-edu lab my_lessons -- --port=8899
    """
    if folder is not None and str(folder).startswith("-"):  # no folder, only what was behind --
        folder, options = None, [str(folder), *(options or [])]
    folder = (Path.home() / NAME if folder is None else folder.expanduser()).absolute()
    if folder.is_dir() and folder.samefile(stored_folder()):
        show(f"{folder}: the course's own lessons, opened as they are.")
    else:
        lessons = dict(stored_lessons())
        outcomes = bring(folder, lessons.items(), renew=update, beside=update)
        left = left_over(folder, lessons) if update else []
        show(*report(folder, outcomes, left))
    start(jupyterlab_options(folder, browser, options or []))


def report(folder: Path, outcomes: Sequence[Outcome], left: Sequence[str]) -> Iterator[str]:
    """What was done and what was left alone, a line each.

    >>> list(report(Path("mine"), [Outcome("02_a.ipynb", "current")], []))
    ['Lessons in mine: 1, 0 of them new.']
    """
    new = sum(each.state == "missing" for each in outcomes)
    yield f"Lessons in {folder}: {len(outcomes)}, {new} of them new."
    newer = [each for each in outcomes if each.state in ("older", "behind")]
    if renewed := [each for each in newer if each.laid and each.state == "older"]:
        yield f"Replaced by their newer editions: {_names(renewed)}."
    for each in newer:
        if each.laid and each.state == "behind":
            yield f"{each.name} is yours and stays; the newer edition is {each.laid.name}."
    if waiting := [each for each in newer if not each.laid]:
        yield (
            f"Newer editions are here of {_names(waiting)}. "
            f'`qnn-edu lab --update "{folder}"` brings them and keeps what you wrote.'
        )
    if left:
        yield f"No longer part of the course, and left as they are: {', '.join(left)}."


def _names(outcomes: Sequence[Outcome]) -> str:
    return ", ".join(each.name for each in outcomes)


def jupyterlab_options(folder: Path, browser: bool, options: Iterable[str]) -> list[str]:
    """What JupyterLab is started with; settings of the course go here.

    >>> jupyterlab_options(Path("/mine"), False, ["--port=8899"])[2:]
    ['--no-browser', '--port=8899']
    """
    own = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{FIRST}"]
    return [*own, *([] if browser else ["--no-browser"]), *options]


def start(options: list[str]) -> None:
    """Run JupyterLab until it is stopped.

    In this process, so that Control-C and signals reach the server alone, on every system.
    """
    from jupyterlab.labapp import main

    main(options)
