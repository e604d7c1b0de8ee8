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

SHOWN = 6


@dataclass(frozen=True)
class Mistake:
    """A usual wrong answer: `function` gives the same results, `advice` says why they are wrong."""

    function: Callable
    advice: str


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
    type `dtype` where one is named.

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
            except (
                Exception,
                SystemExit,
            ) as error:  # the finding: their code failed
                raised = f"  your function raised {type(error).__name__}: {error}"
                return Verdict(False, self._not_yet(case, raised))
            target = self.solution(*copy.deepcopy(case))
            difference = _difference(target, result, self.tolerance) or self._other_type(result)
            if difference:
                return self._explain(answer, case, difference)
        return Verdict(True, f"{self.title}: right, on all {len(self.cases)} cases.")

    def hint(self, number: int = 1) -> Verdict:
        """The first, second, ... hint, from a nudge to nearly the answer."""
        if not 1 <= number <= len(self.hints):
            raise ValueError(f"There are hints 1 to {len(self.hints)}, got {number!r}.")
        return Verdict(False, f"Hint {number} of {len(self.hints)}: {self.hints[number - 1]}")

    def show_solution(self) -> Verdict:
        """The source of one right answer, for a reader who goes looking."""
        return Verdict(False, inspect.getsource(self.solution))

    def _explain(self, answer: Callable, case: tuple, difference: str) -> Verdict:
        text = self._not_yet(case, difference)
        for mistake in self.mistakes:
            if self._gives_the_same(mistake.function, answer):
                name = mistake.function.__name__
                return Verdict(False, f"{text}\nWhat happened: {mistake.advice}", name)
        return Verdict(False, text)

    def _other_type(self, result: Any) -> str:
        if self.dtype is None or (name := np.asarray(result).dtype.name) == self.dtype:
            return ""
        return f"  the values are right, but {name}; expected {self.dtype}"

    def _not_yet(self, case: tuple, finding: str) -> str:
        names = inspect.signature(self.solution).parameters
        given = [f"{n} = {_argument(v)}" for n, v in zip(names, case, strict=True)]
        return f"{self.title}: not yet. For {'; '.join(given)}\n{finding}"

    def _gives_the_same(self, mistake: Callable, answer: Callable) -> bool:
        for case in self.cases:
            try:
                theirs = answer(*copy.deepcopy(case))
            except Exception:  # no known mistake raises
                return False
            with np.errstate(all="ignore"):
                ours = mistake(*copy.deepcopy(case))
            if _difference(ours, theirs, max(self.tolerance, 1e-6), kinds=False):
                return False
        return True


def _difference(target: Any, result: Any, tolerance: float, *, kinds: bool = True) -> str:
    """Empty where `result` is as good as `target`; else the two side by side.

    With `kinds`, whole numbers must also be of an integer type. Real ones may be of any: what is
    cut off shows in the values.
    """
    if result is None:
        return "  nothing came back. Is there a return?"
    if isinstance(target, tuple):
        return _tuple_difference(target, result, tolerance, kinds)
    try:
        target, result = np.asarray(target), np.asarray(result)
    except ValueError as error:
        return f"  the result is no array of numbers: {error}"
    if result.dtype.kind not in "biuf":
        return f"  the result holds {result.dtype}, not numbers."
    if result.shape != target.shape:
        return f"  expected {_shape(target)}, yours {_shape(result)}"
    wrong = ~np.isclose(result.astype(float), target.astype(float), tolerance, 0, equal_nan=True)
    if wrong.any():
        return _table(target, result, wrong)
    if kinds and target.dtype.kind in "biu" and result.dtype.kind == "f":
        wanted = "whole numbers of an integer type"
        return f"  the values are right, but {result.dtype}; expected {wanted}"
    return ""


def _shape(array: np.ndarray) -> str:
    return f"shape {array.shape}" if array.ndim else "one number"


def _tuple_difference(target: tuple, result: Any, tolerance: float, kinds: bool) -> str:
    if not isinstance(result, tuple | list) or len(result) != len(target):
        return f"  expected a tuple of {len(target)} values, yours {result!r}"
    pairs = zip(target, result, strict=True)
    parts = [_difference(t, r, tolerance, kinds=kinds) for t, r in pairs]
    return "\n".join(f"  value {i + 1}:\n{part}" for i, part in enumerate(parts) if part)


def _table(target: np.ndarray, result: np.ndarray, wrong: np.ndarray) -> str:
    rows = []
    if wrong.ndim:
        rows.append(f"  {wrong.sum()} of {wrong.size} values differ, the first at index "
                    f"{', '.join(str(i[0]) for i in np.nonzero(wrong))}")  # fmt: skip
    digits = next((n for n in (6, 9) if _row(target[wrong], n) != _row(result[wrong], n)), 17)
    rows += [f"  {name:8} {_row(values[wrong], digits)}" for name, values in
             (("expected", target), ("yours", result))]  # fmt: skip
    return "\n".join(rows)


def _row(values: np.ndarray, digits: int = 6) -> str:
    shown = ", ".join(f"{v:.{digits}g}" for v in values.ravel()[:SHOWN])
    return shown + (", ..." if values.size > SHOWN else "")


def _argument(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.size > SHOWN:
        return f"array of shape {value.shape}: {_row(value, 4)}"
    if isinstance(value, np.ndarray | np.generic):
        return str(value.tolist())
    return repr(value)
