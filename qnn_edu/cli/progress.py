"""A bar with the time left, on a terminal's stderr; silent elsewhere."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

Update = Callable[[int, int], None]  # done, of how many


@contextmanager
def bar() -> Iterator[Callable[[str], Update]]:
    """A function that starts the bar of some work, and gives what moves it: (done, of).

    >>> with bar() as work_on:
    ...     move = work_on("Training")
    ...     move(1, 2)
    """
    # Conversion redirects descriptor 2 to hold back TensorFlow's notes, so write to a copy of it.
    with os.fdopen(os.dup(2), "w", encoding=sys.stderr.encoding) as stream:
        if not stream.isatty():
            yield lambda what: lambda done, of: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        console = Console(file=stream)
        with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as shown:
            yield lambda what: _started(shown, what)


def _started(shown: Progress, what: str) -> Update:
    """A new bar in place of those before it."""
    for task in shown.task_ids:
        shown.remove_task(task)
    task = shown.add_task(escape(what), total=None)
    return lambda done, of: shown.update(task, completed=done, total=of)
