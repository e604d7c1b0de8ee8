"""Shapes of what moves values, repeats them or takes some: numpy tells, from empty arrays."""

from __future__ import annotations

from math import prod
from types import EllipsisType

import numpy as np

from qnn_edu.tflite.graph import Operator
from qnn_edu.tflite.shapes.law import Inputs, Law, Shape, Unfit, axis_of, empty, first, setting

Place = slice | int | None | EllipsisType


def reshape(operator: Operator, inputs: Inputs) -> list[Shape]:
    """The second input or an option; a size of -1 is what is left."""
    stated = operator.options.get("new_shape")
    wanted = setting(inputs, 1) if len(inputs) > 1 else list(stated or ())
    size, known = prod(first(inputs).shape), prod(n for n in wanted if n != -1)
    if wanted.count(-1) > 1 or (-1 not in wanted and known != size) or (known and size % known):
        raise Unfit
    return [tuple(size // known if n == -1 else n for n in wanted)]


def squeeze(operator: Operator, inputs: Inputs) -> list[Shape]:
    """The sizes of 1 that are named are gone; all of them if none is named."""
    shape = first(inputs).shape
    named = {axis_of(axis, len(shape)) for axis in operator.options.get("squeeze_dims") or ()}
    named = named or {i for i, n in enumerate(shape) if n == 1}
    if any(shape[i] != 1 for i in named):
        raise Unfit
    return [tuple(n for i, n in enumerate(shape) if i not in named)]


def expand_dims(operator: Operator, inputs: Inputs) -> list[Shape]:
    """A dimension of size 1 more."""
    (axis,) = setting(inputs, 1)
    return [np.expand_dims(empty(first(inputs).shape), axis).shape]


def concatenation(operator: Operator, inputs: Inputs) -> list[Shape]:
    """Sizes along the axis are added."""
    shapes = [list(first(inputs, i).shape) for i in range(len(inputs))]
    axis = axis_of(operator.options["axis"], len(shapes[0]))
    total = sum(shape[axis] for shape in shapes)
    alike = {(*shape[:axis], total, *shape[axis + 1 :]) for shape in shapes}
    if len(alike) != 1:
        raise Unfit
    return [alike.pop()]


def pad(operator: Operator, inputs: Inputs) -> list[Shape]:
    """A frame along each dimension."""
    frame = setting(inputs, 1)
    if min(frame, default=0) < 0:
        raise Unfit
    sides = zip(first(inputs).shape, frame[::2], frame[1::2], strict=True)
    return [tuple(before + n + after for n, before, after in sides)]


def transpose(operator: Operator, inputs: Inputs) -> list[Shape]:
    """Dimensions in another order."""
    return [empty(first(inputs).shape).transpose(setting(inputs, 1)).shape]


def strided_slice(operator: Operator, inputs: Inputs) -> list[Shape]:
    """What lies between begins and ends, in steps.

    LiteRT reads masks beyond the last entry as dimensions of their own; where one place is taken in
    steps backwards, or ends are an `offset` from masked begins, it reads outside of the array.
    """
    begin, end, strides = (setting(inputs, i) for i in (1, 2, 3))
    masks = [_masks(operator, i) for i in range(32)]
    backwards = ("shrink_axis" in of and n < 0 for of, n in zip(masks, strides, strict=False))
    if any(masks[len(begin) :]) or any(backwards) or operator.options.get("offset"):
        raise Unfit
    return [empty(first(inputs).shape)[places(operator, begin, end, strides)].shape]


def places(
    operator: Operator, begin: list[int], end: list[int], strides: list[int]
) -> tuple[Place, ...]:
    """What numpy takes for a STRIDED_SLICE, entry by entry.

    Bit i of a mask is about entry i: `begin_mask` and `end_mask` ignore it and take the edge,
    `shrink_axis_mask` takes the begin alone and drops the dimension; `new_axis_mask` adds one of
    size 1, `ellipsis_mask` stands for as many whole dimensions as are left.

    >>> options = {"begin_mask": 1, "shrink_axis_mask": 2}
    >>> places(Operator(0, "STRIDED_SLICE", 1, (), (), options), [7, 3], [5, 4], [1, 1])
    (slice(None, 5, 1), 3)
    """
    masks = [_masks(operator, i) for i in range(len(begin))]
    return tuple(_place(*each) for each in zip(masks, begin, end, strides, strict=True))


def _masks(operator: Operator, i: int) -> set[str]:
    """The masks that speak of entry i."""
    words = ("begin", "end", "ellipsis", "new_axis", "shrink_axis")
    return {word for word in words if (operator.options.get(f"{word}_mask") or 0) >> i & 1}


def _place(masks: set[str], begin: int, end: int, stride: int) -> Place:
    if "ellipsis" in masks:
        return ...
    if "new_axis" in masks:
        return None
    if "shrink_axis" in masks:
        return 0 if "begin" in masks else begin
    return slice(None if "begin" in masks else begin, None if "end" in masks else end, stride)


def slice_(operator: Operator, inputs: Inputs) -> list[Shape]:
    """From each begin as many as a size says; -1 says all that follow."""
    shape, begin, size = first(inputs).shape, setting(inputs, 1), setting(inputs, 2)
    taken = [n - b if s == -1 else s for n, b, s in zip(shape, begin, size, strict=True)]
    if any(not 0 <= b <= b + s <= n for n, b, s in zip(shape, begin, taken, strict=True)):
        raise Unfit
    return [tuple(taken)]


def split(operator: Operator, inputs: Inputs) -> list[Shape]:
    """Equal parts along the axis, the first input."""
    shape, (axis,) = first(inputs, 1).shape, setting(inputs, 0)
    parts = np.split(empty(shape), operator.options["num_splits"], axis)
    return [part.shape for part in parts]


def split_v(operator: Operator, inputs: Inputs) -> list[Shape]:
    """Parts of stated sizes along the axis; one of -1 is what is left."""
    shape, sizes, (number,) = list(first(inputs).shape), setting(inputs, 1), setting(inputs, 2)
    axis = axis_of(number, len(shape))
    left = shape[axis] - sum(size for size in sizes if size != -1)
    sizes = [left if size == -1 else size for size in sizes]
    if sum(sizes) != shape[axis]:
        raise Unfit
    return [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]


def pack(operator: Operator, inputs: Inputs) -> list[Shape]:
    """Arrays of one shape along a new axis."""
    arrays = [empty(first(inputs, i).shape) for i in range(len(inputs))]
    return [np.stack(arrays, operator.options.get("axis") or 0).shape]


def unpack(operator: Operator, inputs: Inputs) -> list[Shape]:
    """An array for each place along an axis, which is gone."""
    shape = first(inputs).shape
    axis = axis_of(operator.options.get("axis") or 0, len(shape))
    return [shape[:axis] + shape[axis + 1 :]] * shape[axis]


def gather(operator: Operator, inputs: Inputs) -> list[Shape]:
    """The axis becomes the dimensions of the indices; those of the batch are shared."""
    shape, indices = first(inputs).shape, first(inputs, 1).shape
    axis = axis_of(operator.options.get("axis") or 0, len(shape))
    shared = operator.options.get("batch_dims") or 0
    shared += len(indices) * (shared < 0)
    if not 0 <= shared <= axis or shape[:shared] != indices[:shared]:
        raise Unfit
    return [(*shape[:axis], *indices[shared:], *shape[axis + 1 :])]


def gather_nd(operator: Operator, inputs: Inputs) -> list[Shape]:
    """The last dimension of the indices names a place in the first ones; the rest is taken."""
    shape, indices = first(inputs).shape, first(inputs, 1).shape
    named = indices[-1]
    if named > len(shape):
        raise Unfit
    return [(*indices[:-1], *shape[named:])]


def tile(operator: Operator, inputs: Inputs) -> list[Shape]:
    """Every dimension so many times."""
    each = zip(first(inputs).shape, setting(inputs, 1), strict=True)
    return [tuple(n * times for n, times in each)]


def broadcast_to(operator: Operator, inputs: Inputs) -> list[Shape]:
    """The shape that the second input names."""
    return [np.broadcast_to(empty(first(inputs).shape), setting(inputs, 1)).shape]


def fill(operator: Operator, inputs: Inputs) -> list[Shape]:
    """The shape that the first input names."""
    return [tuple(setting(inputs, 0))]


LAWS: dict[str, Law] = {
    "BROADCAST_TO": broadcast_to,
    "CONCATENATION": concatenation,
    "EXPAND_DIMS": expand_dims,
    "FILL": fill,
    "GATHER": gather,
    "GATHER_ND": gather_nd,
    "MIRROR_PAD": pad,
    "PACK": pack,
    "PAD": pad,
    "PADV2": pad,
    "RESHAPE": reshape,
    "SLICE": slice_,
    "SPLIT": split,
    "SPLIT_V": split_v,
    "SQUEEZE": squeeze,
    "STRIDED_SLICE": strided_slice,
    "TILE": tile,
    "TRANSPOSE": transpose,
    "UNPACK": unpack,
}
