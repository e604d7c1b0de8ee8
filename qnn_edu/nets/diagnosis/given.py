"""What a reader gives, a model and data of any form, made into a subject or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.conversion.examples import examples
from qnn_edu.nets.conversion.inputs import Input, filled, open_sizes
from qnn_edu.nets.conversion.source import Source, source
from qnn_edu.nets.diagnosis.subject import Examples, Subject, Training, count, first, scores

if TYPE_CHECKING:
    from qnn_edu.nets.conversion.source import Convertible

DEFAULT_EXAMPLES = 100  # of the examples, to calibrate on where nothing else is given


def source_of(model: Convertible) -> Source:
    """A float network, of any form, as its functions; what rounds already is refused."""
    from qnn_edu.nets.qat.prepared import is_prepared

    if is_prepared(model):
        raise ValueError(
            f"diagnose: {model.name!r} is prepared: it rounds already. Give the float network that "
            "it was made of; for its file, nets.compare and nets.layer_report tell what it lost."
        )
    return source(model)


def subject_of(
    origin: Source, data: tuple[Any, Any], calibration: Any, tolerance: float | None
) -> tuple[Subject, tuple[str, ...]]:
    """A subject, its data checked and in arrays by input name, and notes on what was left out."""
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


def to_train_on(subject: Subject, train: Any, epochs: int) -> Subject:
    """The subject with training data of the kind that it is judged by."""
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
    return _with(subject, train=Training(x, y, int(epochs)))


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
