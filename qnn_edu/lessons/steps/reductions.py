"""Ways in which a maximum, a sum or a mean goes wrong: another one, or over other axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qnn_edu.lessons.steps.way import Way, rare

NAMES = {np.max: "the largest", np.min: "the smallest", np.sum: "the sum", np.mean: "the mean"}
WRONG_AXES = "{it} over the wrong axes: those that should stay went, and the others stayed."
EACH = "{it} for each index of {axis}; it is asked for along another one."


def instead(way: str, of: Callable, function: Callable, words: str) -> Way:
    """Another function, over the same axes."""
    text = f"{words} of {{a}}; {NAMES[of]} is asked for."
    return Way(way, lambda a, axis=None, **_: function(a, axis=axis), text)


def part(way: str, of: Callable, chosen: Callable, words: str) -> Way:
    """The same function of a part alone."""
    return Way(way, lambda a, **options: of(chosen(a), **options), words)


def axes(of: Callable) -> tuple[Way, ...]:
    """The same function over other axes than those that are given."""
    it = NAMES[of]
    return (
        Way(
            "over all", lambda a, **_: of(a), f"{it} of everything; it is asked for along an axis."
        ),
        _stay("others stay", of, lambda given: given, WRONG_AXES.format(it=it)),
        _stay("last stays", of, lambda _: (-1,), EACH.format(it=it, axis="the last axis")),
        _stay("first stays", of, lambda _: (0,), EACH.format(it=it, axis="axis 0")),
        _stay("last but one stays", of, lambda _: (-2,), EACH.format(it=it, axis="axis -2")),
        *rare(
            _stay("others kept", of, lambda given: given, WRONG_AXES.format(it=it), kept=True),
            _stay("first kept", of, lambda _: (0,), EACH.format(it=it, axis="axis 0"), kept=True),
            _stay("-2 kept", of, lambda _: (-2,), EACH.format(it=it, axis="axis -2"), kept=True),
            _stay("two stay", of, lambda _: (-1, -2), f"{it} over the first axes alone."),
            _along("over axis 0", of, 0, f"{it} over axis 0 alone."),
            _along("over axis -1", of, -1, f"{it} over the last axis alone."),
            _along("over axis -1, kept", of, -1, f"{it} over the last axis alone.", kept=True),
            Way("kept", _kept(of), "keepdims=True leaves axes of length 1; they have to go."),
            Way("one for all", _one_for_all(of), f"{it} of everything for all; each has its own."),
        ),
    )


def _stay(way: str, of: Callable, stay: Callable, words: str, kept: bool = False) -> Way:
    """Over all axes but those that `stay`. Fails if these are the right ones."""

    def reduced(a: Any, axis: Any = None, **_: Any) -> Any:
        given = {i % a.ndim for i in ((axis,) if isinstance(axis, int) else axis)}
        over = set(range(a.ndim)) - {i % a.ndim for i in stay(given)}
        if over == given:
            raise ValueError("the same axes")
        return of(a, axis=tuple(over), keepdims=kept)

    return Way(way, reduced, words)


def _along(way: str, of: Callable, axis: int, words: str, kept: bool = False) -> Way:
    return Way(way, lambda a, **_: of(a, axis=axis, keepdims=kept), words)


def _kept(of: Callable) -> Callable:
    return lambda a, axis, **_: of(a, axis=axis, keepdims=True)


def _one_for_all(of: Callable) -> Callable:
    return lambda a, axis, **_: np.full_like(of(a, axis=axis), of(a))


def _summed_in(name: str) -> Callable:
    return lambda a, **options: np.sum(a, dtype=name, **options)


def _first(a: Any) -> Any:
    return a[:1]


def _last(a: Any) -> Any:
    return a[-1:]


def _ends(of: Callable) -> tuple[Way, ...]:
    """Ways in which an end of the array is taken for the whole, or left out."""
    return (
        part("first", of, _first, f"the first of {{a}}; {NAMES[of]} is asked for."),
        part("last", of, _last, f"the last of {{a}}; {NAMES[of]} is asked for."),
        part("without the first", of, lambda a: a[1:], "the first of {a} is left out."),
        part("without the last", of, lambda a: a[:-1], "the last of {a} is left out."),
    )


MAX = (
    instead("other end", np.max, np.min, "the smallest"),
    instead("mean", np.max, np.mean, "the mean"),
    *axes(np.max),
    *rare(
        instead("sum", np.max, np.sum, "the sum"),
        instead("median", np.max, np.median, "the median"),
        instead("deviation", np.max, np.std, "the standard deviation"),
        *_ends(np.max),
        Way("left out", lambda a, **_: a, "the largest of {a} is not taken."),
    ),
)
MIN = (
    instead("other end", np.min, np.max, "the largest"),
    instead("mean", np.min, np.mean, "the mean"),
    *axes(np.min),
    *rare(
        instead("sum", np.min, np.sum, "the sum"),
        instead("median", np.min, np.median, "the median"),
        *_ends(np.min),
    ),
)
SUM = (
    instead("mean", np.sum, np.mean, "the mean"),
    instead("max", np.sum, np.max, "the largest"),
    Way("left out", lambda a, **_: a, "{a} is not summed."),
    *rare(
        Way("root", lambda a, **o: np.sqrt(np.sum(a, **o)), "a root is taken of the sum of {a}."),
        part("sizes", np.sum, np.abs, "sizes are summed; in the sum of {a} signs count."),
        Way("count", lambda a, **_: float(np.count_nonzero(a)), "you counted; sum {a}."),
        *(
            Way(name, _summed_in(name), f"summed in {name}, in which {{a}} wraps around.")
            for name in ("int8", "int16", "int32")
        ),
        _along("by rows", np.sum, -1, "summed over the last axis alone; there is one sum."),
        Way("by columns", lambda a, **_: sum(a), "summed over axis 0 alone; there is one sum."),
        part("to the last", np.sum, lambda a: a[:-1], "the last one is missing in the sum of {a}."),
        part("from the second", np.sum, lambda a: a[1:], "the first one is missing in the sum."),
    ),
)
MEAN = (
    instead("sum", np.mean, np.sum, "the sum"),
    instead("max", np.mean, np.max, "the largest"),
    *rare(instead("median", np.mean, np.median, "the median")),
)


def _of(function: Callable, other: Callable, it: str, another: str) -> tuple[Way, ...]:
    """Of several numbers: `max(0.0, *sizes)`."""
    return (
        Way("other end", other, f"{another}; {it} is asked for."),
        Way("without the first", lambda first, *rest: function(rest), "{a} is left out."),
        *rare(
            Way(
                "mean", lambda a, *rest: function(a, np.mean(rest)), f"the mean; {it} is asked for."
            ),
            Way("first", lambda a, *rest: function(a, rest[0]), f"the first; {it} is asked for."),
            Way("last", lambda a, *rest: function(a, rest[-1]), f"the last; {it} is asked for."),
            Way("first alone", lambda a, *rest: a, f"always {{a}}; {it} of all is asked for."),
        ),
    )


KINDS = {
    "max": MAX,
    "min": MIN,
    "sum": SUM,
    "mean": MEAN,
    "min of": _of(min, max, "the smallest", "the largest"),
    "max of": _of(max, min, "the largest", "the smallest"),
}
