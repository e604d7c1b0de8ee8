"""The step, (hi - lo) / (2**bits - 1), over the root of 12."""

import numpy as np

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(lo, hi, bits):
    scale = (hi - lo) / (2**bits - 1)
    return scale / np.sqrt(12)


def as_a_factor(lo, hi, bits):
    return (hi - lo) / (2**bits - 1) * 12**-0.5


@mistake("half a step is the largest error. Most are smaller: the RMS is a step over root 12.")
def largest(lo, hi, bits):
    return (hi - lo) / (2**bits - 1) / 2


@mistake("a quarter of a step is the mean size of the error. The RMS is a step over root 12.")
def mean_size(lo, hi, bits):
    return (hi - lo) / (2**bits - 1) / 4


@mistake("the mean square is scale**2 / 12. Take its root.")
def mean_square(lo, hi, bits):
    return ((hi - lo) / (2**bits - 1)) ** 2 / 12


@mistake("the root is missing: a step over the root of 12, not over 12.")
def over_twelve(lo, hi, bits):
    return (hi - lo) / (2**bits - 1) / 12


@mistake("that is the step. Its error is smaller: over the root of 12.")
def the_step(lo, hi, bits):
    return (hi - lo) / (2**bits - 1)


@mistake("that counts in steps. In real units a step is as wide as the scale: multiply by it.")
def in_steps(lo, hi, bits):
    return 12**-0.5


@mistake("you divided by the number of levels. Between 2^bits levels lie 2^bits - 1 steps.")
def divides_by_levels(lo, hi, bits):
    return (hi - lo) / 2**bits / np.sqrt(12)


@mistake("255 steps are those of 8 bits; n bits have 2^n - 1.")
def always_8_bits(lo, hi, bits):
    return (hi - lo) / 255 / np.sqrt(12)


@mistake("that is a range from -a to a. Yours goes from lo to hi, and is hi - lo wide.")
def symmetric(lo, hi, bits):
    return 2 * max(-lo, hi) / (2**bits - 1) / np.sqrt(12)


@mistake("0.289 is rounded. The check wants all digits: divide by np.sqrt(12).")
def rounded_factor(lo, hi, bits):
    return (hi - lo) / (2**bits - 1) * 0.289


rounding_rms = Exercise(
    "RMS of rounding",
    solution,
    cases=[
        (-1.0, 1.5, 8),
        (0.0, 6.0, 4),
        (-0.7, 0.25, 2),
        (-3.0, 1.2, 5),
        (-40.0, 7.5, 3),
    ],
    mistakes=(
        largest,
        mean_size,
        mean_square,
        over_twelve,
        the_step,
        in_steps,
        divides_by_levels,
        always_8_bits,
        symmetric,
        rounded_factor,
    ),
    also=(as_a_factor,),
    hints=(
        "How wide is a step? You had that in exercise 1.",
        "Counted in steps the RMS is 1 over the root of 12. The answer is in real units.",
        "scale / np.sqrt(12), with scale = (hi - lo) / (2**bits - 1)",
    ),
    tolerance=FLOAT32,
)
