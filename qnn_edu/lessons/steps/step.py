"""What a step is: one operation in the source of a solution."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

ALIKE = {"result", "results", "part", "round", "rint"}  # kinds of which it matters little which one
LARGEST_POWER = 1000  # of Python's integers, which would grow without end


@dataclass(frozen=True)
class Step:
    """One operation of a solution: its kind, what it does, and its operands as they are written.

    `where` is the name that the solution gives to the value, "" on the way to the result.
    """

    kind: str
    does: Callable
    operands: tuple[str, ...]
    where: str = ""

    @property
    def sign(self) -> tuple[Any, ...]:
        """By which a step is known again in another solution."""
        return (self.kind,) if self.kind in ALIKE else (self.kind, self.operands)


def _small(power: Any) -> Any:
    if isinstance(power, int) and power > LARGEST_POWER:
        raise OverflowError("a power beyond all bounds")
    return power


OPERATORS = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.Pow: ("**", lambda a, b: a ** _small(b)),
    ast.LShift: ("<<", lambda a, b: a << _small(b)),
    ast.RShift: (">>", operator.rshift),
    ast.BitAnd: ("&", operator.and_),
    ast.BitOr: ("|", operator.or_),
    ast.USub: ("negative", operator.neg),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.And: ("and", lambda *operands: reduce(lambda a, b: a and b, operands)),
    ast.Or: ("or", lambda *operands: reduce(lambda a, b: a or b, operands)),
}
