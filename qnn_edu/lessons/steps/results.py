"""Ways in which a variable or the result goes wrong as a whole: once more done with it, or less."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from qnn_edu.lessons.steps.conversions import wraps
from qnn_edu.lessons.steps.fits import is_array, only
from qnn_edu.lessons.steps.step import Step
from qnn_edu.lessons.steps.way import Rank, Way, alone, rare


def times(what: str, change: Callable) -> Way:
    return Way(what, _of_value(change), f"{{where}} is {what} what it should be.")


def then(what: str, change: Callable, fits: Callable = lambda value: True) -> Way:
    return Way(what, only(fits, _of_value(change)), f"{{where}} is right, and then {what}.")


def instead(what: str, change: Callable, fits: Callable = lambda value: True) -> Way:
    return Way(what, only(fits, _of_value(change)), f"{what}.")


def _of_value(change: Callable) -> Callable:
    """`None` stays: a result that is missing on purpose."""
    return lambda value, *_: None if value is None else change(value)


VALUE = rare(
    times("twice", lambda v: 2 * v),
    times("half of", lambda v: v / 2),
    times("minus", lambda v: -v),
    times("the size, without the sign, of", np.abs),
    times("one over", lambda v: 1 / v),
    times("the square of", lambda v: v * v),
    times("the root of", np.sqrt),
    times("one more than", lambda v: v + 1),
    times("one less than", lambda v: v - 1),
    times("100 times", lambda v: 100 * v),
    then("rounded to a whole number", np.round),
    then("cut off to a whole number", np.trunc),
)
RESULT = (
    *VALUE,
    *rare(
        times("1 minus", lambda v: 1 - v),
        then("reversed, its last first", lambda v: v[::-1], is_array),
        then("sorted", np.sort, is_array),
        then("transposed: its axes are in reverse order", lambda v: v.T, is_array),
        then("summed", np.sum, is_array),
        then("averaged", np.mean, is_array),
        instead("the largest value alone; all are asked for", np.max, is_array),
        instead("the first value alone; all are asked for", lambda v: v[0]),
        instead("the last value alone; all are asked for", lambda v: v[-1]),
        instead("all but the first value; that one is missing", lambda v: v[1:]),
        instead("all but the last value; that one is missing", lambda v: v[:-1]),
    ),
    *alone(
        then("made int8, in which it wraps around", wraps(np.int8)),
        then("clipped to -128 and 127", lambda v: np.clip(v, -128, 127)),
        then("clipped to 0 and 1", lambda v: np.clip(v, 0, 1)),
        then("summed over the last axis", lambda v: v.sum(axis=-1), is_array),
        then("rounded to two decimals", lambda v: np.round(v, 2)),
        then("rounded to three decimals", lambda v: np.round(v, 3)),
        then("rounded to four decimals", lambda v: np.round(v, 4)),
        then("clipped to 0 and 255", lambda v: np.clip(v, 0, 255)),
        then("clipped at 0", lambda v: np.maximum(v, 0)),
        then("made uint8, in which it wraps around", wraps(np.uint8)),
        then("made int16, in which it wraps around", wraps(np.int16)),
        then("moved up by 128", lambda v: v + 128),
        then("moved down by 128", lambda v: v - 128),
        then("halved by //", lambda v: v // 2),
        instead("the first value for all", lambda v: np.full_like(v, v[0]), is_array),
        instead("the largest value for all", lambda v: np.full_like(v, np.max(v)), is_array),
        *(then(f"multiplied by {n}", lambda v, n=n: v * n) for n in (127, 128, 255, 256)),
        *(then(f"divided by {n}", lambda v, n=n: v / n) for n in (127, 128, 255, 256)),
    ),
)
AT_THE_END = {
    "multiplied by": lambda v, w: v * w,
    "divided by": lambda v, w: v / w,
    "increased by": lambda v, w: v + w,
    "reduced by": lambda v, w: v - w,
    "subtracted from": lambda v, w: w - v,
}


def result(step: Step) -> Iterator[Way]:
    """The ways above, and an argument or a variable too much at the end."""
    yield from RESULT
    for place, name in enumerate(step.operands[1:], 1):
        for what, does in AT_THE_END.items():
            words = f"{{where}} is right, and then {what} {name}."
            yield Way(f"{what} {name}", _with(does, place), words, Rank.RARE)


def _with(does: Callable, place: int) -> Callable:
    return lambda *operands: does(operands[0], operands[place])


RESULTS = (
    Way("swapped", lambda v: v[::-1], "the right values in the wrong order: {a} comes first."),
    *rare(
        Way("first alone", lambda v: v[0], "{a} alone; both are asked for."),
        Way("second alone", lambda v: v[1], "{b} alone; both are asked for."),
        Way("first twice", lambda v: (v[0], v[0]), "{a} twice; {b} is missing."),
        Way("second twice", lambda v: (v[1], v[1]), "{b} twice; {a} is missing."),
        Way("second mirrored", lambda v: (-v[1], v[1]), "minus {b} in place of {a}."),
        Way("first mirrored", lambda v: (v[0], -v[0]), "minus {a} in place of {b}."),
    ),
    *alone(
        Way("sum", lambda v: v[0] + v[1], "the sum of both; each is asked for."),
        Way("difference", lambda v: v[1] - v[0], "the difference of both; each is asked for."),
    ),
)

KINDS = {"value": VALUE, "part": result, "result": result, "results": RESULTS}
