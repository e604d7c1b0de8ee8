"""What came out of a training run: accuracies, the file made of it, and where it was measured."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import warnings
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.engine import KERNEL_SETS
from qnn_edu.nets.conversion.converter import convert
from qnn_edu.nets.litert.comparison import model_input
from qnn_edu.nets.litert.interpreter import run_tflite
from qnn_edu.nets.qat.prepared import is_prepared
from qnn_edu.nets.quiet import load_keras, load_tensorflow
from qnn_edu.nets.runs.checkpoint import written_whole
from qnn_edu.nets.runs.images import Batch, Images, Origin, as_input
from qnn_edu.nets.runs.plan import Run, as_json
from qnn_edu.tflite.reader import read

if TYPE_CHECKING:
    import keras

RESULT, MODEL, TFLITE, LOG = "result.json", "model.keras", "model.tflite", "log.jsonl"
PACKAGES = ("keras", "tensorflow", "jax", "ai-edge-litert", "numpy", "qnn-edu")


def identity(run: Run, source: Origin) -> dict[str, Any]:
    """What run on what data: two with the same identity have the same result.

    >>> from qnn_edu.nets.runs.plan import planned
    >>> from qnn_edu.nets.runs.images import origin
    >>> sorted(identity(planned("digits", "digits_net", "float"), origin("digits")))
    ['data', 'run']
    """
    return {"run": as_json(run), "data": source.facts}


def finished(run: Run, out: Path, source: Origin) -> dict[str, Any] | None:
    """The result of this very run on this data, None if it is not there.

    >>> from qnn_edu.nets.runs.plan import planned
    >>> from qnn_edu.nets.runs.images import origin
    >>> finished(planned("digits", "digits_net", "float"), Path("nowhere"), origin("digits"))
    """
    try:
        result = json.loads((out / run.name / RESULT).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    wanted = identity(run, source)
    return result if {name: result.get(name) for name in wanted} == wanted else None


def write_result(
    run: Run,
    model: keras.Model,
    images: Images,
    source: Origin,
    folder: Path,
    log: list[dict[str, Any]],
) -> dict[str, Any]:
    """Save the trained model and its file, measure both, and write `result.json`, last of all.

    Accuracies are in percent, of test data; times in seconds, over all parts of an interrupted run.
    """
    written_whole(folder / MODEL, lambda part: _save(model, part))
    content = tflite_file(model, folder / MODEL)
    written_whole(folder / TFLITE, lambda part: part.write_bytes(content))
    result = identity(run, source) | {
        "accuracy": accuracy(model, images.test),
        "file": {
            "bytes": len(content),
            "accuracy": {
                kernels: file_accuracy(content, images.test, kernels) for kernels in KERNEL_SETS
            },
        },
        "train": log[-1] if run.epochs else None,
        "seconds": sum(line["seconds"] for line in log),
        "versions": versions(),
        "hardware": hardware(),
    }
    text = json.dumps(result, indent=2) + "\n"
    written_whole(folder / RESULT, lambda part: part.write_text(text, encoding="utf-8"))
    return result


def _save(model: keras.Model, path: Path) -> None:
    """Save a model without its optimizer's memory."""
    model.compile(load_keras().optimizers.SGD(), "sparse_categorical_crossentropy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Keras to numpy
        model.save(path)


def tflite_file(model: keras.Model, saved: Path) -> bytes:
    """The LiteRT file of a model: int8 if it is prepared, else float32.

    Only TensorFlow converts. Where Keras runs on another backend, a process of its own loads what
    was `saved` and does it.

    >>> from qnn_edu.data import asset
    >>> saved = asset("digits.keras")
    >>> tflite_file(load_keras().models.load_model(saved), saved)[4:8]
    b'TFL3'
    """
    if load_keras().backend.backend() != "tensorflow":
        return subprocess.run(
            [sys.executable, "-m", "qnn_edu.nets.runs.result", str(saved)],
            env=os.environ | {"KERAS_BACKEND": "tensorflow"},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
    return convert(model, "int8" if is_prepared(model) else "float32")


def _main(saved: Path) -> None:
    """Write the file of a saved model to stdout."""
    model = load_keras().models.load_model(saved, compile=False)
    sys.stdout.buffer.write(tflite_file(model, saved))


def accuracy(model: keras.Model, data: Batch) -> float:
    """Right answers of a Keras model in percent.

    >>> from qnn_edu.data import asset, digits
    >>> model = load_keras().models.load_model(asset("digits.keras"))
    >>> round(accuracy(model, digits("test")), 1)
    99.7
    """
    x, y = data
    parts = (as_input(x[i : i + 500]) for i in range(0, len(x), 500))
    scores = [np.asarray(model(part)) for part in parts]
    return 100 * float((np.concatenate(scores).argmax(axis=1) == y).mean())


def file_accuracy(content: bytes, data: Batch, kernels: str) -> float:
    """Right answers of a LiteRT file in percent.

    >>> from qnn_edu.data import asset, digits
    >>> round(file_accuracy(asset("digits_int8.tflite").read_bytes(), digits("test"), "xnnpack"), 1)
    99.4
    """
    x, y = data
    inputs = model_input(read(content), as_input(x))
    scores = run_tflite(content, inputs, kernels=kernels).outputs[0]
    return 100 * float((scores.argmax(axis=1) == y).mean())


def versions() -> dict[str, str | None]:
    """The versions of Python and of the packages that numbers depend on; None if not installed.

    >>> sorted(versions())
    ['ai-edge-litert', 'jax', 'keras', 'numpy', 'python', 'qnn-edu', 'tensorflow']
    """
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def hardware() -> dict[str, Any]:
    """What computed: the processor's model, how many cores this process may use, the GPUs.

    >>> hardware()["cores"] >= 1
    True
    """
    gpus = load_tensorflow().config.list_physical_devices("GPU")
    details = load_tensorflow().config.experimental.get_device_details
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "gpu": [details(gpu).get("device_name", gpu.name) for gpu in gpus],
    }


def _cpu_model() -> str:
    """The processor's name: Linux has it in a file, other systems in `platform`."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
