"""What an exercise is: a right answer, the ways to go wrong on the way to it, and questions.

The check runs the reader's function on the same inputs as the right one. Where they differ it
looks for the mistake that gives exactly the reader's results, and names it: one that is written by
hand, or one or two steps of the solution done another way (`steps`).
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from qnn_edu.lessons.compare import difference
from qnn_edu.lessons.mistakes import Mistake
from qnn_edu.lessons.steps.find import Finder
from qnn_edu.lessons.steps.outcomes import Outcomes
from qnn_edu.lessons.text import arguments

FLOAT32 = 2e-6  # of the largest value: by so much a computation in 32 bits may be off


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
    but for `tolerance` times the largest (0: to the bit). Whole numbers must be of an integer type,
    of the very type `dtype` where one is named. `mistakes` are looked for first, in their order,
    then what may go wrong in the steps of the solution, or of other ways to write it, `also`.
    Two of them are tried together, but for exercises without `pairs`, whose results say too little.
    `hints` go from a nudge to nearly the answer.

    >>> def double(x):
    ...     return 2 * x
    >>> check = Exercise("Double", double, [(3,), (5,)], hints=("Add x to itself.",))
    >>> check(lambda x: x + x)
    Double: right, on all 2 cases.
    >>> check(lambda x: x / 2)
    Double: not yet. What happened: x / 2 in place of 2 * x.
      expected 6
      yours    1.5
    For x = 3
    >>> check.hint()
    Hint 1 of 1: Add x to itself.
    """

    title: str
    solution: Callable
    cases: list[tuple]
    mistakes: tuple[Mistake, ...] = ()
    hints: tuple[str, ...] = ()
    tolerance: float = 0.0
    dtype: str | None = None
    also: tuple[Callable, ...] = ()
    pairs: bool = True

    def __call__(self, answer: Callable) -> Verdict:
        results = []
        for case in self.cases:
            try:
                results.append(answer(*copy.deepcopy(case)))
            except NotImplementedError:
                text = f"{self.title}: not written yet. Fill in the function, run again."
                return Verdict(False, text)
            except (Exception, SystemExit) as error:  # the finding: their code failed
                results.append(error)
        for case, result in zip(self.cases, results, strict=True):
            if finding := self._finding(case, result):
                return self._not_yet(case, finding, results)
        return Verdict(True, f"{self.title}: right, on all {len(self.cases)} cases.")

    def hint(self, number: int = 1) -> Verdict:
        """The first, second, ... hint, from a nudge to nearly the answer."""
        if not 1 <= number <= len(self.hints):
            raise ValueError(f"There are hints 1 to {len(self.hints)}, got {number!r}.")
        return Verdict(False, f"Hint {number} of {len(self.hints)}: {self.hints[number - 1]}")

    def show_solution(self) -> Verdict:
        """The source of one right answer, for a reader who goes looking."""
        return Verdict(False, inspect.getsource(self.solution))

    def _finding(self, case: tuple, result: Any) -> str:
        if isinstance(result, BaseException):
            return f"  your function raised {type(result).__name__}: {result}"
        target = self.solution(*copy.deepcopy(case))
        return difference(target, result, self.tolerance) or self._other_type(result)

    def _other_type(self, result: Any) -> str:
        if self.dtype is None or (name := np.asarray(result).dtype.name) == self.dtype:
            return ""
        return f"  the values are right, but {name}; expected {self.dtype}"

    def _not_yet(self, case: tuple, finding: str, results: list) -> Verdict:
        theirs = Outcomes(lambda result: result, [(result,) for result in results], self.tolerance)
        found = self.finder.find(theirs)
        text = f"{self.title}: not yet.{happened(found.advice)}\n{finding}"
        return Verdict(False, f"{text}\nFor {self._inputs(case)}", found.name)

    def _inputs(self, case: tuple) -> str:
        return arguments(inspect.signature(self.solution).parameters, case)

    @cached_property
    def finder(self) -> Finder:
        solutions = (self.solution, *self.also)
        return Finder(solutions, self.mistakes, self.cases, self.tolerance, self.pairs)


def happened(advice: list[str]) -> str:
    """
    >>> happened(["a forgotten clip."]), happened([])
    (' What happened: a forgotten clip.', '')
    """
    if len(advice) < 2:
        return "".join(f" What happened: {text}" for text in advice)
    return " What happened:" + "".join(f"\n  {i}. {text}" for i, text in enumerate(advice, 1))
