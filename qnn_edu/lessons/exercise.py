"""What an exercise is: a right answer, the ways to go wrong on the way to it, and questions.

The check runs the reader's function on the same inputs as the right one. Where they differ it
looks for the mistake that gives exactly the reader's results, and names it: one that is written by
hand, or one or two steps of the solution done another way (`steps`). Where they agree it remembers
the reader's function, for `mine` to use and to keep.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from qnn_edu.lessons.compare import difference
from qnn_edu.lessons.mistakes import Mistake
from qnn_edu.lessons.steps.find import Finder, quiet
from qnn_edu.lessons.steps.outcomes import Outcomes
from qnn_edu.lessons.text import arguments

UNTIL = "ours, until yours is right"
FLOAT32 = 2e-6  # of the largest value: by so much a computation in 32 bits may be off


@dataclass(frozen=True)
class Verdict:
    """What a check found. `mistake` names the wrong answer, where it is one that we know.

    It can be called like the function that was checked: that is `answer` where it is right, and
    `ours` until then.

    >>> Verdict(True, "Right.")
    Right.
    >>> Verdict(False, "Not yet.", answer=lambda x: x / 2, ours=lambda x: 2 * x)(3)
    6
    """

    passed: bool
    text: str
    mistake: str | None = None
    answer: Callable | None = None
    ours: Callable | None = None

    def __repr__(self) -> str:
        return self.text

    def __call__(self, *arguments: Any) -> Any:
        function = self.answer if self.passed else self.ours
        if function is None:
            raise TypeError("This is a text to read, not the verdict on a function.")
        return function(*arguments)

    @property
    def whose(self) -> str:
        """Whose function it calls: "yours" or "ours, until yours is right"."""
        return "yours" if self.passed else UNTIL


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

    What the last answer was, if right, is remembered; a verdict stands for its answer.

    >>> check.right is None  # the last one was wrong
    True
    >>> check(check(lambda x: x + x))(4), check.right(4)
    (8, 8)
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
    _right: list[Callable] = field(default_factory=list, init=False, repr=False, compare=False)

    def __call__(self, answer: Callable) -> Verdict:
        answer = answer.answer if isinstance(answer, Verdict) else answer
        self._right.clear()
        verdict = replace(self._verdict(answer), answer=answer, ours=self.solution)
        self._right.extend([answer] if verdict.passed else [])
        return verdict

    @property
    def right(self) -> Callable | None:
        """The last answer that was checked, if it was right."""
        return self._right[0] if self._right else None

    @property
    def name(self) -> str:
        """What its lesson calls it, and its module is called.

        >>> from qnn_edu.lessons import lesson_01
        >>> lesson_01.model_input.lesson, lesson_01.model_input.name
        ('lesson_01', 'model_input')
        """
        return self.solution.__module__.split(".")[-1]

    @property
    def lesson(self) -> str:
        """The package of its lesson."""
        return self.solution.__module__.split(".")[-2]

    def accepts(self, answer: Callable) -> bool:
        """Whether an answer is right; nothing is said, looked for or remembered."""
        with quiet():
            pairs = zip(self.cases, self._results(answer), strict=True)
            return not any(self._finding(case, result) for case, result in pairs)

    def _verdict(self, answer: Callable) -> Verdict:
        results = self._results(answer)
        if any(isinstance(result, NotImplementedError) for result in results):
            return Verdict(
                False, f"{self.title}: not written yet. Fill in the function, run again."
            )
        for case, result in zip(self.cases, results, strict=True):
            if finding := self._finding(case, result):
                return self._not_yet(case, finding, results)
        return Verdict(True, f"{self.title}: right, on all {len(self.cases)} cases.")

    def _results(self, answer: Callable) -> list:
        """What an answer gives in each case, or the error that it raises."""
        results = []
        for case in self.cases:
            try:
                results.append(answer(*copy.deepcopy(case)))
            except (Exception, SystemExit) as error:  # the finding: their code failed
                results.append(error)
        return results

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
            return (
                f"  your function raised {type(result).__name__}: {result}{self._way_out(result)}"
            )
        target = self.solution(*copy.deepcopy(case))
        return difference(target, result, self.tolerance) or self._other_type(result)

    def _way_out(self, error: BaseException) -> str:
        """What to run, where a name is missing that a cell above defines."""
        name = error.name if isinstance(error, NameError) else None
        if name in self.solution.__globals__:
            return ". Run the first cell of the lesson, as after every restart."
        if name and name.startswith("my_"):
            return ". Run the cell that defines it, as after every restart."
        return ""

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
