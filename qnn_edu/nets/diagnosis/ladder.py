"""The whole ladder in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from qnn_edu.core.check import is_whole
from qnn_edu.nets.conversion.examples import examples
from qnn_edu.nets.conversion.inputs import Input, filled, open_sizes
from qnn_edu.nets.conversion.source import Source, source
from qnn_edu.nets.diagnosis.bounds import bounds
from qnn_edu.nets.diagnosis.calibration_data import calibration_data
from qnn_edu.nets.diagnosis.channels import channels
from qnn_edu.nets.diagnosis.float_file import float_file
from qnn_edu.nets.diagnosis.inputs import inputs
from qnn_edu.nets.diagnosis.integers import integers
from qnn_edu.nets.diagnosis.remedies import methods, mixed, weights, wide
from qnn_edu.nets.diagnosis.report import Diagnosis, Step
from qnn_edu.nets.diagnosis.subject import Examples, Subject, Training, count, first, scores
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
    subject, notes = _subject(_source(model), data, calibration, tolerance)
    if train is not None:
        subject = _with(subject, train=_training(subject, train, epochs))
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


def _source(model: Convertible) -> Source:
    from qnn_edu.nets.qat.prepared import is_prepared

    if is_prepared(model):
        raise ValueError(
            f"diagnose: {model.name!r} is prepared: it rounds already. Give the float network that "
            "it was made of; for its file, nets.compare and nets.layer_report tell what it lost."
        )
    return source(model)


def _require_options(tolerance: Any, progress: Any, epochs: Any) -> None:
    if tolerance is not None and (not isinstance(tolerance, Real) or np.isnan(float(tolerance))):
        raise ValueError(f"diagnose: tolerance is a number of points or None; got {tolerance!r}.")
    if not (is_whole(epochs) and epochs >= 1):
        raise ValueError(f"diagnose: epochs is a whole number of at least 1; got {epochs!r}.")
    if progress is not None and not callable(progress):
        raise ValueError(f"diagnose: progress is a function (done, of); got {progress!r}.")


def _subject(
    origin: Source, data: tuple[Any, Any], calibration: Any, tolerance: float | None
) -> tuple[Subject, tuple[str, ...]]:
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise ValueError(
            f"diagnose: data is a pair (x, y), y may be None; got {type(data).__name__}."
        )
    x, y = data
    fitting, bytes_given = _gathered(origin.inputs, x)
    if open_sizes(origin.inputs):
        origin = origin.of_sizes(filled(origin.inputs, fitting))
    notes = []
    if calibration is None:
        calibrated_on = first(fitting, DEFAULT_EXAMPLES)
        notes.append(
            f"No calibration was given: the first {count(calibrated_on)} test examples stand in "
            "for it. Give training examples, or the file looks better than it is."
        )
    else:
        calibrated_on, _ = _gathered(origin.inputs, calibration)
    subject = Subject(origin, fitting, None, calibrated_on, tolerance, bytes_given)
    return (subject if y is None else _with(subject, **_truth(subject, fitting, y))), tuple(notes)


def _training(subject: Subject, train: Any, epochs: int) -> Training:
    """The training data, of the kind that the subject is judged by."""
    from qnn_edu.nets.quiet import load_keras

    model, pair = subject.origin.given, isinstance(train, (tuple, list)) and len(train) == 2
    if not pair or train[1] is None:
        raise ValueError("diagnose: train is a pair (x, y), with answers to learn from.")
    if not isinstance(model, load_keras().Model) or len(getattr(model, "outputs", ())) != 1:
        raise ValueError(
            "diagnose: train is for a Keras model of one output. Leave it out, prepare the model "
            "with nets.quantize_aware, and train it with losses of your own."
        )
    x, _ = _gathered(subject.origin.inputs, train[0])
    (y,) = _truth(subject, x, train[1]).values()
    if (y.ndim == 1) != subject.has_classes:
        raise ValueError("diagnose: train and data hold answers of two kinds; give one.")
    return Training(x, y, int(epochs))


def _gathered(inputs: Sequence[Input], data: Any) -> tuple[Examples, bool]:
    """Examples by input name, and whether integers came where the network takes real numbers.

    They become float32: the rungs will tell whether their scale is right.
    """
    integers = False

    def real(array: Any, wanted: Input) -> Any:
        nonlocal integers
        if wanted.dtype.kind != "f" or np.asarray(array).dtype.kind not in "iu":
            return array
        integers = True
        return np.asarray(array, np.float32)

    def batch(given: Any) -> Any:
        if isinstance(given, Mapping):
            wanted = {each.name: each for each in inputs}
            return {k: real(v, wanted[k]) if k in wanted else v for k, v in given.items()}
        arrays = given if isinstance(given, (tuple, list)) else [given]
        if len(arrays) != len(inputs):
            return given
        return [real(array, each) for array, each in zip(arrays, inputs, strict=True)]

    whole = isinstance(data, Mapping) or hasattr(data, "__array__") or _is_whole(inputs, data)
    batches = map(batch, [data] if whole else data)
    found = list(examples(inputs, batches))
    return {each.name: np.concatenate([e[each.name] for e in found]) for each in inputs}, integers


def _is_whole(inputs: Sequence[Input], data: Any) -> bool:
    """Is it an array for each of several inputs, and not a batch after the other?"""
    pair = isinstance(data, (tuple, list)) and len(data) == len(inputs) > 1
    return pair and all(hasattr(each, "__array__") for each in data)


def _truth(subject: Subject, x: Examples, y: Any) -> dict[str, np.ndarray]:
    """Class numbers `y`, or real numbers, `targets`, where the network has no classes."""
    n, classes = count(x), scores(subject.float_file, subject.taken(first(subject.x, 1)))
    values, labels = classes.shape[1], np.asarray(y)
    whole = labels.dtype.kind in "iu"
    if labels.shape == (n,) and whole and 0 <= labels.min() and labels.max() < values > 1:
        return {"y": labels}
    one_hot = subject.has_classes and labels.ndim == 2 and set(np.unique(labels)) <= {0, 1}
    if labels.dtype.kind in "iuf" and labels.shape[:1] == (n,) and not one_hot:
        if labels.size == n * values and not (whole and subject.has_classes):
            return {"targets": labels.reshape(n, -1).astype(np.float64)}
    raise ValueError(
        f"diagnose: expected class numbers 0, 1, 2, ... below {values} of shape ({n},), or real "
        f"numbers, {values} an example, where the network has no classes, or None where there are "
        f"neither; got {labels.dtype} of shape {labels.shape}"
        + (
            f", {labels.min()} to {labels.max()}"
            if labels.size and labels.dtype.kind in "iuf"
            else ""
        )
        + ". Of one-hot rows, take y.argmax(axis=1)."
    )


def _with(subject: Subject, **changes: Any) -> Subject:
    other = replace(subject, **changes)
    other.__dict__["float_file"] = subject.float_file
    return other
