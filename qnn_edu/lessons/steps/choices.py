"""Ways in which a comparison, a condition or a choice goes wrong."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from qnn_edu.lessons.steps.way import Way, alone, rare


def _all(a: Any, b: Any) -> Any:
    return np.ones(np.broadcast(a, b).shape, bool)[()]


def _none(a: Any, b: Any) -> Any:
    return np.zeros(np.broadcast(a, b).shape, bool)[()]


def strict(sign: str, with_end: Callable, turned: Callable, turned_end: Callable) -> tuple:
    """Ways of `<` and `>`."""
    words = f"the comparison is turned round: it is {{a}} {sign} {{b}}."
    return (
        Way(
            "end included",
            with_end,
            f"{{a}} == {{b}} counts in yours; only {{a}} {sign} {{b}} does.",
        ),
        Way("turned", turned, words),
        Way("never", _none, f"{{a}} {sign} {{b}} is never true in yours."),
        *rare(
            Way("turned, end included", turned_end, words),
            Way("always", _all, f"all count in yours; only {{a}} {sign} {{b}} does."),
        ),
    )


def weak(sign: str, without_end: Callable, turned: Callable, turned_end: Callable) -> tuple:
    """Ways of `<=` and `>=`."""
    words = f"the comparison is turned round: it is {{a}} {sign} {{b}}."
    return (
        Way(
            "end left out", without_end, f"{{a}} == {{b}} belongs to it: it is {{a}} {sign} {{b}}."
        ),
        Way("turned", turned, words),
        Way("left out", _all, f"{{a}} {sign} {{b}} is not asked."),
        *rare(Way("turned, end left out", turned_end, words)),
    )


def _not_both(a: Any, b: Any) -> Any:
    return ~(a & b) if isinstance(a, np.ndarray) else not (a and b)


BOTH = (
    Way("either", lambda a, b: a | b, "one of {a} and {b} is enough in yours; both must hold."),
    Way("first alone", lambda a, b: a, "{b} is not asked."),
    Way("second alone", lambda a, b: b, "{a} is not asked."),
    *rare(Way("turned", _not_both, "the other way round: yours is where not both hold.")),
    *alone(
        Way("neither", lambda a, b: not (a or b), "yours is where neither holds; both must."),
        Way("equal", lambda a, b: a == b, "yours is where the two are equal; both must hold."),
        Way("different", lambda a, b: a != b, "yours is where the two differ; both must hold."),
        Way("not second", lambda a, b: a and not b, "{b} must hold too, in yours it must not."),
        Way("not first", lambda a, b: b and not a, "{a} must hold too, in yours it must not."),
    ),
)


def _everywhere(number: int) -> Callable:
    return lambda *choice: np.broadcast_arrays(*choice)[number]


WHERE = (
    Way("swapped", lambda c, a, b: np.where(c, b, a), "{b} and {c} are exchanged."),
    Way("first alone", _everywhere(1), "{b} is everywhere; {c} is nowhere."),
    Way("second alone", _everywhere(2), "{c} is everywhere; {b} is nowhere."),
    Way("zero first", lambda c, a, b: np.where(c, 0.0, b), "0 in place of {b}."),
    Way("zero second", lambda c, a, b: np.where(c, a, 0.0), "0 in place of {c}."),
    *rare(
        Way("one first", lambda c, a, b: np.where(c, 1.0, b), "1 in place of {b}."),
        Way("one second", lambda c, a, b: np.where(c, a, 1.0), "1 in place of {c}."),
        Way("sum first", lambda c, a, b: np.where(c, a + b, b), "{b} + {c} in place of {b}."),
        Way("sum second", lambda c, a, b: np.where(c, a, a + b), "{b} + {c} in place of {c}."),
        Way("less first", lambda c, a, b: np.where(c, a - b, b), "{b} - {c} in place of {b}."),
        Way("less second", lambda c, a, b: np.where(c, a, b - a), "{c} - {b} in place of {c}."),
    ),
)
IF = (
    Way("never", lambda c: False, "the case {a} is left out."),
    *rare(Way("always", lambda c: True, "the case {a} is taken always.")),
)

KINDS = {
    "<": strict("<", operator.le, operator.gt, operator.ge),
    ">": strict(">", operator.ge, operator.lt, operator.le),
    "<=": weak("<=", operator.lt, operator.ge, operator.gt),
    ">=": weak(">=", operator.gt, operator.le, operator.lt),
    "&": BOTH,
    "and": BOTH,
    "where": WHERE,
    "if": IF,
}
