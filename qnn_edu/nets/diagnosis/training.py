"""Rung 12: some epochs with fake quantizers, on a copy."""

from __future__ import annotations

import numpy as np

from qnn_edu.nets.conversion.converter import convert
from qnn_edu.nets.conversion.keras_call import structure
from qnn_edu.nets.diagnosis.remedies import lost_by, step_of
from qnn_edu.nets.diagnosis.report import Step
from qnn_edu.nets.diagnosis.subject import Subject, scores, sums_to_one
from qnn_edu.nets.quiet import load_keras

RATE = 1e-4  # a trained network is to be kept, not to be found again
BATCH = 32
ADVICE = "nets.quantize_aware(model), train some epochs, convert without calibration"


def training(subject: Subject) -> Step:
    """What is left where nothing else helps; measured where training data were given.

    A copy is trained: the model keeps its weights.
    """
    from qnn_edu.nets.qat.prepare import quantize_aware

    given = subject.train
    if given is None:
        return Step(
            "Training", "Not measured: give train=(x, y).", cost="some epochs", advice=ADVICE
        )
    try:
        prepared = quantize_aware(subject.origin.given)
    except ValueError as error:
        return Step("Training", f"Not possible as it is: {error}", advice="change that, then train")
    keras = load_keras()
    prepared.compile(keras.optimizers.Adam(RATE), _loss(subject))
    fed = keras.tree.pack_sequence_as(structure(prepared), list(given.x.values()))
    y = given.y if subject.has_classes else given.y.reshape(-1, *prepared.output_shape[1:])
    prepared.fit(fed, y, batch_size=BATCH, epochs=given.epochs, verbose=0)
    row = subject.judged("int8, trained", convert(prepared, "int8", io="float32"))
    said = f"{given.epochs} epochs with fake quantizers: {subject.worth(row)}"
    return step_of("Training", f"{said}, {lost_by(subject, row)}.", subject, row, "train longer")


def _loss(subject: Subject) -> object:
    losses = load_keras().losses
    if not subject.has_classes:
        return losses.MeanSquaredError()
    few = scores(subject.float_file, subject.taken(subject.few))
    return losses.SparseCategoricalCrossentropy(from_logits=not sums_to_one(np.asarray(few)))
