"""Where a run stands after an epoch, in one file that is whole or not there."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FILE = "checkpoint.npz"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The variables of model and optimizer, and the log so far: one entry an epoch."""

    identity: dict[str, Any]
    log: list[dict[str, Any]]
    variables: list[np.ndarray]


def save(
    path: Path, identity: dict[str, Any], log: list[dict[str, Any]], variables: Iterable[Any]
) -> None:
    """Write a checkpoint; `identity`, which JSON can hold, says of what run on what data.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save(Path(folder, FILE), {"seed": 1}, [{"epoch": 1}], [np.ones(2)])
    ...     load(Path(folder, FILE), {"seed": 1}).log
    [{'epoch': 1}]
    """
    arrays = {f"variable{i}": np.asarray(value) for i, value in enumerate(variables)}
    facts = np.array(json.dumps({"identity": identity, "log": log}))

    def write(part: Path) -> None:
        with part.open("wb") as stream:
            np.savez(stream, facts=facts, **arrays)

    written_whole(path, write)


def load(path: Path, identity: dict[str, Any]) -> Checkpoint | None:
    """The checkpoint of this very run, None where there is none or it is of another.

    Raises:
        ValueError: a file that is damaged.

    >>> load(Path("no such folder") / FILE, {}) is None
    True
    """
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            facts = json.loads(str(arrays["facts"]))
            if facts["identity"] != json.loads(json.dumps(identity)):
                return None
            variables = [arrays[f"variable{i}"] for i in range(len(arrays.files) - 1)]
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path} is no checkpoint, or damaged ({error}). Delete it, and the run begins anew."
        ) from error
    return Checkpoint(identity, facts["log"], variables)


def restore(saved: Checkpoint, variables: Sequence[Any]) -> None:
    """Give variables the values that were saved, in the same order.

    Raises:
        ValueError: the checkpoint is of another network.

    >>> from qnn_edu.nets.quiet import load_keras
    >>> variable = load_keras().Variable([0.0, 0.0])
    >>> restore(Checkpoint({}, [], [np.float32([1.0, 2.0])]), [variable])
    >>> variable.numpy().tolist()
    [1.0, 2.0]
    """
    shapes = [tuple(variable.shape) for variable in variables]
    if shapes != [value.shape for value in saved.variables]:
        raise ValueError(
            "The checkpoint holds another network's variables: this version builds it otherwise. "
            "Start afresh, without --resume."
        )
    for variable, value in zip(variables, saved.variables, strict=True):
        variable.assign(value)


def written_whole(path: Path, write: Callable[[Path], None]) -> None:
    """`write(part)` writes a file, which is seen under `path` only once it is whole.

    The part has the same ending; one that a killed process left is taken over by the next.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written_whole(Path(folder, "a.txt"), lambda part: part.write_bytes(b"whole"))
    ...     [file.name for file in Path(folder).iterdir()]
    ['a.txt']
    """
    part = path.with_name(f"part.{path.name}")
    write(part)
    with part.open("rb+") as stream:
        os.fsync(stream.fileno())  # or a crash of the machine could leave a name without content
    os.replace(part, path)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a run's folder, which is made if it is not there, against other processes.

    The system lets go when the process ends, however it ends. Systems without such locks
    (Windows) are trusted.

    Raises:
        ValueError: another process holds it.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, locked(Path(folder)):
    ...     pass
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ModuleNotFoundError:
        yield
        return
    with (folder / "lock").open("w", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ValueError(
                f"Another process is at work in {folder}. Wait for it, or stop it: what it has "
                "done is kept."
            ) from error
        yield
