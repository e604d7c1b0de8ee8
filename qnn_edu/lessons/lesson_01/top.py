"""The k most likely classes, the most likely one first."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(p, k):
    order = np.argsort(-p, kind="stable")
    return order[:k]


@mistake("those are the k least likely classes: argsort sorts upwards.")
def lowest(p, k):
    return np.argsort(p, kind="stable")[:k]


@mistake("the right classes, the most likely one last. Turn the order round: [::-1].")
def ascending(p, k):
    return np.argsort(p, kind="stable")[-k:]


@mistake("those are the probabilities. The classes (their indices) are asked for.")
def values(p, k):
    return np.sort(p)[::-1][:k]


@mistake("that is the first class alone; k are asked for.")
def first_only(p, k):
    return np.argsort(-p, kind="stable")[:1]


top = Exercise(
    "Top k",
    solution,
    cases=[
        (np.array([0.1, 0.6, 0.05, 0.25]), 3),
        (np.array([0.02, 0.03, 0.9, 0.05]), 2),
        (default_rng(2).permutation(50) / 1225, 5),
    ],
    mistakes=(lowest, ascending, values, first_only),
    hints=(
        "np.argsort gives the indices that would sort an array, smallest first.",
        "Sort the negative probabilities, or turn the result round, and keep the first k.",
        "np.argsort(-p)[:k]",
    ),
)
