"""Several operators that a diagram shows as one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from qnn_edu.tflite.graph import Operator

MOST = 3  # runs of numbers; of more the first and the last number are told


@dataclass(frozen=True, eq=False)
class Group(Operator):
    """Operators as one, whose inputs and outputs are those of all that others make or read.

    `members` are the operators of the file, in its order. `lines` are what is to be said of them;
    None if the group is told as one of them would be, as a convolution with its activation.
    """

    members: tuple[Operator, ...] = ()
    lines: tuple[str, ...] | None = None


def members(operator: Operator) -> tuple[Operator, ...]:
    """The operators of the file that one of a diagram stands for."""
    return operator.members if isinstance(operator, Group) else (operator,)


def numbered(operator: Operator) -> str:
    """The numbers of the operators that one of a diagram stands for; of many the first and last.

    >>> three = tuple(Operator(k, "MUL", 1, (), ()) for k in (2, 4, 5))
    >>> numbered(three[0]), numbered(Group(5, "SiLU", 1, (), (), members=three))
    ('2', '2, 4–5')
    """
    numbers = [each.index for each in members(operator)]
    starts = [k for k, each in enumerate(numbers) if not k or each != numbers[k - 1] + 1]
    runs = [numbers[a:b] for a, b in pairwise([*starts, len(numbers)])]
    if len(runs) > MOST:
        return f"{numbers[0]} … {numbers[-1]}"
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
