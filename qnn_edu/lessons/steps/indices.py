"""Ways in which an index, a slice or an order goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qnn_edu.lessons.steps.fits import is_whole
from qnn_edu.lessons.steps.way import Way, rare


def one(way: str, change: Callable, words: str) -> Way:
    """Another one than `a[i]`; `change` takes the array and the index."""
    return Way(way, _for(is_whole, change), f"{words} {{a}}; {{a}}[{{b}}] is asked for.")


def several(way: str, change: Callable, words: str) -> Way:
    """Others than `a[start:stop]`; `change` takes both ends and gives two others."""
    does = _for(_is_slice, lambda a, i: a[slice(*change(i.start, i.stop))])
    return Way(way, does, f"{words} {{a}}[{{b}}] is asked for.")


def masked(way: str, change: Callable, words: str) -> Way:
    """Others than `a[mask]`."""
    return Way(way, _for(_is_mask, change), words)


def _for(fits: Callable, change: Callable) -> Callable:
    def changed(a: Any, i: Any) -> Any:
        if not fits(i):
            raise TypeError("not for this kind of index")
        return change(a, i)

    return changed


def _is_slice(index: Any) -> bool:
    return isinstance(index, slice)


def _is_mask(index: Any) -> bool:
    return isinstance(index, np.ndarray) and index.dtype == bool


def _next(a: Any, i: int) -> Any:
    return a[i + 1 if i != -1 else len(a)]


def _before(a: Any, i: int) -> Any:
    return a[i - 1 if i else len(a)]


def _zero(a: np.ndarray, i: int) -> float:
    return 0.0 * a[i].item()


INDEX = (
    one("first", lambda a, i: a[0], "the first of"),
    one("last", lambda a, i: a[-1], "the last of"),
    one("next", _next, "one too far in"),
    one("before", _before, "one too early in"),
    several("all", lambda start, stop: (None, None), "all of them;"),
    several("later", lambda start, stop: (start + 1, stop), "begun one too late;"),
    several("one more", lambda start, stop: (start, stop + 1), "one too many;"),
    several("one less", lambda start, stop: (start, stop - 1), "one too few;"),
    several("without last", lambda start, stop: (start, -1), "the last one is left out;"),
    several("from the end", lambda start, stop: (-stop, None), "those at the end;"),
    masked("all of them", lambda a, i: a, "all of {a}, not those alone where {b}."),
    masked("the others", lambda a, i: a[~i], "the others; those of {a} where {b} are asked for."),
    *rare(
        one("zero", _zero, "0, and none of"),
        one("largest", lambda a, i: np.max(a), "the largest of"),
        one("mean", lambda a, i: np.mean(a), "the mean of"),
        several("earlier", lambda start, stop: (start - 1, stop), "begun one too early;"),
        several("moved", lambda start, stop: (1, stop + 1), "begun and ended one too late;"),
        several("without first", lambda start, stop: (1, stop), "the first one is left out;"),
        several("the rest", lambda start, stop: (stop, None), "the others;"),
        masked("zeros", lambda a, i: a * i, "zeros stand for the others; {a} where {b} is enough."),
    ),
)

SORTED = (
    Way("upwards", lambda a, **_: np.argsort(-a), "argsort sorts upwards, smallest first."),
    Way("values", lambda a, **_: -np.sort(a), "those are the values; indices are asked for."),
    Way("ranks", lambda a, **_: np.argsort(np.argsort(a)), "ranks; the indices are asked for."),
    *rare(
        Way("unsorted", lambda a, **_: np.arange(len(a)), "nothing is sorted."),
        Way("values upwards", lambda a, **_: np.sort(-a), "the values, smallest first."),
    ),
)

LEAST = (
    Way("largest", np.argmax, "the place of the largest; the smallest is asked for."),
    *rare(
        Way("first", lambda a: 0, "always the first; the smallest is asked for."),
        Way("last", lambda a: -1, "always the last; the smallest is asked for."),
    ),
)

KINDS = {"index": INDEX, "argsort": SORTED, "argmin": LEAST}
