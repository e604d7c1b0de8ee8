"""x = scale * (q - zero_point), with the difference in more than 8 bits."""

import numpy as np

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(q, scale, zero_point):
    return scale * (q.astype(np.int32) - zero_point)


@mistake("q - zero_point overflowed. 8 bits minus 8 bits need 9: convert q to int32 first.")
def eight_bit_subtraction(q, scale, zero_point):
    return scale * (q - q.dtype.type(zero_point))


@mistake("the zero point is missing.")
def forgets_zero_point(q, scale, zero_point):
    return scale * q.astype(float)


@mistake(
    "you subtracted the zero point after scaling. It is an integer like q, not a real number: "
    "subtract it from q."
)
def scales_first(q, scale, zero_point):
    return scale * q.astype(float) - zero_point


dequantize = Exercise(
    "Dequantize",
    solution,
    cases=[
        (np.arange(0, 256, 5).astype(np.uint8), 0.05, 128),
        (np.arange(-128, 128, 3).astype(np.int8), 0.25, 100),
        (np.array([7, -128, 127, 0, -5, 66, -90], np.int8), 0.03719, -60),
        (np.array([250, 3, 128, 0, 255, 77], np.uint8), 1.7, 3),
    ],
    mistakes=(eight_bit_subtraction, forgets_zero_point, scales_first),
    hints=(
        "It is the law itself: x = scale * (q - zero_point).",
        "q is an array of 8-bit integers. What is 3 - 128 in uint8?",
        "scale * (q.astype(np.int32) - zero_point)",
    ),
    tolerance=FLOAT32,
)
