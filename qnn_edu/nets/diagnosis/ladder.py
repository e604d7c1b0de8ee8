"""The whole ladder in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from qnn_edu.nets.conversion.examples import examples
from qnn_edu.nets.conversion.source import Source, source
from qnn_edu.nets.diagnosis.bounds import bounds
from qnn_edu.nets.diagnosis.calibration_data import calibration_data
from qnn_edu.nets.diagnosis.channels import channels
from qnn_edu.nets.diagnosis.float_file import float_file
from qnn_edu.nets.diagnosis.inputs import inputs
from qnn_edu.nets.diagnosis.integers import integers
from qnn_edu.nets.diagnosis.remedies import methods, mixed, training, weights, wide
from qnn_edu.nets.diagnosis.report import Diagnosis, Step
from qnn_edu.nets.diagnosis.subject import Subject

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
    "layers in float": mixed,
    "16 bits": wide,
    "training": training,
}
DEFAULT_EXAMPLES = 100  # of the examples, to calibrate on where nothing else is given


def diagnose(
    model: Convertible,
    data: tuple[Any, Any],
    *,
    calibration: Any = None,
    tolerance: float | None = None,
    progress: Progress | None = None,
) -> Diagnosis:
    """Climb the ladder from a float network to an integer file, and say what is in the way.

    `data` is `(x, y)`: test examples (n, ...), real numbers as in training, and class numbers (n,);
    y may be None, then files are judged by how often they agree with the float file.
    `calibration`: training examples as `convert` takes them; None takes the first 100 of `data`,
    which flatters the file. `tolerance`: the loss of accuracy, in points, that is accepted; None
    takes chance, the standard error of the accuracy. `progress(done, of)` is called after each
    rung; None draws a bar on a terminal.

    A rung that finds what spoils all that follows, or that a file which will do, ends the climb.

    Raises:
        ValueError: a network with several inputs, or prepared by `quantize_aware`; data that do not
            fit it or each other.

    >>> from qnn_edu.data import asset, digits
    >>> from qnn_edu.nets.models.load import load_model
    >>> model = load_model(asset("digits.keras"))
    >>> found = diagnose(model, digits("test"), calibration=digits("train")[0][:100])
    >>> found.healthy, found.headline
    (True, 'Diagnosis of digits_net: nothing is wrong')
    """
    subject, notes = _subject(source(model), data, calibration, tolerance)
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


def _subject(
    origin: Source, data: tuple[Any, Any], calibration: Any, tolerance: float | None
) -> tuple[Subject, tuple[str, ...]]:
    if len(origin.inputs) != 1:
        raise ValueError(
            f"diagnose: expected a network with one input, got {len(origin.inputs)}. For others, "
            "nets.layer_report tells what each layer lost."
        )
    x, y = data
    x, bytes_given = _real(x)
    fitting = np.concatenate([each[origin.inputs[0].name] for each in examples(origin.inputs, x)])
    notes = []
    if calibration is None:
        calibration = fitting[:DEFAULT_EXAMPLES]
        notes.append(
            f"No calibration was given: the first {len(calibration)} test examples stand in for "
            "it. Give training examples, or the file looks better than it is."
        )
    calibrated_on = np.concatenate(
        [each[origin.inputs[0].name] for each in examples(origin.inputs, _real(calibration)[0])]
    )
    return Subject(
        origin, fitting, _labels(y, fitting), calibrated_on, tolerance, bytes_given
    ), tuple(notes)


def _real(x: Any) -> tuple[Any, bool]:
    """Arrays of integers as float32: the rungs will tell whether their scale is right."""
    if not hasattr(x, "__array__"):
        return x, False
    array = np.asarray(x)
    return (array.astype(np.float32), True) if array.dtype.kind in "iu" else (array, False)


def _labels(y: Any, x: np.ndarray) -> np.ndarray | None:
    if y is None:
        return None
    labels = np.asarray(y)
    if labels.shape != (len(x),) or labels.dtype.kind not in "iu" or labels.min() < 0:
        raise ValueError(
            f"diagnose: expected class numbers 0, 1, 2, ... of shape ({len(x)},), or None where "
            f"there are none; got {labels.dtype} of shape {labels.shape}."
        )
    return labels
