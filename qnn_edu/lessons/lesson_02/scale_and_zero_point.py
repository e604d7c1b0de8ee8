"""scale = (hi - lo) / (qmax - qmin); the zero point is the q of x = 0, rounded."""

import math

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    zero_point = round(qmin - lo / scale)
    return scale, zero_point


@mistake(
    "you divided by the number of levels. n levels have n - 1 steps between them: the range is "
    "qmax - qmin steps wide."
)
def divides_by_levels(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin + 1)
    return scale, round(qmin - lo / scale)


@mistake(
    "the zero point is not a whole number. Then 0.0 lies between two levels and can never be "
    "stored exactly. Round it."
)
def float_zero_point(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return scale, qmin - lo / scale


@mistake("your scale uses hi alone. The steps have to cover everything from lo to hi.")
def max_only(lo, hi, qmin, qmax):
    scale = hi / (qmax - qmin)
    return scale, round(qmin - lo / scale)


@mistake("your zero point counts from 0, as if the grid began there. It begins at qmin.")
def forgets_qmin(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return scale, round(-lo / scale)


@mistake(
    "that is a symmetric range, from -a to a, with its zero point at 0. Here the range is from lo "
    "to hi, and the zero point goes where it has to."
)
def symmetric(lo, hi, qmin, qmax):
    return 2 * max(-lo, hi) / (qmax - qmin), 0


@mistake("int() cuts the fraction off; the nearest whole number is round().")
def truncated_zero_point(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return scale, int(qmin - lo / scale)


@mistake(
    "rounded down, always, as floor does and int() of a positive number. The nearest whole number "
    "is round()."
)
def floored_zero_point(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return scale, math.floor(qmin - lo / scale)


scale_and_zero_point = Exercise(
    "Scale and zero point",
    solution,
    cases=[
        (-1.0, 2.0, -128, 127),
        (0.0, 6.0, 0, 255),
        (-0.7, 5.3, -128, 127),
        (-3.0, 0.25, -8, 7),
        (-2.0, 1.1, 0, 15),
        (-1.0, 2.1, 0, 255),  # 82.3, which ends above 82
        (-0.7, 5.4, -128, 127),  # -98.7, which ends below -98
        (-300.0, 42.0, -8, 7),
        (-5.0, 1.4, 0, 255),
        (-40.0, 7.5, -2, 1),
        (-900.0, 450.0, -128, 127),
    ],
    mistakes=(
        divides_by_levels,
        float_zero_point,
        max_only,
        forgets_qmin,
        symmetric,
        truncated_zero_point,
        floored_zero_point,
    ),
    hints=(
        "How many steps lie between qmin and qmax, and how wide is the range that they must cover?",
        "The zero point is the q at which x is 0. You know one pair already: x = lo at q = qmin.",
        "scale = (hi - lo) / (qmax - qmin); zero_point = round(qmin - lo / scale).",
    ),
    tolerance=FLOAT32,
)
