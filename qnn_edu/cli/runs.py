"""What `train` and `sweep` share: options, words into runs, results into rows."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from qnn_edu.cli.output import table
from qnn_edu.missing import require
from qnn_edu.nets.runs.plan import BACKENDS, MODELS

OUT = Path("results/runs")
Start = Annotated[
    str,
    typer.Option(
        help="Where qat starts: usual (bits taken away in steps), float, or ptq (as rounded)."
    ),
]
Teacher = Annotated[
    str | None, typer.Option(help="float: qat learns the answers of the float network as well.")
]
Model = Annotated[
    str | None, typer.Option(help="digits_net; for cifar10 resnet8, resnet20 or mobilenet_v1.")
]
Width = Annotated[
    float | None, typer.Option(help="Channels of a resnet's first stage, or MobileNet's factor.")
]
FirstStride = Annotated[int, typer.Option(help="MobileNet's first stride, 1 or 2.")]
Data = Annotated[
    Path | None, typer.Option(help="A copy of CIFAR-10; without it the official one is fetched.")
]
Backend = Annotated[str | None, typer.Option(help="tensorflow or jax.")]
Out = Annotated[Path, typer.Option(help="Where each run has a folder.")]
HEADINGS = "run >test_% >reference >optimized >xnnpack >bytes >seconds"


def chosen_model(dataset: str, model: str | None) -> str:
    """The model, or the data set's first; `Run` refuses what is not known.

    >>> chosen_model("cifar10", None)
    'resnet8'
    """
    return model or MODELS.get(dataset, ("",))[0]


def choose_backend(backend: str | None) -> str:
    """Have Keras run on this backend, or by default on that of KERAS_BACKEND, or on TensorFlow.

    Raises:
        ValueError: another backend.
        NotInstalled: one that is not here.

    >>> choose_backend("torch")
    Traceback (most recent call last):
    ValueError: No backend 'torch'; choose one of tensorflow, jax.
    """
    backend = backend or os.environ.get("KERAS_BACKEND") or BACKENDS[0]
    if backend not in BACKENDS:
        raise ValueError(f"No backend {backend!r}; choose one of {', '.join(BACKENDS)}.")
    require(backend)
    os.environ["KERAS_BACKEND"] = backend
    return backend


def given(**options: Any) -> dict[str, Any]:
    """The options that were given: what is None is left to the plan.

    >>> given(epochs=3, width=None)
    {'epochs': 3}
    """
    return {name: value for name, value in options.items() if value is not None}


def results_table(results: dict[str, dict[str, Any]]) -> Table:
    """Results by the runs' names: accuracy of the model, and of its file under each kernel set.

    >>> results_table({}).row_count
    0
    """
    return table(HEADINGS, [_row(name, result) for name, result in results.items()])


def _row(name: str, result: dict[str, Any]) -> tuple[str, ...]:
    files = result["file"]["accuracy"]
    accuracies = (result["accuracy"], *(files[k] for k in ("reference", "optimized", "xnnpack")))
    numbers = (f"{accuracy:.2f}" for accuracy in accuracies)
    return name, *numbers, f"{result['file']['bytes']:,}", f"{result['seconds']:.0f}"
