"""Shapes of operators that remember, and of custom ones."""

from __future__ import annotations

from qnn_edu.tflite.flexbuffer import options
from qnn_edu.tflite.graph import Operator
from qnn_edu.tflite.shapes.law import Inputs, Shape, first


def recurrent(operator: Operator, inputs: Inputs) -> list[Shape]:
    """As the input, with as many values at each place as the state of the output has."""
    return [(*first(inputs).shape[:-1], first(inputs, 18).shape[-1])]


def filtered(operator: Operator, inputs: Inputs) -> list[Shape]:
    """A value for every `rank` filters."""
    return [(first(inputs).shape[0], first(inputs, 1).shape[0] // operator.options["rank"])]


def detections(operator: Operator, inputs: Inputs) -> list[Shape]:
    """Corners, classes and scores of as many boxes as options say, and how many there are."""
    given = options(operator.options["custom_options"])
    count = int(given["max_detections"]) * int(given["max_classes_per_detection"])
    return [(1, count, 4), (1, count), (1, count), (1,)]


LAWS = {
    "SVDF": filtered,
    "TFLite_Detection_PostProcess": detections,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": recurrent,
}
