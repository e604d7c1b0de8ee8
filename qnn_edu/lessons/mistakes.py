"""What a mistake is: a usual wrong answer, and the advice for whoever gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mistake:
    """A usual wrong answer: `function` gives the same results, `advice` says why they are wrong.

    It can be called like its function, so one mistake may be written in terms of another.
    """

    function: Callable
    advice: str

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)

    @property
    def name(self) -> str:
        return self.function.__name__


def mistake(advice: str) -> Callable[[Callable], Mistake]:
    """Declares the function below it a usual mistake. Which exercise has it, the exercise says.

    >>> @mistake("each bit doubles the number of levels; yours adds 2 for each.")
    ... def twice(bits):
    ...     return 2 * bits
    >>> twice.name, twice(8)
    ('twice', 16)
    """
    return lambda function: Mistake(function, advice)
