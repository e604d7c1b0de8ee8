"""Which edition of a file is here, and the record of those that were brought to a folder.

In a notebook a reader writes the sources of cells. Outputs, counts, metadata and the state of
widgets come from running it, and JupyterLab saves them unasked: a lesson that was only run is not
changed. Of another file every byte counts.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path

RECORD = ".written.json"


@dataclass(frozen=True)
class Edition:
    """Digests of a file: of all its bytes, and of what a reader can write in it."""

    whole: str
    work: str


def edition(content: bytes) -> Edition:
    """The digests of a file's content.

    >>> stored = edition(b'{"cells": [{"cell_type": "code", "source": "1", "outputs": []}]}')
    >>> run = edition(b'{"cells": [{"cell_type": "code", "source": ["1"], "outputs": [1]}]}')
    >>> stored.work == run.work, stored.whole == run.whole
    (True, False)
    """
    try:
        cells = [[c["cell_type"], "".join(c["source"])] for c in json.loads(content)["cells"]]
        work = json.dumps(cells).encode()
    except (ValueError, KeyError, TypeError):  # not a notebook
        work = content
    return Edition(_digest(content), _digest(work))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def edition_at(path: Path) -> Edition | None:
    """The digests of the file at `path`; None for a folder, or for a link to nowhere.

    >>> edition_at(Path(__file__).parent) is None
    True
    """
    return edition(path.read_bytes()) if path.is_file() else None


def read_record(folder: Path) -> dict[str, Edition]:
    """Name of a file to the edition brought last; what was damaged by hand is left out.

    >>> read_record(Path("no such folder"))
    {}
    """
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    names = {field.name for field in fields(Edition)}
    entries = found.items() if isinstance(found, dict) else ()
    return {
        name: Edition(**kept)
        for name, kept in entries
        if isinstance(kept, dict) and set(kept) == names
    }


def write_record(folder: Path, record: dict[str, Edition]) -> None:
    """Keep the record in its folder.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as here:
    ...     write_record(Path(here), {"a.md": edition(b"one")})
    ...     read_record(Path(here)) == {"a.md": edition(b"one")}
    True
    """
    kept = {name: asdict(each) for name, each in record.items()}
    write_whole(folder / RECORD, json.dumps(kept, indent=1).encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is seen under its name only when it is whole; its folder is made.

    Raises:
        OSError: it cannot be written; `path` is as it was.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as here:
    ...     write_whole(Path(here, "sub", "a.md"), b"one")
    ...     [file.name for file in Path(here, "sub").iterdir()]
    ['a.md']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".part-{os.getpid()}-{path.name}")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:  # told of the file that was meant
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        part.unlink(missing_ok=True)
