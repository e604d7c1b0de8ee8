"""The change, or the two changes, that turn a solution into a reader's answer."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, combinations, groupby, islice, product
from typing import Any

import numpy as np

from qnn_edu.lessons.mistakes import Mistake
from qnn_edu.lessons.steps.changes import Change
from qnn_edu.lessons.steps.forms import Form, forms
from qnn_edu.lessons.steps.outcomes import Outcomes
from qnn_edu.lessons.steps.way import Rank

PAIRS = 15_000  # at most, so that a check answers at once


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
        with quiet():
            return list(forms(self.solutions, self.mistakes, self.right))

    def singles(self) -> list[tuple[Form, Change]]:
        """All that can be wrong by itself: by hand first, then what is usual, orders before it."""
        wrong = ((form, form.wrong) for form in self.forms if form.wrong)
        right = ((form, change) for form in self.forms if not form.wrong for change in form.changes)
        return sorted((*wrong, *right), key=lambda each: each[1].rank)

    def _candidates(self, theirs: Outcomes) -> Iterator[tuple]:
        if not theirs.constant:
            return chain(self.singles(), self._two() if self.pairs else ())
        # What is the same whatever comes in says little: only what explains just that.
        told = (each for each in self.singles() if each[1].rank in (Rank.BY_HAND, Rank.NUMBER))
        given = (form for form in self.forms if not form.wrong and not form.derived)
        numbers = ((form, *pair) for form in given for pair in _numbers(form))
        return chain(told, numbers) if theirs.some else iter(())

    def _two(self) -> Iterator[tuple[Form, Change, Change]]:
        wrong = ((f, f.wrong, change) for f in self.forms if f.wrong for change in f.changes)
        given = [form for form in self.forms if not form.wrong and not form.derived]
        right = ((f, *pair) for pairs in (_usual, _rare) for f in given for pair in pairs(f))
        return islice(chain(wrong, right), PAIRS)


def _usual(form: Form) -> Iterator[tuple[Change, Change]]:
    return _apart(combinations(_ranked(form, Rank.USUAL), 2))


def _rare(form: Form) -> Iterator[tuple[Change, Change]]:
    """Two rare ones alike; one that is usual and one that is not; numbers for two arguments."""
    usual, rare, numbers = (_ranked(form, rank) for rank in (Rank.USUAL, Rank.RARE, Rank.NUMBER))
    groups = groupby(sorted(rare, key=lambda change: change.way), lambda change: change.way)
    alike = (combinations(list(group), 2) for _, group in groups)
    return _apart(chain(*alike, product(usual, [*rare, *numbers]), _numbers(form)))


def _numbers(form: Form) -> Iterator[tuple[Change, Change]]:
    return _apart(combinations(_ranked(form, Rank.NUMBER), 2))


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
