"""q = round(bias / (image_scale * weight_scale)), as int32: one step is that of a product."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(bias, image_scale, weight_scale):
    return np.rint(bias / (image_scale * weight_scale)).astype(np.int32)


@mistake("cut off instead of rounded. np.rint takes the nearest whole number.")
def truncated(bias, image_scale, weight_scale):
    return np.trunc(bias / (image_scale * weight_scale)).astype(np.int32)


@mistake("the file stores whole numbers: round, and make it int32.")
def not_rounded(bias, image_scale, weight_scale):
    return bias / (image_scale * weight_scale)


@mistake(
    "you clipped to 8 bits. The bias is added to the sum of products, which has 32 bits, and must "
    "be as fine as that sum."
)
def eight_bits(bias, image_scale, weight_scale):
    return np.clip(solution(bias, image_scale, weight_scale), -128, 127)


@mistake(
    "you gave the bias a scale of its own, 8 bits over its range. It could not be added to the "
    "sum of products, whose scale is another."
)
def own_range(bias, image_scale, weight_scale):
    scale = np.abs(bias).max() / 127
    return np.rint(bias / scale).astype(np.int32)


@mistake("the scale of the weights alone. A product of two integers has both scales: S_x * S_w.")
def weight_scale_alone(bias, image_scale, weight_scale):
    return np.rint(bias / weight_scale).astype(np.int32)


@mistake("the scale of the input alone. A product of two integers has both scales: S_x * S_w.")
def image_scale_alone(bias, image_scale, weight_scale):
    return np.rint(bias / image_scale).astype(np.int32)


@mistake("that is the way back. A real number over its scale is the integer.")
def multiplied(bias, image_scale, weight_scale):
    return np.rint(bias * image_scale * weight_scale).astype(np.int32)


def _bias_case(seed, channels, image_scale, per_channel, size=0.3):
    rng = default_rng(seed)
    weight_scale = rng.uniform(0.002, 0.008, channels) if per_channel else 0.0051
    return rng.normal(0, size, channels), image_scale, weight_scale


stored_bias = Exercise(
    "The bias that the file stores",
    solution,
    cases=[
        _bias_case(0, 4, 1 / 128, False),
        _bias_case(1, 8, 6 / 255, False),
        (np.array([30.0, -7.0, 12.5]), 0.5, np.array([4.0, 0.25, 3.0])),
        (np.array([-25.0, 9.0, 310.0, 1.0]), 1.4, 0.3),
        _bias_case(2, 6, 6 / 255, True, size=30),  # more than 16 bits hold
    ],
    mistakes=(
        truncated,
        not_rounded,
        eight_bits,
        own_range,
        weight_scale_alone,
        image_scale_alone,
        multiplied,
    ),
    hints=(
        "The bias is added to sums of w * x. What is one step of q_w * q_x worth?",
        "Its scale is image_scale * weight_scale, its zero point 0.",
        "np.rint(bias / (image_scale * weight_scale)).astype(np.int32)",
    ),
    dtype="int32",
)
