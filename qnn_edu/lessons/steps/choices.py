"""Ways in which a comparison, a condition or a choice goes wrong."""

import operator

import numpy as np

from qnn_edu.lessons.steps.way import Way, rare


def _always(a, b):
    return np.ones(np.broadcast(a, b).shape, bool)[()]


def _never(a, b):
    return np.zeros(np.broadcast(a, b).shape, bool)[()]


BELOW = (
    Way("end included", operator.le, "{a} == {b} counts in yours; only {a} < {b} does."),
    Way("turned", operator.gt, "the comparison is turned round: it is {a} < {b}."),
    Way("never", _never, "{a} < {b} is never asked."),
    *rare(
        Way(
            "turned, end included", operator.ge, "the comparison is turned round: it is {a} < {b}."
        ),
        Way("always", _always, "all count in yours; only {a} < {b} does."),
    ),
)
ABOVE = (
    Way("end included", operator.ge, "{a} == {b} counts in yours; only {a} > {b} does."),
    Way("turned", operator.lt, "the comparison is turned round: it is {a} > {b}."),
    Way("never", _never, "{a} > {b} is never asked."),
    *rare(
        Way(
            "turned, end included", operator.le, "the comparison is turned round: it is {a} > {b}."
        ),
        Way("always", _always, "all count in yours; only {a} > {b} does."),
    ),
)
UP_TO = (
    Way("end left out", operator.lt, "{a} == {b} belongs to it: it is {a} <= {b}."),
    Way("turned", operator.ge, "the comparison is turned round: it is {a} <= {b}."),
    Way("not asked", _always, "{a} <= {b} is not asked."),
    *rare(
        Way(
            "turned, end left out", operator.gt, "the comparison is turned round: it is {a} <= {b}."
        ),
    ),
)
FROM = (
    Way("end left out", operator.gt, "{a} == {b} belongs to it: it is {a} >= {b}."),
    Way("turned", operator.le, "the comparison is turned round: it is {a} >= {b}."),
    Way("not asked", _always, "{a} >= {b} is not asked."),
    *rare(
        Way(
            "turned, end left out", operator.lt, "the comparison is turned round: it is {a} >= {b}."
        ),
    ),
)
BOTH = (
    Way(
        "either",
        lambda a, b: a | b,
        "one of the two is enough in yours; both must hold: {a} and {b}.",
    ),
    Way("first alone", lambda a, b: a, "{b} is not asked."),
    Way("second alone", lambda a, b: b, "{a} is not asked."),
    *rare(
        Way(
            "turned",
            lambda a, b: ~(a & b) if isinstance(a, np.ndarray) else not (a and b),
            "it is the other way round: what is chosen is left out, and what is left out chosen.",
        ),
        Way(
            "neither", lambda a, b: not (a or b), "neither of the two; both must hold: {a} and {b}."
        ),
        Way("equal", lambda a, b: a == b, "yours asks whether the two are equal; both must hold."),
        Way("different", lambda a, b: a != b, "yours asks whether the two differ; both must hold."),
        Way(
            "not second",
            lambda a, b: a and not b,
            "{b} must hold too, and yours asks that it does not.",
        ),
        Way(
            "not first",
            lambda a, b: b and not a,
            "{a} must hold too, and yours asks that it does not.",
        ),
    ),
)
WHERE = (
    Way(
        "swapped",
        lambda c, a, b: np.where(c, b, a),
        "the wrong way round: {b} is where {c} belongs.",
    ),
    Way(
        "always first",
        lambda c, a, b: np.broadcast_arrays(c, a)[1],
        "{b} is everywhere; {c} is nowhere.",
    ),
    Way(
        "always second",
        lambda c, a, b: np.broadcast_arrays(c, b)[1],
        "{c} is everywhere; {b} is nowhere.",
    ),
    Way("zero first", lambda c, a, b: np.where(c, 0.0, b), "0 stands where {b} belongs."),
    Way("zero second", lambda c, a, b: np.where(c, a, 0.0), "0 stands where {c} belongs."),
    *rare(
        Way("one first", lambda c, a, b: np.where(c, 1.0, b), "1 stands where {b} belongs."),
        Way("sum first", lambda c, a, b: np.where(c, a + b, b), "{b} + {c} in place of {b}."),
        Way(
            "difference first", lambda c, a, b: np.where(c, a - b, b), "{b} - {c} in place of {b}."
        ),
        Way("sum second", lambda c, a, b: np.where(c, a, a + b), "{b} + {c} in place of {c}."),
        Way(
            "difference second", lambda c, a, b: np.where(c, a, b - a), "{c} - {b} in place of {c}."
        ),
        Way("one second", lambda c, a, b: np.where(c, a, 1.0), "1 stands where {c} belongs."),
    ),
)
IF = (
    Way("never", lambda c: False, "the case {a} is left out."),
    *rare(Way("always", lambda c: True, "the case {a} is taken always.")),
)

KINDS = {
    "<": BELOW,
    ">": ABOVE,
    "<=": UP_TO,
    ">=": FROM,
    "&": BOTH,
    "and": BOTH,
    "where": WHERE,
    "if": IF,
}
