"""What functions give in all cases, in a form in which they can be compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Outcomes:
    """For each case an array, a tuple of arrays, None, a text, or the type of what was raised.

    A case is computed when it is first asked for. Another outcome agrees with it if it differs by
    at most `tolerance` times the largest value: of a row, for a scale is small beside a zero point,
    but nothing counts as less than a thousandth of the largest of all.

    >>> half = Outcomes(lambda x: x / 2, [(1.0,), (3.0,)])
    >>> half[1], half.agree(Outcomes(lambda x: 0.5 * x, [(1.0,), (3.0,)]))
    (array(1.5), True)
    """

    def __init__(self, function: Callable, cases: list[tuple], tolerance: float = 0.0) -> None:
        self.function, self.cases, self.tolerance = function, cases, tolerance
        self.order = list(range(len(cases)))  # in which cases are compared
        self._known: dict[int, Any] = {}
        self._limits: dict[int, Any] = {}

    def __getitem__(self, case: int) -> Any:
        if case not in self._known:
            self._known[case] = outcome(self.function, self.cases[case])
        return self._known[case]

    def limit(self, case: int) -> Any:
        if case not in self._limits:
            self._limits[case] = _limit(self[case], self.tolerance)
        return self._limits[case]

    @property
    def hint(self) -> Any:
        """Equal for outcomes that agree, but for a rare misfortune of rounding."""
        first = self[0]
        if isinstance(first, np.ndarray):
            return first.shape, f"{first.sum():.4g}"
        return first if isinstance(first, type) else type(first)

    @property
    def constant(self) -> bool:
        """Whether all cases give the same."""
        first, *rest = self.order
        return all(_agree(self[first], self[i], self.limit(first)) for i in rest)

    @property
    def some(self) -> bool:
        """Whether there is more than a single 0."""
        first = self[self.order[0]]
        return not isinstance(first, np.ndarray) or first.size > 1 or bool(first.any())

    def agree(self, other: Outcomes) -> bool:
        return all(_agree(self[i], other[i], self.limit(i)) for i in self.order)

    def are_given_by(self, function: Callable, cases: list[tuple] | None = None) -> bool:
        """Whether a function gives the same. It is asked for no more cases than it takes."""
        cases = self.cases if cases is None else cases
        for i in self.order:
            if not _agree(self[i], outcome(function, cases[i]), self.limit(i)):
                return False
        return True

    def apart_from(self, right: Outcomes) -> bool:
        """Whether there are wrong numbers, in one of two cases at least that give any.

        If so, only these cases are compared from now on, those that are wrong first, and what is
        right agrees with none of them, however near they are.
        """
        self.order = [i for i in self.order if not isinstance(self[i], type)]
        wrong = [i for i in self.order if not _agree(right[i], self[i], right.limit(i))]
        for i in wrong:
            self._limits[i] = _closer(self.limit(i), self[i], right[i])
        self.order.sort(key=lambda i: i not in wrong)
        return bool(wrong) and len(self.order) > 1


def outcome(function: Callable, case: tuple) -> Any:
    try:
        return as_arrays(function(*case))
    except Exception as error:  # that it fails is its outcome
        return type(error)


def as_arrays(value: Any) -> Any:
    """Numbers as an array of float64, ragged lists as a tuple of arrays, anything else as a text.

    >>> as_arrays((1, 2.5)), as_arrays([[1], [2, 3]]), as_arrays(None)
    (array([1. , 2.5]), (array([1.]), array([2., 3.])), None)
    """
    if value is None or isinstance(value, BaseException):
        return None if value is None else type(value)
    try:
        array = np.asarray(value)
    except ValueError:
        return tuple(as_arrays(part) for part in value)
    return array.astype(float) if array.dtype.kind in "biuf" else repr(value)


def _agree(mine: Any, other: Any, limit: Any) -> bool:
    if isinstance(mine, np.ndarray) and isinstance(other, np.ndarray):
        if mine.shape != other.shape:
            return False
        if mine.size and abs(mine.item(0) - other.item(0)) > limit.item(0):  # mostly enough
            return False
        if (np.abs(mine - other) <= limit).all():
            return True
        known = np.isfinite(mine)
        return not known.all() and np.allclose(mine, other, rtol=0, atol=limit, equal_nan=True)
    if isinstance(mine, tuple) and isinstance(other, tuple):
        return len(mine) == len(other) and all(map(_agree, mine, other, limit))
    return type(mine) is type(other) and mine == other


def _limit(mine: Any, tolerance: float) -> Any:
    if isinstance(mine, tuple):
        return tuple(_limit(part, tolerance) for part in mine)
    if not isinstance(mine, np.ndarray):
        return None
    rows = _of_rows(np.where(np.isfinite(mine), np.abs(mine), 0))
    return tolerance * np.maximum(rows, rows.max(initial=0) / 1000)


def _closer(limit: Any, mine: Any, right: Any) -> Any:
    """A hundredth of the distance to what is right, where the two differ at all."""
    if isinstance(mine, tuple) and isinstance(right, tuple) and len(mine) == len(right):
        return tuple(map(_closer, limit, mine, right))
    arrays = isinstance(mine, np.ndarray) and isinstance(right, np.ndarray)
    if not arrays or mine.shape != right.shape:
        return limit
    distance = _of_rows(np.nan_to_num(np.abs(mine - right), nan=0))
    return np.where(distance > limit, np.minimum(limit, distance / 100), limit)


def _of_rows(array: np.ndarray) -> np.ndarray:
    """The largest of each row, so that it can be held against the row."""
    return array.max(axis=tuple(range(1, array.ndim)), keepdims=True, initial=0)
