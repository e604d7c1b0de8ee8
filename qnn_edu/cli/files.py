"""Files that the commands read and write."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to; what was written is seen under `path` only once the block is through.

    The path given has the same ending. What the block leaves unfinished is removed. A device or a
    pipe (`/dev/stdout`) is written as it is.

    Raises:
        ValueError: no such folder, or `path` is a folder; said before the block's work begins.

    >>> with whole_file(Path("no such folder/model.tflite")):
    ...     pass
    Traceback (most recent call last):
    ValueError: Cannot write no such folder/model.tflite: there is no folder 'no such folder'...
    """
    if path.is_dir():
        raise ValueError(f"Cannot write {path}: it is a folder. Name a file in it.")
    if path.exists() and not path.is_file():
        yield path
        return
    path = path.resolve() if path.is_symlink() else path  # a link stays, and its file is replaced
    if not path.parent.is_dir():
        raise ValueError(
            f"Cannot write {path}: there is no folder {str(path.parent)!r}. Make it first."
        )
    part = path.with_name(f".part-{os.getpid()}-{path.name}")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def read_arrays(path: Path) -> np.ndarray | dict[str, np.ndarray]:
    """The array of an `.npy` file, or of an `.npz` file that holds one; else its arrays by name.

    Raises:
        ValueError: what numpy cannot read.

    >>> read_arrays(Path(__file__))
    Traceback (most recent call last):
    ValueError: ... is not a file of numbers that numpy.save or numpy.savez wrote...
    """
    try:
        with path.open("rb") as file:  # np.load leaves a damaged one open
            loaded = np.load(file, allow_pickle=False)  # a pickle could run code
            if isinstance(loaded, np.ndarray):
                return loaded
            with loaded:
                arrays = dict(loaded)
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path} is not a file of numbers that numpy.save or numpy.savez wrote ({error})."
        ) from error
    return next(iter(arrays.values())) if len(arrays) == 1 else arrays


def read_labels(path: Path) -> list[str]:
    """The lines of a text file: line k names class k, counted from 0.

    Raises:
        ValueError: a file that is not text.

    >>> read_labels(Path(__file__))[2]
    'import os'
    """
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not text in UTF-8. Give one label a line.") from error
