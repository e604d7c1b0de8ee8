"""Which part of an array STRIDED_SLICE and SLICE take, written as numpy would write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_MASKS = ("begin", "end", "ellipsis", "new_axis", "shrink_axis")


def strided(
    begin: Sequence[int],
    end: Sequence[int],
    strides: Sequence[int],
    shape: Sequence[int],
    options: Mapping[str, Any],
) -> str:
    """The index of STRIDED_SLICE: `x[index]` is what it makes of an array of `shape`.

    What the masks or the shape make the whole of an axis is `:`; a size of -1 is not known. The
    masks are options of the operator, a bit for each place; with `offset` the ends count from the
    begins.

    Source: TensorFlow's documentation of tf.strided_slice.

    >>> strided([0, 1, 0], [2, 5, 9], [1, 1, 2], (2, 8, 8), {"begin_mask": 4, "end_mask": 4})
    '[:, 1:5, ::2]'
    >>> strided([0, 3], [0, 4], [1, 1], (2, 8, 8), {"ellipsis_mask": 1, "shrink_axis_mask": 2})
    '[..., 3]'
    """
    masks = {name: options.get(f"{name}_mask", 0) for name in _MASKS}
    sizes, words = _sizes(len(begin), masks, shape), []
    for place, (first, last, step) in enumerate(zip(begin, end, strides, strict=True)):
        on = {name for name in _MASKS if masks[name] >> place & 1}
        if "ellipsis" in on:
            words.append("...")
        elif "new_axis" in on:
            words.append("newaxis")
        elif "shrink_axis" in on:
            words.append(str(first))
        else:
            last = first + last if options.get("offset") else last
            low, high = (None if side in on else n for side, n in (("begin", first), ("end", last)))
            words.append(_slice(low, high, step, sizes[place]))
    return f"[{', '.join(words)}]"


def window(begin: Sequence[int], size: Sequence[int], shape: Sequence[int]) -> str:
    """The index of SLICE, whose size -1 means all that is left.

    >>> window([0, 2, 4], [3, 2, -1], (3, 8, 8))
    '[:, 2:4, 4:]'
    """
    ends = [None if count < 0 else first + count for first, count in zip(begin, size, strict=True)]
    sizes = _sizes(len(begin), dict.fromkeys(_MASKS, 0), shape)
    words = [_slice(low, high, 1, n) for low, high, n in zip(begin, ends, sizes, strict=True)]
    return f"[{', '.join(words)}]"


def _sizes(places: int, masks: Mapping[str, int], shape: Sequence[int]) -> list[int]:
    """The size of the axis that each place is about; -1 where there is none, or it is not known."""
    ellipsis, none = masks["ellipsis"], masks["ellipsis"] | masks["new_axis"]
    taken = [place for place in range(places) if not none >> place & 1]
    skipped = len(shape) - len(taken)
    sizes = [-1] * places
    for axis, place in enumerate(taken):
        behind = ellipsis and ellipsis < 1 << place
        at = axis + skipped if behind else axis
        sizes[place] = shape[at] if 0 <= at < len(shape) else -1
    return sizes


def _slice(first: int | None, last: int | None, step: int, size: int) -> str:
    """`first:last:step` without what says nothing on an axis of `size`."""
    if step > 0:
        first = None if first == 0 else first
        last = None if last is not None and 0 <= size <= last else last
    elif size >= 0:
        first = None if first is not None and first >= size - 1 else first
        last = None if last is not None and last < -size else last
    ends = ["" if n is None else str(n) for n in (first, last)]
    return ":".join(ends if step == 1 else [*ends, str(step)])
