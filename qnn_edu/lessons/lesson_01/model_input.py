"""q = round(image / scale) + zero_point, clipped to int8."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(image, scale, zero_point):
    q = np.round(image / scale) + zero_point
    return np.clip(q, -128, 127).astype(np.int8)


@mistake("astype(np.int8) cuts 0.7 down to 0: the image goes black. Divide by the scale first.")
def raw(image, scale, zero_point):
    return image.astype(np.int8)


@mistake("the zero point is missing. Black (0.0) has to become the zero point.")
def input_without_zero_point(image, scale, zero_point):
    return np.clip(np.round(image / scale), -128, 127).astype(np.int8)


@mistake("the fraction is cut off, as a conversion to int does. Round first.")
def truncated_input(image, scale, zero_point):
    return np.clip((image / scale).astype(int) + zero_point, -128, 127).astype(np.int8)


@mistake("you multiplied by the scale. The way from real numbers to integers divides by it.")
def multiplied(image, scale, zero_point):
    return np.clip(np.round(image * scale) + zero_point, -128, 127).astype(np.int8)


@mistake(
    "those are unsigned values from 0 to 255, wrapped into int8. Shift them by the zero point "
    "instead."
)
def wrapped(image, scale, zero_point):
    return np.round(image / scale).astype(np.uint8).astype(np.int8)


@mistake(
    "a forgotten clip: a pixel outside the range wrapped around, from very bright to very dark. "
    "Clip before you convert."
)
def unclipped(image, scale, zero_point):
    return (np.round(image / scale) + zero_point).astype(int).astype(np.int8)


_IMAGE = default_rng(1).uniform(0, 1, (8, 8)).astype(np.float32)
_AROUND_ZERO = default_rng(2).normal(0, 1.5, (6, 8)).astype(np.float32)

model_input = Exercise(
    "The model's input",
    solution,
    cases=[
        (_IMAGE, 1 / 255, -128),
        (_IMAGE, 0.006, -100),
        (2 * _IMAGE - 0.5, 1 / 255, -128),
        (_AROUND_ZERO, 0.02, 3),
    ],
    mistakes=(raw, input_without_zero_point, truncated_input, multiplied, wrapped, unclipped),
    hints=(
        "x = scale * (q - zero_point), solved for q.",
        "Round to the nearest integer, add the zero point, clip to -128..127, convert to np.int8.",
        "np.clip(np.round(image / scale) + zero_point, -128, 127).astype(np.int8)",
    ),
    dtype="int8",
)
