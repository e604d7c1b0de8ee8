"""Two results compared: nothing where they agree, else what a reader should look at."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.lessons.text import row, shape


def difference(target: Any, result: Any, tolerance: float, *, kinds: bool = True) -> str:
    """Empty where `result` is as good as `target`; else the two side by side, in indented lines.

    Values are compared to a relative `tolerance`, shapes exactly, tuples value by value. With
    `kinds`, whole numbers must also be of an integer type. Real ones may be of any: what is cut
    off shows in the values.

    >>> difference(0.5, np.float32(0.5), 0.0)
    ''
    >>> print(difference(np.array([1, 2, 3]), np.array([1, 2, 4]), 0.0))
      1 of 3 values differ, the first at index 2
      expected 3
      yours    4
    """
    if result is None:
        return "  nothing came back. Is there a return?"
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
    wrong = ~np.isclose(result.astype(float), target.astype(float), tolerance, 0, equal_nan=True)
    if wrong.any():
        return _side_by_side(target, result, wrong)
    if kinds and target.dtype.kind in "biu" and result.dtype.kind == "f":
        wanted = "whole numbers of an integer type"
        return f"  the values are right, but {result.dtype}; expected {wanted}"
    return ""


def _between_tuples(target: tuple, result: Any, tolerance: float, kinds: bool) -> str:
    if not isinstance(result, tuple | list) or len(result) != len(target):
        return f"  expected a tuple of {len(target)} values, yours {result!r}"
    pairs = zip(target, result, strict=True)
    parts = [difference(t, r, tolerance, kinds=kinds) for t, r in pairs]
    return "\n".join(f"  value {i + 1}:\n{part}" for i, part in enumerate(parts) if part)


def _side_by_side(target: np.ndarray, result: np.ndarray, wrong: np.ndarray) -> str:
    """Expected and given values where they are wrong, to as many digits as tell them apart."""
    digits = next((n for n in (6, 9) if row(target[wrong], n) != row(result[wrong], n)), 17)
    lines = [
        f"  expected {row(target[wrong], digits)}",
        f"  yours    {row(result[wrong], digits)}",
    ]
    if wrong.ndim:
        index = ", ".join(str(i[0]) for i in np.nonzero(wrong))
        count = f"{wrong.sum()} of {wrong.size} values differ"
        lines.insert(0, f"  {count}, the first at index {index}")
    return "\n".join(lines)
