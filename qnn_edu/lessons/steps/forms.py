"""The forms of a solution: as written, in another order of steps, with a mistake by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property, partial
from inspect import signature
from typing import Any

from qnn_edu.lessons.mistakes import Mistake
from qnn_edu.lessons.steps.changes import LATER, Change, changes
from qnn_edu.lessons.steps.kinds import KINDS
from qnn_edu.lessons.steps.orders import orders
from qnn_edu.lessons.steps.outcomes import Outcomes
from qnn_edu.lessons.steps.solution import Solution, Unchanged, parsed
from qnn_edu.lessons.steps.way import Rank


@dataclass
class Form:
    """One way to write a solution down, and what can be changed in it.

    `wrong` says what is wrong with it as it stands, if anything. It is `derived` if nobody wrote
    it: steps in another order. `steps` are those of the right solutions.
    """

    solution: Solution | Unchanged
    wrong: Change | None = None
    derived: bool = False
    steps: Set[Any] = frozenset()

    @cached_property
    def changes(self) -> list[Change]:
        """To be tried together with what is wrong.

        In a mistake written by hand only steps are changed that the right solution has as well:
        words for the others would speak of what is wrong as if it were right.
        """
        if self.derived:
            return changes(self.solution.steps, Rank.USUAL)
        found = changes(self.solution.steps, Rank.RARE)
        return [c for c in found if c.kind not in LATER[:2] and self.steps.issuperset(c.steps)]

    def keep_what_differs(self, right: Outcomes) -> Form:
        """Of changes that give the same only the first, if it is not right.

        What makes no difference by itself may make one together with another change.
        """
        known, kept = defaultdict(list), []
        for change in changes(self.solution.steps, Rank.USUAL if self.derived else Rank.ALONE):
            function = partial(self.solution.instead, [change.does])
            outcomes = Outcomes(function, right.cases, right.tolerance)
            alike = known[outcomes.hint, change.rank == Rank.NUMBER]
            if right.agree(outcomes):
                kept.append(change)
            elif not any(map(outcomes.agree, alike)):
                kept.append(change)
                alike.append(outcomes)
        self.changes = kept
        return self


def forms(
    solutions: tuple[Callable, ...], mistakes: tuple[Mistake, ...], right: Outcomes
) -> Iterator[Form]:
    """Those of each solution, then the mistakes written by hand, then no solution at all."""
    steps = set()
    for function in solutions:
        given = Form(Solution(function, KINDS.keys())).keep_what_differs(right)
        steps.update(step for change in given.changes for step in change.steps)
        yield given
        yield from _in_other_orders(function, right)
    for mistake in mistakes:
        wrong = Change(mistake.name, (mistake.advice,), rank=Rank.BY_HAND)
        yield Form(Solution(mistake.function, KINDS.keys()), wrong, steps=steps)
    for place, name in enumerate(signature(solutions[0]).parameters):
        words = f"that is {name}, as it came in."
        yield Form(Unchanged(place), Change(words, (words,)))


def _in_other_orders(function: Callable, right: Outcomes) -> Iterator[Form]:
    """Some of them are right: another way to write the solution."""
    known = set()
    for words, tree in orders(parsed(function)):
        solution = Solution(function, KINDS.keys(), tree)
        if solution.source in known:
            continue
        known.add(solution.source)
        if right.are_given_by(solution):
            yield Form(solution, derived=True).keep_what_differs(right)
        else:
            yield Form(solution, Change(words, (words,), rank=Rank.USUAL), derived=True)
