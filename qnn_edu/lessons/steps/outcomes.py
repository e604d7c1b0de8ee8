"""What functions give in all cases, in a form in which they can be compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Outcomes:
    """For each case an array, a tuple of arrays, None, a text, or the type of what was raised.

    A case is computed when it is first asked for. Another outcome agrees with it if it differs by
    at most `tolerance` times the largest value.

    >>> half = Outcomes(lambda x: x / 2, [(1.0,), (3.0,)])
    >>> half[1], half.agree(Outcomes(lambda x: 0.5 * x, [(1.0,), (3.0,)]))
    (array(1.5), True)
    """

    def __init__(self, function: Callable, cases: list[tuple], tolerance: float = 0.0):
        self.function, self.cases, self.tolerance = function, cases, tolerance
        self.order = list(range(len(cases)))  # in which cases are compared
        self._known: dict[int, Any] = {}
        self._limits: dict[int, float] = {}

    def __getitem__(self, case: int) -> Any:
        if case not in self._known:
            self._known[case] = outcome(self.function, self.cases[case])
        return self._known[case]

    def limit(self, case: int) -> float:
        if case not in self._limits:
            self._limits[case] = self.tolerance * _largest(self[case])
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
        wrong = {}
        for i in self.order:
            distance = _distance(self[i], right[i])
            if distance > right.limit(i):
                wrong[i] = distance
        self._limits.update({i: min(self.limit(i), by / 100) for i, by in wrong.items()})
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


def _agree(mine: Any, other: Any, limit: float) -> bool:
    if isinstance(mine, np.ndarray) and isinstance(other, np.ndarray):
        if mine.shape != other.shape:
            return False
        if mine.size and abs(mine.item(0) - other.item(0)) > limit:  # fast, and mostly enough
            return False
        if (np.abs(mine - other) <= limit).all():
            return True
        known = np.isfinite(mine)
        return not known.all() and np.allclose(mine, other, rtol=0, atol=limit, equal_nan=True)
    if isinstance(mine, tuple) and isinstance(other, tuple):
        return len(mine) == len(other) and all(map(_agree, mine, other, [limit] * len(mine)))
    return type(mine) is type(other) and mine == other


def _largest(arrays: Any) -> float:
    if isinstance(arrays, tuple):
        return max(map(_largest, arrays), default=0.0)
    if not isinstance(arrays, np.ndarray):
        return 0.0
    return float(np.abs(arrays[np.isfinite(arrays)]).max(initial=0.0))


def _distance(mine: Any, other: Any) -> float:
    """The largest difference of two values; infinite where the two cannot be compared."""
    if isinstance(mine, np.ndarray) and isinstance(other, np.ndarray) and mine.shape == other.shape:
        same = (mine == other) | (np.isnan(mine) & np.isnan(other))
        return float(np.nan_to_num(np.abs(mine - other), nan=np.inf)[~same].max(initial=0.0))
    if isinstance(mine, tuple) and isinstance(other, tuple) and len(mine) == len(other):
        return max(map(_distance, mine, other))
    arrays = isinstance(mine, np.ndarray | tuple)  # of other shapes
    return 0.0 if not arrays and type(mine) is type(other) and mine == other else np.inf
