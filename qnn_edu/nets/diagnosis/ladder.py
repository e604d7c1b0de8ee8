"""The whole ladder in one call."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from qnn_edu.core.check import is_whole
from qnn_edu.nets.diagnosis.bounds import bounds
from qnn_edu.nets.diagnosis.calibration_data import calibration_data
from qnn_edu.nets.diagnosis.channels import channels
from qnn_edu.nets.diagnosis.equalized import equalized
from qnn_edu.nets.diagnosis.float_file import float_file
from qnn_edu.nets.diagnosis.given import source_of, subject_of, to_train_on
from qnn_edu.nets.diagnosis.inputs import inputs
from qnn_edu.nets.diagnosis.integers import integers
from qnn_edu.nets.diagnosis.remedies import methods, mixed, weights, wide
from qnn_edu.nets.diagnosis.report import Diagnosis, Step
from qnn_edu.nets.diagnosis.subject import Subject
from qnn_edu.nets.diagnosis.training import training

if TYPE_CHECKING:
    from qnn_edu.nets.conversion.source import Convertible

Rung = Callable[[Subject], Step]
Progress = Callable[[int, int], None]  # done, of how many

# From the ground up. A rung is a function of its own module: a `Subject` in, a `Step` out.
RUNGS: dict[str, Rung] = {
    "float file": float_file,
    "input": inputs,
    "channels": channels,
    "bounds": bounds,
    "calibration": calibration_data,
    "integers": integers,
    "weights": weights,
    "ranges": methods,
    "equalized": equalized,
    "layers in float": mixed,
    "16 bits": wide,
    "training": training,
}


def diagnose(
    model: Convertible,
    data: tuple[Any, Any],
    *,
    calibration: Any = None,
    tolerance: float | None = None,
    train: tuple[Any, Any] | None = None,
    epochs: int = 3,
    progress: Progress | None = None,
) -> Diagnosis:
    """Climb the ladder from a float network to an integer file, and say what is in the way.

    `data` is `(x, y)`: test examples (n, ...), real numbers as in training, and class numbers (n,);
    for several inputs, x is a tuple of arrays in the model's order or a dict by name. y may be
    None, then files are judged by how often they agree with the float file; a network of no classes
    takes real numbers of its outputs' shape, and is judged by the variance that it explains.
    `calibration`: training examples as `convert` takes them; None takes the first 100 of `data`,
    which flatters the file. `tolerance`: the loss of accuracy, in points, that is accepted; None
    takes chance, the standard error of the accuracy. `train`: training data `(x, y)` as `data`, on
    which the last rung trains a copy for some `epochs` with fake quantizers. `progress(done, of)`
    is called after each rung; None draws a bar on a terminal.

    A rung that finds what spoils all that follows, or that a file which will do, ends the climb.

    Raises:
        ValueError: a network prepared by `quantize_aware`; data that do not fit it or each other.

    >>> from qnn_edu.data import asset, digits
    >>> from qnn_edu.nets.models.load import load_model
    >>> model = load_model(asset("digits.keras"))
    >>> found = diagnose(model, digits("test"), calibration=digits("train")[0][:100])
    >>> found.healthy, found.headline
    (True, 'Diagnosis of digits_net: nothing is wrong')
    """
    _require_options(tolerance, progress, epochs)
    subject, notes = subject_of(source_of(model), data, calibration, tolerance)
    if train is not None:
        subject = to_train_on(subject, train, epochs)
    steps: list[Step] = []
    with tqdm(total=len(RUNGS), disable=None if progress is None else True, leave=False) as bar:
        for number, (name, rung) in enumerate(RUNGS.items(), start=1):
            bar.set_description(name)
            steps.append(rung(subject))
            bar.update()
            if progress is not None:
                progress(number, len(RUNGS))
            if steps[-1].stops:
                break
    return Diagnosis(subject.name, tuple(steps), notes)


def _require_options(tolerance: Any, progress: Any, epochs: Any) -> None:
    if tolerance is not None and (not isinstance(tolerance, Real) or np.isnan(float(tolerance))):
        raise ValueError(f"diagnose: tolerance is a number of points or None; got {tolerance!r}.")
    if not (is_whole(epochs) and epochs >= 1):
        raise ValueError(f"diagnose: epochs is a whole number of at least 1; got {epochs!r}.")
    if progress is not None and not callable(progress):
        raise ValueError(f"diagnose: progress is a function (done, of); got {progress!r}.")
