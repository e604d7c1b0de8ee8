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

PAIRS = 12_000  # at most, so that a check answers at once


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
        given = [form for form in self.forms if not form.wrong and not form.derived]
        return chain(told, _each(given, _numbers)) if theirs.some else iter(())

    def _two(self) -> Iterator[tuple[Form, Change, Change]]:
        """What is met most comes first: it explains most simply."""
        wrong = [form for form in self.forms if form.wrong]
        by_hand = [form for form in wrong if not form.derived]
        in_other_order = [form for form in wrong if form.derived]
        given = [form for form in self.forms if not form.wrong and not form.derived]
        pairs = (
            _each(by_hand, lambda form: _with_what_is_wrong(form, Rank.USUAL)),
            _each(given, lambda form: combinations(_ranked(form, Rank.USUAL), 2)),
            _each(in_other_order, lambda form: _with_what_is_wrong(form, Rank.USUAL)),
            _each(by_hand, lambda form: _with_what_is_wrong(form, Rank.RARE)),
            _each(given, _numbers),
            _each(given, _alike),
            _each(given, lambda form: product(_ranked(form, Rank.USUAL), _ranked(form, Rank.RARE))),
            _each(
                given, lambda form: product(_ranked(form, Rank.USUAL), _ranked(form, Rank.NUMBER))
            ),
        )
        return islice(chain(*pairs), PAIRS)


def _each(forms: list[Form], pairs: Callable) -> Iterator[tuple[Form, Change, Change]]:
    """The pairs of each form that change different places."""
    for form in forms:
        for one, other in pairs(form):
            if one.does.keys().isdisjoint(other.does):
                yield form, one, other


def _with_what_is_wrong(form: Form, *ranks: Rank) -> Iterator[tuple[Change, Change]]:
    return ((form.wrong, change) for change in _ranked(form, *ranks))


def _numbers(form: Form) -> Iterator[tuple[Change, Change]]:
    """Numbers for two arguments."""
    return combinations(_ranked(form, Rank.NUMBER), 2)


def _alike(form: Form) -> Iterator[tuple[Change, Change]]:
    """The same at two places."""
    rare = sorted(_ranked(form, Rank.RARE), key=lambda change: change.way)
    groups = groupby(rare, lambda change: change.way)
    return chain(*(combinations(list(group), 2) for _, group in groups))


def _ranked(form: Form, *ranks: Rank) -> list[Change]:
    return [change for change in form.changes if change.rank in ranks]


@contextmanager
def quiet() -> Iterator[None]:
    """What goes wrong on purpose gives no warnings.

    >>> with quiet():
    ...     np.float64(1) / 0
    np.float64(inf)
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
