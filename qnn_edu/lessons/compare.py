"""Two results compared: nothing where they agree, else what a reader should look at."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.lessons.text import argument, row, shape


def difference(target: Any, result: Any, tolerance: float, *, kinds: bool = True) -> str:
    """Empty where `result` is as good as `target`; else the two side by side, in indented lines.

    Values may differ by `tolerance` times the largest of `target`. Shapes are compared exactly,
    tuples value by value; a list or an array does for a tuple. With `kinds`, whole numbers must
    also be of an integer type. Real ones may be of any: what is cut off shows in the values.

    >>> difference(0.5, np.float32(0.5), 0.0), difference((1, 2), np.array([1, 2]), 0.0)
    ('', '')
    >>> print(difference(np.array([1, 2, 3]), np.array([1, 2, 4]), 0.0))
      1 of 3 values differs, the first at index 2; where they differ:
      expected 3
      yours    4
    """
    if target is None or result is None:
        return _nothing(target, result)
    if isinstance(target, tuple):
        return _between_tuples(target, result, tolerance, kinds)
    try:
        target, result = np.asarray(target), np.asarray(result)
    except ValueError as error:
        return f"  the result is no array of numbers: {error}"
    if result.dtype.kind not in "biuf":
        return f"  the result holds {result.dtype}, not numbers."
    if result.shape != target.shape:
        return f"  expected {shape(target)}, yours {shape(result)}"
    limit = tolerance * np.abs(target).max(initial=0)
    wrong = ~np.isclose(result.astype(float), target.astype(float), 0, limit, equal_nan=True)
    if wrong.any():
        return _side_by_side(target, result, wrong)
    if kinds and target.dtype.kind in "biu" and result.dtype.kind == "f":
        wanted = "whole numbers of an integer type"
        return f"  the values are right, but {result.dtype}; expected {wanted}"
    return ""


def _nothing(target: Any, result: Any) -> str:
    if target is None:
        return "" if result is None else f"  expected None, yours {result!r}"
    return "  nothing came back. Is there a return?"


def _between_tuples(target: tuple, result: Any, tolerance: float, kinds: bool) -> str:
    several = isinstance(result, tuple | list) or (isinstance(result, np.ndarray) and result.ndim)
    if not several or len(result) != len(target):
        given = f"{len(result)} of them" if several else argument(result)
        return f"  expected a tuple of {len(target)} values, yours {given}"
    kinds = kinds and not isinstance(result, np.ndarray)  # which has one type for all
    pairs = zip(target, result, strict=True)
    parts = [difference(t, r, tolerance, kinds=kinds) for t, r in pairs]
    return "\n".join(f"  value {i + 1}:\n{part}" for i, part in enumerate(parts) if part)


def _side_by_side(target: np.ndarray, result: np.ndarray, wrong: np.ndarray) -> str:
    """Expected and given values where they are wrong, to as many digits as tell them apart."""
    digits = next((n for n in (4, 6, 9) if row(target[wrong], n) != row(result[wrong], n)), 17)
    lines = [
        f"  expected {row(target[wrong], digits)}",
        f"  yours    {row(result[wrong], digits)}",
    ]
    if wrong.ndim:
        index = ", ".join(str(i[0]) for i in np.nonzero(wrong))
        lines.insert(0, f"  {_differ(wrong)}, the first at index {index}; where they differ:")
    return "\n".join(lines)


def _differ(wrong: np.ndarray) -> str:
    """
    >>> _differ(np.array([False, True]))
    '1 of 2 values differs'
    """
    return f"{wrong.sum()} of {wrong.size} values differ{'s' if wrong.sum() == 1 else ''}"
