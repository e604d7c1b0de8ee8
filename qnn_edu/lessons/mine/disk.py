"""`my_qnn.py` on the disk: read, and replaced as a whole, by one kernel at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from qnn_edu.lessons.editions import write_whole

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Others who ask for the same folder wait; the lock ends with the process that holds it.

    So two notebooks that keep at the same moment lose nothing, where the system can lock a folder:
    Linux and macOS on disks of their own. Elsewhere (Windows, some network disks) what holds is
    less: whoever writes has read the file just before.

    >>> with alone(Path()):
    ...     pass
    """
    if fcntl is None:
        yield
        return
    here = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(here, fcntl.LOCK_EX)
        except OSError:  # this disk has no locks
            pass
        yield
    finally:
        os.close(here)


def read(path: Path) -> str:
    """The text of a file; empty where there is none.

    >>> read(Path("no such file"))
    ''
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""


def replace(path: Path, text: str) -> None:
    """Write a file as a whole; where a line of the one before is lost, that one is copied first.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as here:
    ...     file = Path(here, "a.py")
    ...     for text in ("A = 1", "A = 1\\nB = 2", "B = 3"):
    ...         replace(file, text)
    ...     sorted(each.name for each in Path(here).iterdir())
    ['a.py', 'a.py.bak']
    """
    lines = iter(text.split("\n"))
    if path.exists() and not all(line in lines for line in read(path).split("\n")):
        _copy(path)
    write_whole(path, text.encode())


def _copy(path: Path) -> None:
    """To the first of NAME.bak, NAME.bak-2, ... that is free, or is this copy already."""
    content = path.read_bytes()
    for number in count(1):
        copy = path.with_name(f"{path.name}.bak" + (f"-{number}" if number > 1 else ""))
        if not os.path.lexists(copy):
            write_whole(copy, content)
            return
        if copy.is_file() and copy.read_bytes() == content:
            return
