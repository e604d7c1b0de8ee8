"""w - (w[i] - q) / U[i, i] * U[i]: row i of U is 0 before i, and its own place makes w[i] q."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(w, i, q, U):
    return w - (w[i] - q) / U[i, i] * U[i]


@mistake("later weights moved the wrong way, and made the error larger.")
def other_sign(w, i, q, U):
    moved = w + (w[i] - q) / U[i, i] * U[i]
    return np.where(np.arange(len(w)) == i, q, moved)


@mistake("the error was not divided by U[i, i].")
def not_divided(w, i, q, U):
    return np.where(np.arange(len(w)) == i, q, w - (w[i] - q) * U[i])


@mistake("nothing was made up for: that is rounding to nearest.")
def nothing_made_up(w, i, q, U):
    return np.where(np.arange(len(w)) == i, q, w)


@mistake("weight i is not q: it stayed where it was.")
def not_on_its_level(w, i, q, U):
    return np.where(np.arange(len(w)) == i, w, w - (w[i] - q) / U[i, i] * U[i])


@mistake("a column of U in place of row i: earlier weights moved, which are rounded already.")
def column(w, i, q, U):
    return w - (w[i] - q) / U[i, i] * U[:, i]


def _case(seed, n, i):
    rng = default_rng(seed)
    x = rng.normal(0, 1, (4 * n, n)) @ rng.normal(0, 1, (n, n))
    U = np.linalg.cholesky(np.linalg.inv(x.T @ x / len(x) + 0.1 * np.eye(n))).T
    w = rng.normal(0, 2, n)
    return w, i, float(np.rint(w[i])), U


made_up = Exercise(
    "What the others make up for",
    solution,
    cases=[_case(0, 2, 0), _case(1, 5, 0), _case(2, 6, 3), _case(3, 4, 3)],
    mistakes=(other_sign, not_divided, nothing_made_up, not_on_its_level, column),
    hints=(
        "Copy w first: the reader's array should not change. Three parts: before i, i, after i.",
        "Row i of U, right of the diagonal, says how far each later weight moves.",
        "w - (w[i] - q) / U[i, i] * U[i] does all three: row i of U is 0 before i.",
    ),
    tolerance=FLOAT32,
)
