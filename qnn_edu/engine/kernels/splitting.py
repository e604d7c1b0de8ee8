"""SPLIT, SPLIT_V and UNPACK: an array in parts, one after the other along a dimension."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import Axis, along, axis_input, axis_option, of_shapes


def split(node: Node, axis: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, ...]:
    """As many parts of one size as there are outputs."""
    return _cut(x, _equal(node), _FIRST(node))


def split_v(
    node: Node, x: np.ndarray, sizes: np.ndarray, axis: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Parts of the sizes given; one may be -1, what the others leave."""
    return _cut(x, _given(node), _LAST(node))


def unpack(node: Node, x: np.ndarray) -> tuple[np.ndarray, ...]:
    """Each place along `axis` is an output, without that dimension."""
    return tuple(np.moveaxis(x, axis_option(node), 0))


_FIRST, _LAST = axis_input(0), axis_input(2)


def _cut(x: np.ndarray, sizes: list[int], axis: int) -> tuple[np.ndarray, ...]:
    return tuple(np.split(x, np.cumsum(sizes)[:-1], axis))


def _equal(node: Node) -> list[int]:
    """The sizes that SPLIT makes."""
    count = len(node.outputs)
    return [node.inputs[1].shape[_FIRST(node)] // count] * count


def _given(node: Node) -> list[int]:
    """The sizes that SPLIT_V makes."""
    sizes = node.inputs[1].data.ravel().tolist()
    left = node.inputs[0].shape[_LAST(node)] - sum(size for size in sizes if size != -1)
    return [left if size == -1 else size for size in sizes]


def _in_parts(place: int, sizes: Callable[[Node], list[int]], axis: Axis) -> tuple:
    """The parts make up the dimension."""

    def whole(node: Node) -> Iterator[str]:
        parts, size = sizes(node), node.inputs[place].shape[axis(node)]
        if sum(parts) != size or min(parts) < 0 or len(parts) != len(node.outputs):
            yield f"{len(node.outputs)} outputs of sizes {parts} do not make up a dimension of {size}"

    def shapes(node: Node) -> Iterator[list[int]]:
        for size in sizes(node):
            shape = list(node.inputs[place].shape)
            shape[axis(node)] = size
            yield shape

    return along(axis, place), whole, of_shapes(shapes)


def _unpacked(node: Node) -> list[tuple[int, ...]]:
    x = list(node.inputs[0].shape)
    count = x.pop(axis_option(node))
    return [tuple(x)] * count


def _along_batch(node: Node) -> bool:
    return axis_option(node) % len(node.inputs[0].shape) == 0


KERNELS: tuple[Kernel, ...] = (
    Moved(
        "SPLIT",
        split,
        values=(1,),
        settings=(0,),
        outputs=None,
        rules=_in_parts(1, _equal, _FIRST),
    ),
    Moved("SPLIT_V", split_v, settings=(1, 2), outputs=None, rules=_in_parts(0, _given, _LAST)),
    Moved(
        "UNPACK",
        unpack,
        outputs=None,
        rules=(along(axis_option), of_shapes(_unpacked)),
        along_batch=_along_batch,
    ),
)
