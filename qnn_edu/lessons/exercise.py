"""What an exercise is: a right answer, the wrong ones that readers usually give, and questions.

A mistake is itself a function. The check runs the reader's function on the same inputs as the
right one; where they differ, it looks for the mistake that gives exactly the reader's results, and
names it.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from qnn_edu.lessons.compare import difference
from qnn_edu.lessons.mistakes import Mistake
from qnn_edu.lessons.text import argument


@dataclass(frozen=True)
class Verdict:
    """What a check found. `mistake` names the wrong answer, where it is one that we know.

    >>> Verdict(True, "Right.")
    Right.
    """

    passed: bool
    text: str
    mistake: str | None = None

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Exercise:
    """An exercise that answers back: call it with the reader's function.

    `cases` are tuples of arguments; results must equal those of `solution` in shape and in value,
    to a relative `tolerance` (0: to the bit). Whole numbers must be of an integer type, of the very
    type `dtype` where one is named. Of `mistakes`, the first that gives the reader's results in all
    cases is named; `hints` go from a nudge to nearly the answer.

    >>> double = Exercise("Double", lambda x: 2 * x, [(3,), (5,)], hints=("Add x to itself.",))
    >>> double(lambda x: x + x)
    Double: right, on all 2 cases.
    >>> double(lambda x: x * x).passed
    False
    >>> double.hint()
    Hint 1 of 1: Add x to itself.
    """

    title: str
    solution: Callable
    cases: list[tuple]
    mistakes: tuple[Mistake, ...] = ()
    hints: tuple[str, ...] = ()
    tolerance: float = 0.0
    dtype: str | None = None

    def __call__(self, answer: Callable) -> Verdict:
        for case in self.cases:
            try:
                result = answer(*copy.deepcopy(case))
            except NotImplementedError:
                text = f"{self.title}: not written yet. Fill in the function, run again."
                return Verdict(False, text)
            except (Exception, SystemExit) as error:  # the finding: their code failed
                raised = f"  your function raised {type(error).__name__}: {error}"
                return Verdict(False, self._not_yet(case, raised))
            target = self.solution(*copy.deepcopy(case))
            finding = difference(target, result, self.tolerance) or self._other_type(result)
            if finding:
                return self._explain(answer, case, finding)
        return Verdict(True, f"{self.title}: right, on all {len(self.cases)} cases.")

    def hint(self, number: int = 1) -> Verdict:
        """The first, second, ... hint, from a nudge to nearly the answer."""
        if not 1 <= number <= len(self.hints):
            raise ValueError(f"There are hints 1 to {len(self.hints)}, got {number!r}.")
        return Verdict(False, f"Hint {number} of {len(self.hints)}: {self.hints[number - 1]}")

    def show_solution(self) -> Verdict:
        """The source of one right answer, for a reader who goes looking."""
        return Verdict(False, inspect.getsource(self.solution))

    def _explain(self, answer: Callable, case: tuple, finding: str) -> Verdict:
        text = self._not_yet(case, finding)
        for mistake in self.mistakes:
            if self._gives_the_same(mistake, answer):
                return Verdict(False, f"{text}\nWhat happened: {mistake.advice}", mistake.name)
        return Verdict(False, text)

    def _other_type(self, result: Any) -> str:
        if self.dtype is None or (name := np.asarray(result).dtype.name) == self.dtype:
            return ""
        return f"  the values are right, but {name}; expected {self.dtype}"

    def _not_yet(self, case: tuple, finding: str) -> str:
        names = inspect.signature(self.solution).parameters
        given = [f"{n} = {argument(v)}" for n, v in zip(names, case, strict=True)]
        return f"{self.title}: not yet. For {'; '.join(given)}\n{finding}"

    def _gives_the_same(self, mistake: Mistake, answer: Callable) -> bool:
        for case in self.cases:
            try:
                theirs = answer(*copy.deepcopy(case))
            except Exception:  # no known mistake raises
                return False
            with np.errstate(all="ignore"):
                ours = mistake(*copy.deepcopy(case))
            if difference(ours, theirs, max(self.tolerance, 1e-6), kinds=False):
                return False
        return True
