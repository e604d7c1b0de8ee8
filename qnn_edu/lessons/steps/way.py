"""A way in which a step goes wrong: what is done instead, and the words for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum


class Rank(IntEnum):
    """How often a way is met, and so what it is tried together with.

    A mistake written by hand comes first, for it says more. What is usual is tried with all but
    what comes alone; what is rare only with what is usual; what puts a number for an argument also
    with its like.
    """

    BY_HAND = -1
    USUAL = 0
    RARE = 1
    NUMBER = 2
    ALONE = 3


@dataclass(frozen=True)
class Way:
    """`does` takes the operands of the step. In `words`, {a} is the first of them as it is written.

    {where} is the name that the solution gives to what comes out.
    """

    name: str
    does: Callable
    words: str
    rank: Rank = Rank.USUAL


def rare(*ways: Way) -> tuple[Way, ...]:
    return tuple(replace(way, rank=Rank.RARE) for way in ways)


def alone(*ways: Way) -> tuple[Way, ...]:
    return tuple(replace(way, rank=Rank.ALONE) for way in ways)
