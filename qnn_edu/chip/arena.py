"""One block of memory for all activations: those that are never needed at once share bytes.

Greedy, first fit: the largest buffer first, each at the lowest offset where nothing lies that is
needed at the same time. Source: Pisarchyk and Lee 2020, "Efficient memory management for deep
neural net inference", section 5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Buffer:
    """`size` bytes that hold a tensor from the step that writes it to the last that reads it."""

    tensor: int
    size: int
    first: int
    last: int

    def meets(self, other: Buffer) -> bool:
        """Are both needed at some step?

        >>> Buffer(0, 8, 0, 1).meets(Buffer(1, 8, 1, 2))
        True
        """
        return self.first <= other.last and other.first <= self.last


def plan(buffers: Iterable[Buffer]) -> dict[int, int]:
    """The offset of each tensor's buffer, in bytes.

    >>> plan([Buffer(0, 64, 0, 1), Buffer(1, 16, 1, 2), Buffer(2, 32, 2, 3)])
    {0: 0, 2: 0, 1: 64}
    """
    offsets, placed = {}, []
    for buffer in sorted(buffers, key=lambda each: (-each.size, each.first)):
        taken = [(offsets[b.tensor], b.size) for b in placed if b.meets(buffer)]
        offsets[buffer.tensor] = _first_fit(buffer.size, sorted(taken))
        placed.append(buffer)
    return offsets


def _first_fit(size: int, taken: list[tuple[int, int]]) -> int:
    """The lowest offset with `size` bytes free; `taken` are (offset, size), the lowest first."""
    offset = 0
    for start, length in taken:
        if offset + size <= start:
            break
        offset = max(offset, start + length)
    return offset
