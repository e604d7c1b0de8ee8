"""SLICE and STRIDED_SLICE: a part of every dimension."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from qnn_edu.engine.kernel import Moved, Rule
from qnn_edu.engine.node import Node

WHOLE = slice(None)
Place = slice | int | None  # or an Ellipsis


def slice_(node: Node, x: np.ndarray, begin: np.ndarray, size: np.ndarray) -> np.ndarray:
    """`x[begin : begin + size]` along each dimension; a size of -1 takes all that are left."""
    return x[node.once(_parts)]


def strided_slice(
    node: Node, x: np.ndarray, begin: np.ndarray, end: np.ndarray, strides: np.ndarray
) -> np.ndarray:
    """`x[begin:end:stride]` along each dimension that is named; the rest is whole.

    Bit i of a mask is about entry i: `begin_mask` and `end_mask` ignore it and take the edge,
    `shrink_axis_mask` takes `begin` alone and drops the dimension; `new_axis_mask` adds one of
    size 1, `ellipsis_mask` stands for as many whole dimensions as are left. With `offset`, an end
    is counted from its begin.
    """
    return x[node.once(_places)]


def _parts(node: Node) -> tuple[Place, ...]:
    """What numpy takes of each dimension, for SLICE."""
    begin, size = _settings(node)
    ends = (None if n == -1 else b + n for b, n in zip(begin, size, strict=True))
    return _with_all_images(node, [slice(*each) for each in zip(begin, ends, strict=True)])


def _places(node: Node) -> tuple[Place, ...]:
    """What numpy takes, entry by entry, for STRIDED_SLICE."""
    begin, end, strides = _settings(node)
    if node.option("offset", False):
        end = [b + e for b, e in zip(begin, end, strict=True)]
    entries = zip(begin, end, strides, strict=True)
    return _with_all_images(node, [_place(node, i, *each) for i, each in enumerate(entries)])


def _place(node: Node, i: int, begin: int, end: int, stride: int) -> Place:
    def marked(mask: str) -> bool:
        return bool(node.option(mask, 0) >> i & 1)

    if marked("ellipsis_mask"):
        return ...
    if marked("new_axis_mask"):
        return None
    if marked("shrink_axis_mask"):
        return begin
    first, last = (None if marked(m) else n for m, n in (("begin_mask", begin), ("end_mask", end)))
    return slice(first, last, stride)


def _settings(node: Node) -> list[list[int]]:
    return [tensor.data.ravel().tolist() for tensor in node.inputs[1:]]


def _with_all_images(node: Node, places: list[Place]) -> tuple[Place, ...]:
    """What takes the only image takes all of a batch."""
    if node.inputs[0].shape[:1] == (1,) and places and isinstance(places[0], slice):
        taken = len(range(*places[0].indices(1)))
        places = [WHOLE if taken else places[0], *places[1:]]
    return tuple(places)


def _slices_batch(node: Node) -> bool:
    """Its first entry is not the whole first dimension."""
    places = node.once(_places)
    return bool(places) and places[0] not in (WHOLE, ...)


def _inside(node: Node) -> Iterator[str]:
    """A part of each dimension, none beyond its end."""
    x, (begin, size) = node.inputs[0].shape, _settings(node)
    named = len(begin) == len(size) == len(x)
    parts = zip(begin, size, x, strict=False)
    if not named or not all(0 <= b <= b + max(n, 0) <= all_ and n >= -1 for b, n, all_ in parts):
        yield f"begins {begin} and sizes {size} are no part of {x}"


def _in_steps(node: Node) -> Iterator[str]:
    """A begin, an end and a stride for each entry."""
    begin, end, strides = _settings(node)
    if not len(begin) == len(end) == len(strides) or 0 in strides:
        yield (
            f"begins {begin}, ends {end}, strides {strides}; expected one of each for a dimension, "
            "strides not 0"
        )


def _taken_by(places: Callable[[Node], tuple[Place, ...]]) -> Rule:
    """What is taken has the output's shape."""

    def rule(node: Node) -> Iterator[str]:
        x, taken = np.broadcast_to(np.int8(0), node.inputs[0].shape), places(node)
        try:
            shape = x[taken].shape
        except IndexError:
            yield f"{x.shape} has no places {taken}"
            return
        if shape != node.output.shape:
            yield f"it takes {shape} of {x.shape}, and the file says {node.output.shape}"

    return rule


KERNELS = (
    Moved("SLICE", slice_, settings=(1, 2), rules=(_inside, _taken_by(_parts))),
    Moved(
        "STRIDED_SLICE",
        strided_slice,
        settings=(1, 2, 3),
        rules=(_in_steps, _taken_by(_places)),
        along_batch=_slices_batch,
    ),
)
