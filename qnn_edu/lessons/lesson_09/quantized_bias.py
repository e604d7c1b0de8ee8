"""q = round(bias / (scale_x * scale_w)), as int32: one step is that of a product."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(bias, scale_x, scale_w, scale_y):
    return np.round(bias / (scale_x * scale_w)).astype(np.int32)


@mistake(
    "that is the output's scale. The bias joins the sum of products, long before there is an "
    "output: its step must be that of a product."
)
def output_scale(bias, scale_x, scale_w, scale_y):
    return np.round(bias / scale_y)


@mistake("a product of an input and a weight has both their scales in it.")
def input_scale(bias, scale_x, scale_w, scale_y):
    return np.round(bias / scale_x)


@mistake("you divided by M. The whole sum, the bias in it, is multiplied by M afterwards.")
def requantized_bias(bias, scale_x, scale_w, scale_y):
    return np.round(bias / (scale_x * scale_w / scale_y))


@mistake("cut off instead of rounded. np.round, then astype.")
def truncated_bias(bias, scale_x, scale_w, scale_y):
    return np.trunc(bias / (scale_x * scale_w))


def _layer(seed, channels, size=1):
    rng = default_rng(seed)
    scale_x, scale_y = rng.uniform(0.01, 0.05, 2)
    return rng.normal(0, size, channels), scale_x, rng.uniform(0.002, 0.02, channels), scale_y


quantized_bias = Exercise(
    "The bias in integers",
    solution,
    cases=[
        _layer(4, 3),
        (np.array([30.0, -7.0, 12.5]), 0.5, np.array([4.0, 0.25, 3.0]), 0.75),
        _layer(5, 16),
        _layer(6, 10, size=100),
    ],
    mistakes=(output_scale, input_scale, requantized_bias, truncated_bias),
    hints=(
        "The bias is added to products of an input and a weight. How much is one step of such a "
        "product worth?",
        "scale_x * scale_w, one for each channel",
        "np.round(bias / (scale_x * scale_w)).astype(np.int32)",
    ),
    dtype="int32",
)
