"""Ways in which a rounding goes wrong."""

import numpy as np

from qnn_edu.lessons.steps.way import Way, rare


def cut_behind_half(v: np.ndarray) -> np.ndarray:
    return np.trunc(v + 0.5)


def half_away(v: np.ndarray) -> np.ndarray:
    return np.trunc(v + np.copysign(0.5, v))


def away(v: np.ndarray) -> np.ndarray:
    return np.copysign(np.ceil(np.abs(v)), v)


ROUNDING = (
    Way("down", np.floor, "rounded down, always; the nearest may be the one above."),
    Way("cut", np.trunc, "the fraction is cut off, towards zero; round to the nearest."),
    Way("up", np.ceil, "rounded up, always; the nearest may be the one below."),
    Way("left out", lambda v: v, "nothing is rounded to a whole number."),
    Way("cut behind a half", cut_behind_half, "0.5 added, then cut off: right for v > 0 alone."),
    Way("half too high", lambda v: np.round(v + 0.5), "0.5 is added, then rounded: too high."),
    *rare(
        Way("half up", lambda v: np.floor(v + 0.5), "ties go up."),
        Way("half even", np.round, "ties go to the even neighbour."),
        Way("half away", half_away, "ties go away from zero."),
        Way("half down", lambda v: np.ceil(v - 0.5), "ties go down."),
        Way("away", away, "rounded away from zero, always."),
        Way(
            "half too low", lambda v: np.round(v - 0.5), "0.5 is subtracted, then rounded: too low."
        ),
        Way(
            "one decimal",
            lambda v: np.round(v, 1),
            "rounded to one decimal, not to a whole number.",
        ),
    ),
)

KINDS = dict.fromkeys(("round", "rint", "around", "floor"), ROUNDING)
