"""The largest |w| lands on 2**(bits - 1) - 1, the last level of a narrow grid."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(w, bits):
    return np.abs(w).max() / (2 ** (bits - 1) - 1)


def from_both_ends(w, bits):
    return np.maximum(w.max(), -w.min()) / (2 ** (bits - 1) - 1)


@mistake(
    "you divided by 2^(bits - 1), 128 at 8 bits. That level exists on the negative side only, and "
    "narrow range gives it up: the grid ends at 127 on both sides."
)
def wide_scale(w, bits):
    return np.abs(w).max() / 2 ** (bits - 1)


@mistake(
    "you divided the largest |w| by the steps of the whole grid. They cover -max to +max, twice "
    "as much."
)
def all_steps(w, bits):
    return np.abs(w).max() / (2**bits - 1)


@mistake(
    "you divided by 127 whatever the bits. 127 is the largest integer at 8 bits; at n bits it is "
    "2^(n - 1) - 1."
)
def always_127(w, bits):
    return np.abs(w).max() / 127


@mistake("w.max() forgets the negative weights. The largest size counts: np.abs(w).max().")
def max_without_abs(w, bits):
    return w.max() / (2 ** (bits - 1) - 1)


@mistake(
    "that is the scale of the range [min, max]. Symmetric means [-a, a], whatever the other end "
    "does."
)
def asymmetric(w, bits):
    return (w.max() - w.min()) / (2**bits - 2)


@mistake("the smallest weight alone, -w.min(), forgets the positive ones. The largest size counts.")
def min_alone(w, bits):
    return -w.min() / (2 ** (bits - 1) - 1)


@mistake(
    "you divided 2a, from -a to a, by the 2^bits - 1 steps of a wide grid. A narrow one has a "
    "level less, and so 2^bits - 2 steps."
)
def wide_grid(w, bits):
    return 2 * np.abs(w).max() / (2**bits - 1)


_SKEWED = np.array([-2.0, 0.5, 1.25, -0.125])

narrow_scale = Exercise(
    "Scale of narrow symmetric weights",
    solution,
    cases=[
        (_SKEWED, 8),
        (-_SKEWED, 8),
        (default_rng(0).normal(0, 1, 100), 4),
        (_SKEWED, 2),
        (default_rng(1).normal(-9, 2, 7), 3),
        (default_rng(2).normal(20, 300, 30), 5),
        (default_rng(3).normal(0, 1, 12), 6),
    ],
    mistakes=(wide_scale, all_steps, always_127, max_without_abs, asymmetric, min_alone, wide_grid),
    also=(from_both_ends,),
    hints=(
        "Which integers does a narrow signed grid of 8 bits have? The largest is 127.",
        "The largest |w| is to land on the largest integer.",
        "np.abs(w).max() / (2 ** (bits - 1) - 1)",
    ),
    tolerance=FLOAT32,
)
