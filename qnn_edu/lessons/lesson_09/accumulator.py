"""The sum of (q_x - zero_point) * q_w in 32 bits, and the bias, once."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(q_x, q_w, zero_point, bias):
    x = q_x.astype(np.int32) - zero_point
    return int((x * q_w).sum() + bias)


@mistake(
    "the products were formed in int8 and wrapped around. int8 times int8 needs 16 bits, and "
    "their sum more: widen to np.int32 first."
)
def products_in_int8(q_x, q_w, zero_point, bias):
    return ((q_x - np.int8(zero_point)) * q_w).sum(dtype=np.int64) + bias


@mistake("products and sum stayed in int8. Widen to np.int32 before you sum.")
def sum_in_int8(q_x, q_w, zero_point, bias):
    return int(np.dot(q_x - np.int8(zero_point), q_w)) + bias


@mistake("the sum was taken in int16, which ends at 32767, and wrapped around. Sum in np.int32.")
def sum_in_int16(q_x, q_w, zero_point, bias):
    return int(((q_x.astype(np.int16) - zero_point) * q_w).sum(dtype=np.int16)) + bias


@mistake("q_x - zero_point reaches from -255 to 255, and was formed in int8. Widen, then subtract.")
def subtracted_in_int8(q_x, q_w, zero_point, bias):
    x = q_x - np.int8(zero_point)
    return (x.astype(np.int64) * q_w).sum() + bias


@mistake("the zero point of the inputs was not taken off.")
def zero_point_forgotten(q_x, q_w, zero_point, bias):
    return (q_x.astype(np.int64) * q_w).sum() + bias


@mistake("the zero point was taken off the sum, once. It belongs to every input, inside.")
def zero_point_once(q_x, q_w, zero_point, bias):
    return zero_point_forgotten(q_x, q_w, zero_point, bias) - zero_point


@mistake("x = scale * (q - zero_point): it is subtracted.")
def zero_point_added(q_x, q_w, zero_point, bias):
    return ((q_x.astype(np.int64) + zero_point) * q_w).sum() + bias


@mistake("the zero point was taken off the weights. It is that of the inputs.")
def zero_point_of_the_weights(q_x, q_w, zero_point, bias):
    return (q_x.astype(np.int64) * (q_w.astype(np.int64) - zero_point)).sum() + bias


@mistake("the bias is missing. It is added to the sum, once.")
def bias_forgotten(q_x, q_w, zero_point, bias):
    return solution(q_x, q_w, zero_point, 0)


@mistake("the bias was added with every product. It is added once.")
def bias_each_time(q_x, q_w, zero_point, bias):
    return solution(q_x, q_w, zero_point, bias * q_x.size)


def _window(seed, size, zero_point, bias):
    q_x, q_w = default_rng(seed).integers(-127, 128, (2, size)).astype(np.int8)
    return q_x, q_w, zero_point, bias


accumulator = Exercise(
    "One accumulator",
    solution,
    cases=[
        (np.int8([5, -128]), np.int8([3, 7]), -128, 100),
        _window(1, 9, -128, -2500),
        _window(2, 16, 3, 1200),
        _window(3, 640, -128, 123_456_789),  # beyond int16, and what float32 counts exactly
    ],
    mistakes=(
        products_in_int8,
        sum_in_int8,
        sum_in_int16,
        subtracted_in_int8,
        zero_point_forgotten,
        zero_point_once,
        zero_point_added,
        zero_point_of_the_weights,
        bias_forgotten,
        bias_each_time,
    ),
    hints=(
        "Sum (q_x - zero_point) * q_w, then add the bias.",
        "Widen before you subtract: q_x.astype(np.int32)",
        "x = q_x.astype(np.int32) - zero_point, then int((x * q_w).sum() + bias)",
    ),
)
