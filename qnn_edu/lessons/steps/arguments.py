"""Ways in which an argument goes wrong: another one is used, or it is not used at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from qnn_edu.lessons.steps.conversions import wraps
from qnn_edu.lessons.steps.fits import is_array, is_real, is_whole, is_whole_array, only
from qnn_edu.lessons.steps.step import Step
from qnn_edu.lessons.steps.way import Rank, Way, alone, rare


def right_for(other: str, change: Callable, fits: Callable = lambda value: True) -> Way:
    """The answer is right for another argument than the one that was given."""
    return Way(other, only(fits, change), f"right for {other} in place of {{a}}.")


def one_for_all(which: str, change: Callable) -> Way:
    words = f"the {which} of {{a}} is used for all; each has its own."
    return Way(f"its {which}", change, words)


ARGUMENT = (
    *rare(
        right_for("-{a}", lambda v: -v, lambda v: not is_whole(v)),
        right_for("{a} without its sign", np.abs),
        right_for("{a} + 1", lambda v: v + 1, is_whole),
        right_for("{a} - 1", lambda v: v - 1, is_whole),
        right_for("1 / {a}", lambda v: 1 / v),
        right_for("{a} ** 2", lambda v: v * v),
        right_for("1 - {a}", lambda v: 1 - v, is_real),
        right_for("{a} turned round, its last first,", lambda v: v[::-1], is_array),
        right_for("{a} with its axes in reverse order", lambda v: v.T, is_array),
        one_for_all("mean", np.mean),
        one_for_all("largest", np.max),
        one_for_all("first", only(is_array, lambda v: v[0])),
        one_for_all("last", only(is_array, lambda v: v[-1])),
    ),
    *alone(
        one_for_all("sum", np.sum),
        right_for("2 * {a}", lambda v: 2 * v),
        right_for("the root of {a}", np.sqrt),
        right_for("{a} read as int8", wraps(np.int8), is_whole_array),
        right_for("{a} read as uint8", wraps(np.uint8), is_whole_array),
        Way("first left out", lambda v: v[1:], "the first of {a} is left out."),
        Way("last left out", lambda v: v[:-1], "the last of {a} is left out."),
        Way("rounded", np.round, "{a} itself is rounded first."),
    ),
)
WHOLE = "0 1 2 3 4 5 8 16 31 32 127 128 -128 255 256".split()
REAL = "0 1 0.1 0.5 0.9 0.99 0.001 1/255 1/256 1/128 2/255 127.5 128 255".split()


def argument(step: Step) -> Iterator[Way]:
    """The argument changed, or one number for it, whatever it is."""
    yield from ARGUMENT
    for numbers, kind, fits in ((WHOLE, int, is_whole), (REAL, float, is_real)):
        for number in numbers:
            words = f"right for {{a}} = {number} alone: yours does not depend on {{a}}."
            yield Way(number, only(fits, _always(kind(Fraction(number)))), words, Rank.NUMBER)


def _always(number: float) -> Callable:
    return lambda value: number


def name(step: Step) -> Iterator[Way]:
    """Another argument or variable where this one is used."""
    for place, other in enumerate(step.operands[1:], 1):
        yield Way(other, _operand(place), f"{other} in place of {{a}}.", Rank.RARE)


def _operand(place: int) -> Callable:
    return lambda *operands: operands[place]


KINDS = {"argument": argument, "name": name}
