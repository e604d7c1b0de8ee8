"""A solution that can go wrong on purpose: a function, and the table of what its steps do."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Set
from typing import Any

from qnn_edu.lessons.steps.reader import TABLE, Reader


class Solution:
    """A function whose operations of the given kinds can be replaced, one by one.

    >>> def half_way(lo, hi):
    ...     return (lo + hi) / 2
    >>> solution = Solution(half_way, kinds={"+", "/"})
    >>> [step.kind for step in solution.steps], solution(1, 3)
    (['+', '/'], 2.0)
    >>> solution.instead([{0: lambda a, b: a - b}], 1, 3), solution(1, 3)
    (-1.0, 2.0)
    """

    def __init__(self, function: Callable, kinds: Set[str], tree: ast.AST | None = None) -> None:
        reader = Reader(function.__globals__, kinds)
        tree = tree or parsed(function)
        self.source = ast.unparse(tree)
        module = ast.Module([reader.visit(tree)], [])
        self.steps = reader.steps
        self.table = [step.does for step in self.steps]
        space = {**function.__globals__, TABLE: self.table}
        exec(compile(ast.fix_missing_locations(module), f"<{function.__name__}>", "exec"), space)
        self._run = space[function.__name__]

    def __call__(self, *arguments: Any) -> Any:
        return self._run(*arguments)

    def instead(self, changes: Iterable[dict[int, Callable]], *arguments: Any) -> Any:
        """What comes out when other things are done at some places of the table."""
        try:
            for does in changes:
                for place, function in does.items():
                    self.table[place] = function
            return self._run(*arguments)
        finally:
            for does in changes:
                for place in does:
                    self.table[place] = self.steps[place].does


class Unchanged:
    """No solution at all: an argument, by its place, as it came in."""

    steps: list[Any] = []

    def __init__(self, place: int) -> None:
        self.place = place

    def instead(self, changes: Iterable[dict[int, Callable]], *arguments: Any) -> Any:
        return arguments[self.place]


def parsed(function: Callable) -> ast.FunctionDef:
    """The source of a function as a tree, without decorators.

    >>> parsed(parsed).name
    'parsed'
    """
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    definition.decorator_list = []
    return definition
