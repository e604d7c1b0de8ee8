"""A scale for each channel: the largest |w| over all axes but the channel's, over 127."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(w, axis):
    others = tuple(i for i in range(w.ndim) if i != axis)
    return np.abs(w).max(axis=others) / 127


def from_both_ends(w, axis):
    others = tuple(i for i in range(w.ndim) if i != axis)
    return np.maximum(w.max(axis=others), -w.min(axis=others)) / 127


@mistake("all channels got the scale of the whole tensor.")
def one_for_all(w, axis):
    return np.full(w.shape[axis], np.abs(w).max() / 127)


@mistake(
    "np.max(..., axis=axis) removes the channel axis and keeps the others. It is the other way "
    "round: reduce over all axes but that one."
)
def along_the_axis(w, axis):
    return np.abs(w).max(axis=axis) / 127


@mistake("you took axis 0 as the channels, always. A depthwise layer has them on axis 3.")
def first_axis(w, axis):
    return np.abs(w).reshape(len(w), -1).max(axis=1) / 127


@mistake("you took the last axis as the channels, always. A LiteRT convolution has them on axis 0.")
def last_axis(w, axis):
    return np.abs(w).reshape(-1, w.shape[-1]).max(axis=0) / 127


@mistake("a narrow grid ends at 127 on both sides: divide by 127.")
def channels_by_128(w, axis):
    return solution(w, axis) * 127 / 128


@mistake("the negative weights are forgotten: np.abs(w) first.")
def channels_without_abs(w, axis):
    others = tuple(i for i in range(w.ndim) if i != axis)
    return w.max(axis=others) / 127


@mistake("that is the scale of the range [min, max]. Symmetric means [-a, a], a the largest size.")
def asymmetric(w, axis):
    others = tuple(i for i in range(w.ndim) if i != axis)
    return (w.max(axis=others) - w.min(axis=others)) / 254


channel_scales = Exercise(
    "A scale for each channel",
    solution,
    cases=[
        (default_rng(1).normal(0, 1, (4, 3, 3, 2)), 0),
        (default_rng(2).normal(0, 1, (1, 3, 3, 5)), 3),
        (default_rng(3).normal(0, 1, (2, 6, 4, 3)), 1),
        (default_rng(4).normal(0, 1, (5, 3)), 0),  # a dense layer has two axes
        (default_rng(5).normal(-2, 1, (3, 3, 2, 3)), 3),  # some channels are negative throughout
        (default_rng(6).normal(0, 1, (4, 2, 4)), 1),
    ],
    mistakes=(
        one_for_all,
        along_the_axis,
        first_axis,
        last_axis,
        channels_by_128,
        channels_without_abs,
        asymmetric,
    ),
    also=(from_both_ends,),
    hints=(
        "The result has one entry per channel: shape (w.shape[axis],).",
        "np.max takes a tuple of axes. Which axes must go?",
        "others = tuple(i for i in range(w.ndim) if i != axis); np.abs(w).max(axis=others) / 127",
    ),
    tolerance=FLOAT32,
)
