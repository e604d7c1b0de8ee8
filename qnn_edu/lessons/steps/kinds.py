"""All kinds of steps, and the ways in which each goes wrong."""

from qnn_edu.lessons.steps import (
    arguments,
    arithmetic,
    choices,
    constants,
    conversions,
    indices,
    limits,
    reductions,
    results,
    rounding,
)
from qnn_edu.lessons.steps.step import Step
from qnn_edu.lessons.steps.way import Way

FAMILIES = (
    rounding,
    limits,
    conversions,
    arithmetic,
    reductions,
    choices,
    indices,
    constants,
    results,
    arguments,
)
KINDS = {kind: ways for family in FAMILIES for kind, ways in family.KINDS.items()}


def ways(step: Step) -> tuple[Way, ...]:
    known = KINDS[step.kind]
    return tuple(known(step)) if callable(known) else known
