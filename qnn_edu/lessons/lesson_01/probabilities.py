"""x = scale * (q - zero_point), with the difference in more than 8 bits."""

import numpy as np

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(q, scale, zero_point):
    return scale * (q.astype(np.int32) - zero_point)


@mistake(
    "q - zero_point overflowed: int8 minus int8 does not fit into int8. Convert q to int32 first."
)
def overflowing(q, scale, zero_point):
    return scale * (q - np.int8(zero_point))


@mistake("the zero point is missing, and some probabilities are negative.")
def output_without_zero_point(q, scale, zero_point):
    return scale * q.astype(float)


@mistake("the way back to real numbers multiplies by the scale.")
def divided(q, scale, zero_point):
    return (q.astype(np.int32) - zero_point) / scale


@mistake("the scale of this output is 1/256, and another model has another one. Use scale.")
def by_255(q, scale, zero_point):
    return (q.astype(np.int32) - zero_point) / 255


_OUTPUT = np.array([-128, -127, 5, 107, -128, -20, 127, -64, 0, 1], np.int8)

probabilities = Exercise(
    "Probabilities from the output",
    solution,
    cases=[(_OUTPUT, 1 / 256, -128), (_OUTPUT, 0.05, 12)],
    mistakes=(overflowing, output_without_zero_point, divided, by_255),
    hints=(
        "It is the law itself: x = scale * (q - zero_point).",
        "How large can q - zero_point get, and does int8 hold that?",
        "scale * (q.astype(np.int32) - zero_point)",
    ),
    tolerance=FLOAT32,
)
