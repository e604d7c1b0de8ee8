"""Running a model file in a process of its own, which may die of it while this one lives on."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from qnn_edu.engine import KERNEL_SETS, Result
from qnn_edu.missing import require
from qnn_edu.nets.litert.interpreter import run_tflite
from qnn_edu.tflite.flatbuffer import model_bytes

_CHILD = "from qnn_edu.nets.litert.apart import answer; answer({!r})"


def run_apart(model: str | Path | bytes, inputs: Any, *, kernels: str = "xnnpack") -> Result:
    """What `run_tflite` gives, for a file that nobody knows: LiteRT may die of a damaged one.

    Another process takes a third of a second to begin.

    Raises:
        ValueError: what `run_tflite` refuses, and that LiteRT died.
        NotInstalled: LiteRT is not here.

    >>> from qnn_edu.data import asset, digits
    >>> run_apart(asset("digits_float32.tflite"), digits("test")[0][:3]).outputs[0].shape
    (3, 10)
    """
    require("ai_edge_litert")
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = (Path(folder) / name for name in ("asked", "answered"))
        asked.write_bytes(pickle.dumps((model_bytes(model), inputs, kernels)))
        died = subprocess.run(
            [sys.executable, "-P", "-c", _CHILD.format(folder)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            errors="replace",
        )
        found = pickle.loads(answered.read_bytes()) if answered.exists() else _death(died, kernels)
    if isinstance(found, Exception):
        raise found
    return Result(found)


def answer(folder: str) -> None:
    """The other process: run what was asked for, and write down the outputs, or why there are none.

    The answer is there as a whole or not at all, however the process ends.
    """
    model, inputs, kernels = pickle.loads((Path(folder) / "asked").read_bytes())
    found: Any
    try:
        found = run_tflite(model, inputs, kernels=kernels).outputs
    except (ValueError, ModuleNotFoundError) as error:
        found = error
    part = Path(folder) / "part"
    part.write_bytes(pickle.dumps(found))
    part.rename(Path(folder) / "answered")


def _death(died: subprocess.CompletedProcess[str], kernels: str) -> ValueError:
    """What happened, as far as the process could tell."""
    by = f"exit code {died.returncode}"
    if died.returncode < 0:
        by = f"signal {signal.Signals(-died.returncode).name}"
    lines = died.stderr.strip().splitlines()
    said = f" Its last words: {lines[-1]}" if lines and not lines[-1].startswith("INFO") else ""
    others = " or ".join(repr(each) for each in KERNEL_SETS if each != kernels)
    return ValueError(
        f"LiteRT died while it ran this model with {kernels} kernels, by {by}: the file is damaged "
        f"or made for another runtime, or LiteRT has an error. Try kernels={others}.{said}"
    )
