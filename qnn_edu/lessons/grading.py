"""A check that fails its cell, as nbgrader and its button *Validate* understand it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stderr

from qnn_edu.lessons.exercise import Exercise


def grade(check: Exercise, answer: Callable) -> None:
    """Say what the check found; where the answer is not right, by an error.

    What the answer writes to stderr goes to stdout, since nbgrader takes a line on stderr for a
    failure, and a warning is none.

    Raises:
        AssertionError: the verdict, where the answer is not right.

    >>> def twice(x):
    ...     return 2 * x
    >>> double = Exercise("Double", twice, [(3,), (5,)])
    >>> grade(double, lambda x: x + x)
    Double: right, on all 2 cases.
    >>> grade(double, lambda x: x / 2)
    Traceback (most recent call last):
    AssertionError: Double: not yet. What happened: x / 2 in place of 2 * x.
      expected 6
      yours    1.5
    For x = 3
    """
    __tracebackhide__ = True  # the verdict is seen at once, not our code
    with redirect_stderr(sys.stdout):
        verdict = check(answer)
    if not verdict.passed:
        raise AssertionError(verdict.text)
    print(verdict)
