"""Rung 1: does the float file compute what the model computes?"""

from __future__ import annotations

import numpy as np

from qnn_edu.core.metrics import sqnr_db
from qnn_edu.nets.conversion.keras_call import structure
from qnn_edu.nets.diagnosis.report import Finding, Step
from qnn_edu.nets.diagnosis.subject import Subject, count, scores
from qnn_edu.nets.quiet import load_keras

# Below it the conversion loses as much as quantization to 8 bits does, 50 dB at the very best.
EQUAL_DB = 60


def float_file(subject: Subject) -> Step:
    """The SQNR of the file's outputs against the Keras model's; float32 leaves 100 dB and more."""
    model, name = subject.origin.given, "Float file"
    if not isinstance(model, load_keras().Model):
        return Step(name, "A concrete function: converted, and taken at its word.")
    few, batch = subject.few, subject.origin.inputs[0].shape[0]
    fed = load_keras().tree.pack_sequence_as(structure(model), list(few.values()))
    ours = _first(model.predict(fed, batch_size=batch, verbose=0)).reshape(count(few), -1)
    decibels = sqnr_db(ours, scores(subject.float_file, subject.taken(few)))
    said = f"{decibels:.0f} dB between the outputs of the model and of its file."
    if decibels >= EQUAL_DB:
        return Step(name, said)
    finding = Finding(
        "float_differs",
        "the float file",
        said,
        "all that is measured on the file is not true of the model",
        "compare the two layer by layer; look for layers that behave differently in training",
    )
    return Step(name, said, advice="stop: mend this first", findings=(finding,), stops=True)


def _first(outputs: object) -> np.ndarray:
    return np.asarray(load_keras().tree.flatten(outputs)[0])
