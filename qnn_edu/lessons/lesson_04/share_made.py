"""The energy of the error made here over that of all error, made here or inherited."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(y_float, y_came, y_int8):
    made = np.sum((y_int8 - y_came) ** 2)
    inherited = np.sum((y_came - y_float) ** 2)
    return made / (made + inherited)


@mistake("that is the share that came in with the inputs.")
def share_inherited(y_float, y_came, y_int8):
    return 1 - solution(y_float, y_came, y_int8)


@mistake(
    "you divided by the energy of the whole error. Its two parts may cancel or add up, so that is "
    "no share: it can exceed 1. Divide by the sum of the two energies."
)
def over_the_total(y_float, y_came, y_int8):
    return np.sum((y_int8 - y_came) ** 2) / np.sum((y_int8 - y_float) ** 2)


@mistake("energies are sums of squares, not of sizes.")
def without_squares(y_float, y_came, y_int8):
    made, inherited = np.abs(y_int8 - y_came).sum(), np.abs(y_came - y_float).sum()
    return made / (made + inherited)


@mistake("errors of different sign cancel in a plain sum. Square them first.")
def signed(y_float, y_came, y_int8):
    return np.sum(y_int8 - y_came) / np.sum(y_int8 - y_float)


@mistake("the sum is squared. Square each error, then sum, or errors of different sign cancel.")
def squared_sums(y_float, y_came, y_int8):
    made, inherited = np.sum(y_int8 - y_came) ** 2, np.sum(y_came - y_float) ** 2
    return made / (made + inherited)


@mistake("those are lengths, roots of the energies. Leave the root out.")
def norms(y_float, y_came, y_int8):
    made, inherited = np.linalg.norm(y_int8 - y_came), np.linalg.norm(y_came - y_float)
    return made / (made + inherited)


def _three_outputs(seed, made, inherited, shape=(40,)):
    rng = default_rng(seed)
    y = rng.normal(0, 1, shape)
    came = y + rng.normal(0, inherited, shape)
    return y, came, came + rng.normal(0, made, shape)


share_made = Exercise(
    "The share of the error made here",
    solution,
    cases=[
        _three_outputs(0, 0.1, 0.1),
        _three_outputs(1, 0.3, 0.1),
        _three_outputs(2, 0.05, 0.4, (2, 5, 4)),
        _three_outputs(3, 0.2, 0.1, (3, 3)),
    ],
    mistakes=(share_inherited, over_the_total, without_squares, signed, squared_sums, norms),
    hints=(
        "Made here: what the int8 operator gave, less what the float operator makes of the same "
        "input. Inherited: that, less what the float network has there.",
        "Take the sum of the squares of each.",
        "made / (made + inherited)",
    ),
    tolerance=FLOAT32,
)
