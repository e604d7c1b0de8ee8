"""Weights times factors, where output channel k belongs to input channel k // multiplier."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(weight, factor):
    channels, multiplier = weight.shape[2:]
    return weight * factor.reshape(channels, multiplier)


def flat_and_back(weight, factor):
    flat = weight.reshape(*weight.shape[:2], -1)
    return (flat * factor).reshape(weight.shape)


@mistake(
    "the factors went to the wrong places. Output channel k comes from input channel k // "
    "multiplier, so the multiplier counts fastest: reshape to (channels, multiplier)."
)
def transposed(weight, factor):
    channels, multiplier = weight.shape[2:]
    return weight * factor.reshape(multiplier, channels).T


@mistake("only as many factors as the multiplier were used, the same for every input channel.")
def last_axis_alone(weight, factor):
    return weight * factor[: weight.shape[3]]


@mistake(
    "one factor for each input channel. With a multiplier of 2, two outputs come from each, and "
    "each has a factor of its own."
)
def input_channel_alone(weight, factor):
    return weight * factor[: weight.shape[2], np.newaxis]


@mistake(
    "the first factor of each input channel was used for all that come from it. Each output has a "
    "factor of its own."
)
def first_of_each(weight, factor):
    return weight * factor.reshape(weight.shape[2:])[:, :1]


@mistake("right values, but the weights must keep their four axes.")
def left_flat(weight, factor):
    return weight.reshape(*weight.shape[:2], -1) * factor


@mistake("you divided. The factor multiplies.")
def divided(weight, factor):
    return weight / factor.reshape(weight.shape[2:])


def _depthwise(seed, channels, multiplier):
    rng = default_rng(seed)
    weight = rng.normal(0, 1, (3, 3, channels, multiplier))
    return weight, rng.uniform(0.5, 4, channels * multiplier)


depthwise_fold = Exercise(
    "The factor on depthwise weights",
    solution,
    cases=[_depthwise(0, 4, 2), _depthwise(1, 2, 3), _depthwise(2, 5, 1)],
    mistakes=(transposed, last_axis_alone, input_channel_alone, first_of_each, left_flat, divided),
    also=(flat_and_back,),
    hints=(
        "There are channels * multiplier outputs, and a factor for each. Weights: (3, 3, channels, "
        "multiplier).",
        "Output k belongs to input channel k // multiplier. Which shape must the factors have so "
        "that broadcasting finds them?",
        "weight * factor.reshape(weight.shape[2:])",
    ),
    tolerance=FLOAT32,
)
