"""The change, or the two changes, that turn a solution into a reader's answer."""

from __future__ import annotations

import itertools
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from qnn_edu.lessons.mistakes import Mistake
from qnn_edu.lessons.steps.changes import Change, changes
from qnn_edu.lessons.steps.kinds import KINDS
from qnn_edu.lessons.steps.orders import orders
from qnn_edu.lessons.steps.outcomes import Outcomes
from qnn_edu.lessons.steps.solution import Solution, parsed
from qnn_edu.lessons.steps.way import Rank


PAIRS = 15_000  # at most, so that a check answers at once


@dataclass
class Form:
    """One way to write a solution down, and what can be changed in it.

    `wrong` says what is wrong with it as it stands, if anything. It is `derived` if nobody wrote it:
    steps in another order.
    """

    solution: Solution
    wrong: Change | None = None
    derived: bool = False

    @cached_property
    def changes(self) -> list[Change]:
        """To be tried together with what is wrong."""
        return changes(self.solution.steps, Rank.USUAL if self.derived else Rank.NUMBER)


@dataclass(frozen=True)
class Found:
    """What turns a solution into the answer that was given: nothing, one change or two."""

    form: Form | None = None
    changes: tuple[Change, ...] = ()

    @property
    def name(self) -> str | None:
        return " and ".join(change.name for change in self.changes) or None

    @property
    def advice(self) -> list[str]:
        return [text for change in self.changes for text in change.advice]

    def __call__(self, *arguments: Any) -> Any:
        """Errs in the very way that was found."""
        return self.form.solution.instead([change.does for change in self.changes], *arguments)


@dataclass
class Finder:
    """Knows the usual ways to go wrong on the way to a solution.

    `solutions` are all right, and written in different ways. `mistakes` are written by hand.
    Without `pairs` no two changes are tried together.
    """

    solutions: tuple[Callable, ...]
    mistakes: tuple[Mistake, ...]
    cases: list[tuple]
    tolerance: float
    pairs: bool = True

    def find(self, theirs: Outcomes) -> Found:
        """What gives the outcomes of the reader's function; nothing if no two changes do."""
        with quiet():
            if theirs.apart_from(self.right):
                for form, *changes in self._candidates(theirs):
                    function = partial(form.solution.instead, [change.does for change in changes])
                    if theirs.are_given_by(function, self.cases):
                        return Found(form, tuple(changes))
        return Found()

    @cached_property
    def right(self) -> Outcomes:
        return Outcomes(self.solutions[0], self.cases, self.tolerance)

    @cached_property
    def forms(self) -> list[Form]:
        """Those that are right first."""
        with quiet():
            return sorted(self._read(), key=lambda form: form.wrong is not None)

    def _read(self) -> Iterator[Form]:
        known = set()
        for function in self.solutions:
            yield self._right(Form(Solution(function, KINDS.keys())))
            for words, tree in orders(parsed(function)):
                solution = Solution(function, KINDS.keys(), tree)
                if solution.source not in known:
                    known.add(solution.source)
                    if self.right.are_given_by(solution, self.cases):
                        yield self._right(Form(solution, derived=True))
                    else:
                        yield Form(solution, Change(words, (words,)), derived=True)
        for mistake in self.mistakes:
            change = Change(mistake.name, (mistake.advice,), rank=Rank.BY_HAND)
            yield Form(Solution(mistake.function, KINDS.keys()), change)

    def _right(self, form: Form) -> Form:
        """With its changes; of those that give the same the first alone, if it is not right.

        What makes no difference by itself may make one together with another change.
        """
        known, kept = defaultdict(list), []
        for change in changes(form.solution.steps, Rank.USUAL if form.derived else Rank.ALONE):
            outcomes = Outcomes(Found(form, (change,)), self.cases, self.tolerance)
            alike = known[outcomes.hint, change.rank == Rank.NUMBER]
            if self.right.agree(outcomes):
                kept.append(change)
            elif not any(map(outcomes.agree, alike)):
                kept.append(change)
                alike.append(outcomes)
        form.changes = kept
        return form

    def _candidates(self, theirs: Outcomes) -> Iterator[tuple]:
        """What is the same whatever comes in says little: then only what explains just that."""
        if theirs.constant:
            told = (each for each in self._single() if each[1].rank in (Rank.BY_HAND, Rank.NUMBER))
            numbers = ((form, *pair) for form in self.forms for pair in _numbers(form))
            return itertools.chain(told, numbers)
        return itertools.chain(self._single(), self._pairs())

    def _single(self) -> Iterator[tuple]:
        wrong = ((form, form.wrong) for form in self.forms if form.wrong)
        right = ((form, change) for form in self.forms if not form.wrong for change in form.changes)
        return iter(sorted((*wrong, *right), key=lambda each: each[1].rank))

    def _pairs(self) -> Iterator[tuple]:
        forms = self.forms if self.pairs else ()
        found = (
            (form, *pair) for pairs in (_usual, _rare) for form in forms for pair in pairs(form)
        )
        return itertools.islice(found, PAIRS)


def _usual(form: Form) -> Iterator[tuple[Change, Change]]:
    """What is wrong with a form, and any change; two usual changes of one that is right."""
    if form.wrong:
        return ((form.wrong, change) for change in form.changes)
    if form.derived:
        return iter(())
    return _apart(itertools.combinations(_ranked(form, Rank.USUAL), 2))


def _rare(form: Form) -> Iterator[tuple[Change, Change]]:
    """A usual change and one that is not; two numbers for arguments; two alike."""
    if form.wrong or form.derived:
        return iter(())
    usual, rare, numbers = (_ranked(form, rank) for rank in (Rank.USUAL, Rank.RARE, Rank.NUMBER))
    rare.sort(key=lambda change: change.way)
    alike = (list(group) for _, group in itertools.groupby(rare, lambda change: change.way))
    pairs = (
        *(itertools.combinations(group, 2) for group in alike),
        itertools.product(usual, rare),
        itertools.product(usual, numbers),
        _numbers(form),
    )
    return _apart(itertools.chain(*pairs))


def _numbers(form: Form) -> Iterator[tuple[Change, Change]]:
    """Numbers for two arguments."""
    given = not form.wrong and not form.derived
    return _apart(itertools.combinations(_ranked(form, Rank.NUMBER), 2)) if given else iter(())


def _ranked(form: Form, rank: Rank) -> list[Change]:
    return [change for change in form.changes if change.rank == rank]


def _apart(pairs: Iterator[tuple[Change, Change]]) -> Iterator[tuple[Change, Change]]:
    """At different places."""
    return (pair for pair in pairs if pair[0].does.keys().isdisjoint(pair[1].does))


@contextmanager
def quiet() -> Iterator[None]:
    """What goes wrong on purpose gives no warnings."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
