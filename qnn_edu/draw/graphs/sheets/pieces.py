"""The pieces of a picture: bands of networks that stand beside one another, and their folds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from qnn_edu.draw.graphs.group import members
from qnn_edu.draw.graphs.sheets.plans import Plan
from qnn_edu.draw.graphs.words.listing import listing, part, summary
from qnn_edu.draw.graphs.words.options import calls
from qnn_edu.tflite.graph import Operator

FOLD = 50  # boxes of a part of an outline


@dataclass(frozen=True)
class Strip:
    """A band of the network of this number."""

    number: int
    plan: Plan
    band: range

    @property
    def is_first(self) -> bool:
        """Whether it is the network's first band."""
        return self.band.start == 0

    def operators(self) -> list[Operator]:
        """The operators of the band, all times that a block repeats."""
        blocks = (block for column in self.band for block in self.plan.layout.columns[column])
        return [op for block in blocks for run in block.repeats for op in run]

    def runs(self) -> list[tuple[Operator, int]]:
        """The operators that run other networks of the model, and their numbers."""
        return [(op, k) for op in self.operators() for _, k in calls(op)]


Piece = list[Strip]


def beside(plans: Sequence[Plan]) -> list[Piece]:
    """The first bands of all networks, then the second ones, and so on."""
    rows = zip_longest(*(_strips(k, plan) for k, plan in enumerate(plans)))
    return [[strip for strip in row if strip] for row in rows]


def by_call(plans: Sequence[Plan]) -> list[Piece]:
    """The bands of the first network, each with the networks that it runs; then the others.

    A network of several bands is too large to stand beside another.
    """
    left = {k: plan for k, plan in enumerate(plans) if k}
    pieces = []
    for strip in _strips(0, plans[0]):
        piece = [strip]
        for one in piece:  # which grows by what its networks run
            for _, k in one.runs():
                if k in left and len(left[k].layout.bands) == 1:
                    piece += _strips(k, left.pop(k))
        pieces.append(piece)
    return pieces + [[strip] for k, plan in left.items() for strip in _strips(k, plan)]


def folded(plans: Sequence[Plan]) -> list[list[Piece]]:
    """The bands of all networks one by one, in parts of at most FOLD boxes, or one band."""
    found: list[list[Piece]] = []
    for k, plan in enumerate(plans):
        total = FOLD
        for strip in _strips(k, plan):
            size = plan.layout.boxes(strip.band)
            if total + size > FOLD:
                found.append([])
                total = 0
            found[-1].append([strip])
            total += size
    return found


def about(pieces: Sequence[Piece], label: str) -> tuple[str, str]:
    """A line about the operators in bands of one network, and a line for each of them."""
    plan = pieces[0][0].plan
    drawn = [op for piece in pieces for strip in piece for op in strip.operators()]
    some = part(plan.told, {member.index for op in drawn for member in members(op)})
    title = f"{plan.network.title}, " if plan.network.title else ""
    return title + summary(some), listing(some, values=plan.network.values, label=label)


def _strips(number: int, plan: Plan) -> Iterator[Strip]:
    return (Strip(number, plan, band) for band in plan.layout.bands)
