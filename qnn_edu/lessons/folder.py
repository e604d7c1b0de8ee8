"""A reader's folder, to which the course brings its files: never over what the reader wrote.

A record in the folder (`editions.py`) knows which edition of each file was brought last. What it
does not know is the reader's. It may be deleted or damaged: then less is renewed, nothing lost.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from qnn_edu.lessons.editions import (
    Edition,
    edition,
    edition_at,
    read_record,
    write_record,
    write_whole,
)


@dataclass(frozen=True)
class Outcome:
    """What was found under a file's name, and the path where the edition offered was laid.

    state: "missing"; "current", with the same work as the edition offered, and run perhaps;
    "older", an untouched one brought before; "changed", the reader's work on the edition offered;
    "behind", the reader's, where the edition offered is another. `laid` is None where nothing was
    written.
    """

    name: str
    state: str
    laid: Path | None = None


def bring(
    folder: Path, files: Iterable[tuple[str, str]], *, renew: bool = True, beside: bool = False
) -> list[Outcome]:
    """Write those files, (name, text) each, that a folder lacks; the folder is made if need be.

    With `renew`, what is older and untouched is replaced. With `beside`, where the reader changed
    an older edition, the one offered is laid beside it, once: NAME.new.ipynb. A file is seen under
    its name only when it is whole; after an interruption the same call goes on from there.

    Raises:
        ValueError: `folder` is a file.
        OSError: what may not be read or written; the files before it are done.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as here:
    ...     bring(Path(here), [("a.md", "one")])[0].state
    ...     bring(Path(here), [("a.md", "two")])[0].state
    'missing'
    'older'
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file. Name a folder for the lessons.")
    folder.mkdir(parents=True, exist_ok=True)
    brings = {"missing", "current"}
    brings |= ({"older"} if renew else set()) | ({"behind"} if beside else set())
    record, outcomes = read_record(folder), []
    for name, text in files:
        path, content = folder / name, text.encode()
        before, offered, laid = record.get(name), edition(content), None
        state = found(path, before, offered)
        if state in brings:
            if state != "current":
                laid = free_beside(path, before, offered) if state == "behind" else path
                write_whole(laid, content)
            if before != offered:
                record[name] = offered
                write_record(folder, record)  # now, so that an interruption forgets nothing
        outcomes.append(Outcome(name, state, laid))
    return outcomes


def found(path: Path, before: Edition | None, offered: Edition) -> str:
    """The state, as in `Outcome`, of what is at `path`; `before` is the edition brought last.

    >>> found(Path("no such file"), None, edition(b"one"))
    'missing'
    """
    if not os.path.lexists(path):
        return "missing"
    here = edition_at(path)
    if here is not None and before is not None and here.work == before.work:  # untouched
        was_run = here.whole != before.whole
        same = offered.work == here.work if was_run else offered == before
        return "current" if same else "older"
    if here is not None and here.work == offered.work:  # as it came, but not on record
        return "current"
    return "changed" if before == offered else "behind"


def free_beside(path: Path, before: Edition | None, offered: Edition) -> Path:
    """The first of NAME.new, NAME.new-2, ... that holds no work of the reader's.

    That is a name where nothing is, or where the edition offered or the one before lies untouched.

    >>> free_beside(Path("no such folder/02.ipynb"), None, edition(b"one")).name
    '02.new.ipynb'
    """
    ours = {each.work for each in (before, offered) if each is not None}
    for number in count(1):
        ending = ".new" if number == 1 else f".new-{number}"
        beside = path.with_name(f"{path.stem}{ending}{path.suffix}")
        if not os.path.lexists(beside):
            break
        here = edition_at(beside)
        if here is not None and here.work in ours:
            break
    return beside


def left_over(folder: Path, names: Iterable[str]) -> list[str]:
    """What was brought under another name than these and is still there, in order.

    >>> left_over(Path("no such folder"), [])
    []
    """
    gone = set(read_record(folder)) - set(names)
    return sorted(name for name in gone if (folder / name).exists())
