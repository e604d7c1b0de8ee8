"""What takes, joins, repeats or frames values of any type, whatever they mean."""

from functools import partial

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec

KINDS = {
    "": (np.int8, np.uint8),
    "int16": (np.int16,),
    "float": (np.float32,),
    "whole": (np.int32, np.int64, np.bool_),
}


def of_every_type(makers, *, without=()):
    """A family for each kind of type and each maker, a function of a generator and a type.

    `without` are types that LiteRT does not have for these operators.
    """
    families = {}
    for name, make in makers.items():
        for kind, types in KINDS.items():
            if types := [each for each in types if each not in without]:
                families[f"{name} {kind}".strip()] = partial(_of_one_type, make, types)
    return families


def _of_one_type(make, types, rng):
    return make(rng, types[rng.integers(len(types))])


def array(rng, dtype, low=1, high=4):
    """Of `low` to `high` dimensions; the first is often 1, for one image."""
    sizes = rng.integers(1, 7, rng.integers(low, high + 1))
    sizes[0] = 1 if rng.random() < 0.6 else sizes[0]
    return of_shape(rng, sizes, dtype)


def of_shape(rng, shape, dtype):
    """Integers of 16 bits and fewer have a scale."""
    shape, zero_point = tuple(int(n) for n in shape), 0
    if np.dtype(dtype).itemsize > 2 or dtype == np.bool_:
        return Spec(shape, dtype)
    if dtype != np.int16:
        zero_point = draw.zero_point(rng, dtype)
    return Spec(shape, dtype, draw.scale(rng), zero_point)


def like(spec, shape):
    return Spec(tuple(int(n) for n in shape), spec.dtype, spec.scale, spec.zero_point)


def setting(values, dtype=np.int32):
    values = np.array(values, dtype)
    return Spec(values.shape, dtype, data=values)


def axis_of(rng, spec, more=0):
    """An axis of an array, and the same or one counted from the end to say it with."""
    count = len(spec.shape) + more
    axis = int(rng.integers(count))
    return axis, axis - count * int(rng.integers(2))


def replaced(shape, axis, *sizes):
    return (*shape[:axis], *sizes, *shape[axis + 1 :])


def slice_(rng, dtype):
    x, kind = array(rng, dtype, high=5), rng.choice([np.int32, np.int64])
    begin = [int(rng.integers(n)) for n in x.shape]
    taken = [int(rng.integers(1, n - b + 1)) for n, b in zip(x.shape, begin, strict=True)]
    sides = zip(x.shape, begin, taken, strict=True)
    sizes = [-1 if b + size == n and rng.random() < 0.5 else size for n, b, size in sides]
    return [x, setting(begin, kind), setting(sizes, kind)], like(x, taken), "SliceOptions", {}


def strided_slice(rng, dtype):
    """Any begins, ends and strides, and masks in any place, as far as something is taken."""
    while True:
        x = array(rng, dtype)
        count = int(rng.integers(1, len(x.shape) + 1))
        masks = {mask: int(rng.integers(2**count)) & int(rng.integers(16)) for mask in MASKS}
        masks["ellipsis_mask"] = int(rng.choice([0, 1 << int(rng.integers(count))]))
        begin, end = rng.integers(-7, 8, (2, count))
        strides = rng.choice([1, 1, 1, 2, 3, -1, -2], count)
        shrinks = masks["shrink_axis_mask"] >> np.arange(count) & 1
        strides = np.where(shrinks, np.abs(strides), strides)
        shape = _taken(x.shape, begin, end, strides, masks)
        if shape is not None and 0 not in shape:
            break
    options = {_camel(mask): bits for mask, bits in masks.items()}
    specs = [x, *(setting(each) for each in (begin, end, strides))]
    return specs, like(x, shape), "StridedSliceOptions", options | {"version": 4}


MASKS = ("begin_mask", "end_mask", "new_axis_mask", "shrink_axis_mask")


def split(rng, dtype):
    parts, x = int(rng.integers(1, 5)), array(rng, dtype)
    axis, said = axis_of(rng, x)
    whole = like(x, replaced(x.shape, axis, x.shape[axis] * parts))
    outputs = [like(x, x.shape) for _ in range(parts)]
    return [setting(said), whole], outputs, "SplitOptions", {"numSplits": parts}


def split_v(rng, dtype):
    x, sizes = array(rng, dtype), [int(n) for n in rng.integers(1, 6, rng.integers(1, 5))]
    axis, said = axis_of(rng, x)
    whole = like(x, replaced(x.shape, axis, sum(sizes)))
    outputs = [like(x, replaced(x.shape, axis, n)) for n in sizes]
    if rng.random() < 0.5:
        sizes[rng.integers(len(sizes))] = -1
    inputs = [whole, setting(sizes), setting(said)]
    return inputs, outputs, "SplitVOptions", {"numSplits": len(sizes)}


def pack(rng, dtype):
    x, count = array(rng, dtype, high=3), int(rng.integers(1, 5))
    axis, said = axis_of(rng, x, more=1)
    output = like(x, (*x.shape[:axis], count, *x.shape[axis:]))
    inputs = [like(x, x.shape) for _ in range(count)]
    return inputs, output, "PackOptions", {"valuesCount": count, "axis": said}


def unpack(rng, dtype):
    x = array(rng, dtype, low=2)
    axis, said = axis_of(rng, x)
    outputs = [like(x, replaced(x.shape, axis)) for _ in range(x.shape[axis])]
    return [x], outputs, "UnpackOptions", {"num": x.shape[axis], "axis": said}


def gather(rng, dtype):
    """Constant indices or computed ones, of any number of dimensions."""
    x = array(rng, dtype)
    axis, said = axis_of(rng, x)
    shared = int(rng.integers(axis + 1)) if rng.random() < 0.3 else 0
    more = rng.integers(1, 4, rng.integers(0 if shared else 1, 3))
    shape = (*x.shape[:shared], *(int(n) for n in more))

    def indices(rng):
        return rng.integers(x.shape[axis], size=shape)

    kind = rng.choice([np.int16, np.int32, np.int64])
    if rng.random() < 0.5:
        places = Spec(shape, kind, data=indices(rng))
    else:
        places = Spec(shape, kind, draw=indices)
    output = like(x, replaced(x.shape, axis, *shape[shared:]))
    return [x, places], output, "GatherOptions", {"axis": said, "batchDims": shared}


def gather_nd(rng, dtype):
    """Places of one dimension or of all, constant or computed."""
    x = array(rng, dtype)
    named = int(rng.integers(1, len(x.shape) + 1))
    places = tuple(int(n) for n in rng.integers(1, 4, rng.integers(1, 3)))

    def columns(rng):
        return np.stack([rng.integers(n, size=places) for n in x.shape[:named]], axis=-1)

    def anywhere(rng):  # in any order: a test of batches rolls what is given
        return rng.integers(min(x.shape[:named]), size=(*places, named))

    kind = rng.choice([np.int16, np.int32, np.int64])
    if rng.random() < 0.5:
        given = Spec((*places, named), kind, data=columns(rng))
    else:
        given = Spec((*places, named), kind, draw=anywhere)
    return [x, given], like(x, (*places, *x.shape[named:])), None, {"version": 5}


def transpose(rng, dtype):
    x = array(rng, dtype, high=6)
    order = rng.permutation(len(x.shape))
    output = like(x, [x.shape[i] for i in order])
    said = [int(i) - len(order) * int(rng.integers(2)) for i in order]
    return [x, setting(said)], output, "TransposeOptions", {"version": 4}


def expand_dims(rng, dtype):
    x = array(rng, dtype)
    axis, said = axis_of(rng, x, more=1)
    output = like(x, (*x.shape[:axis], 1, *x.shape[axis:]))
    return [x, setting(said)], output, "ExpandDimsOptions", {}


def tile(rng, dtype):
    x = array(rng, dtype)
    times, kind = rng.integers(1, 4, len(x.shape)), rng.choice([np.int32, np.int64])
    return [x, setting(times, kind)], like(x, x.shape * times), "TileOptions", {"version": 2}


def broadcast_to(rng, dtype):
    output = array(rng, dtype, low=2)
    kept = [n if rng.random() < 0.6 else 1 for n in output.shape]
    x = like(output, kept[int(rng.integers(2)) :])
    return [x, setting(output.shape)], output, "BroadcastToOptions", {"version": 3}


def fill(rng, dtype):
    output = array(rng, dtype)
    return [setting(output.shape), like(output, ())], output, "FillOptions", {"version": 4}


def pad(rng, dtype):
    x, widths, output = _framed(rng, dtype, 4)
    return [x, widths], output, "PadOptions", {"version": 4}


def padv2(rng, dtype):
    x, widths, output = _framed(rng, dtype, 4)
    return [x, widths, like(x, (1,))], output, "PadV2Options", {"version": 4}


def mirror_pad(rng, dtype):
    mode = int(rng.integers(2))
    x = array(rng, dtype)
    frame = [rng.integers(0, n + mode, 2) for n in x.shape]
    output = like(x, np.array(x.shape) + np.sum(frame, axis=1))
    return [x, setting(frame)], output, "MirrorPadOptions", {"mode": mode, "version": 2}


def concatenation(rng, dtype):
    x = array(rng, dtype)
    axis, said = axis_of(rng, x)
    sizes = [int(n) for n in rng.integers(1, 9, rng.integers(1, 5))]
    inputs = [like(x, replaced(x.shape, axis, n)) for n in sizes]
    output = like(x, replaced(x.shape, axis, sum(sizes)))
    return inputs, output, "ConcatenationOptions", {"axis": said, "version": 3}


def _framed(rng, dtype, dimensions):
    x, kind = array(rng, dtype, high=dimensions), rng.choice([np.int32, np.int64])
    frame = rng.integers(0, 4, (len(x.shape), 2)) * (rng.random((len(x.shape), 1)) < 0.6)
    if x.shape[0] == 1 and rng.random() < 0.7:
        frame[0] = 0
    output = like(x, np.array(x.shape) + frame.sum(axis=1))
    return x, setting(frame, kind), output


def _taken(shape, begin, end, strides, masks):
    """The shape of what numpy takes, None where an entry leads nowhere."""

    def place(i):
        words = {mask for mask, bits in masks.items() if bits >> i & 1}
        if "ellipsis_mask" in words:
            return ...
        if "new_axis_mask" in words:
            return None
        first = None if "begin_mask" in words else int(begin[i])
        if "shrink_axis_mask" in words:
            return first or 0
        return slice(first, None if "end_mask" in words else int(end[i]), int(strides[i]))

    try:
        return np.empty(shape, np.int8)[tuple(place(i) for i in range(len(begin)))].shape
    except IndexError:
        return None


def _camel(mask):
    first, *others = mask.split("_")
    return first + "".join(word.title() for word in others)


FAMILIES = (
    of_every_type(
        {
            "SLICE": slice_,
            "STRIDED_SLICE of all kinds": strided_slice,
            "GATHER": gather,
            "GATHER_ND": gather_nd,
            "TRANSPOSE": transpose,
            "EXPAND_DIMS": expand_dims,
            "TILE": tile,
            "BROADCAST_TO": broadcast_to,
            "FILL": fill,
            "PAD of all kinds": pad,
            "PADV2": padv2,
            "MIRROR_PAD": mirror_pad,
            "CONCATENATION of all kinds": concatenation,
        }
    )
    | of_every_type({"SPLIT": split, "SPLIT_V": split_v, "PACK": pack}, without=[np.bool_])
    | of_every_type({"UNPACK": unpack}, without=[np.int64])
)
