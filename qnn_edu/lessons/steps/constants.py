"""Ways in which a number of the solution goes wrong."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from qnn_edu.lessons.steps.step import Step
from qnn_edu.lessons.steps.way import Rank, Way

MISTAKEN = {
    255: (256, 127, 128),
    127: (128, 255, 126),
    -128: (-127, 0),
    31: (32, 30),
    10: (20, 1),
    2: (10,),
    1: (0, 2),
    0.5: (0, 1),
}


def number(step: Step) -> Iterator[Way]:
    """What it is usually mistaken for, its neighbours, its double and its half."""
    right = ast.literal_eval(step.operands[0])
    usual = MISTAKEN.get(right, ())
    near = right + 1, right - 1
    for other in dict.fromkeys((*usual, *near, 2 * right, right / 2, -right)):
        if other != right:
            rank = Rank.USUAL if other in usual else Rank.RARE if other in near else Rank.ALONE
            yield Way(f"{other:g}", _always(other), f"{other:g} in place of {{a}}.", rank)


def _always(number: float) -> Callable:
    return lambda value: number


KINDS = {"number": number}
