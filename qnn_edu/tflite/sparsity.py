"""Constants of which a file stores some values only; all others are 0."""

import math
from dataclasses import dataclass

import numpy as np

from qnn_edu.tflite.flatbuffer import ints
from qnn_edu.tflite.schema import word
from qnn_edu.tflite.table import Table

_SPARSEST = 1000  # places for a stored value, at most: a damaged file may claim any shape


@dataclass(frozen=True)
class Sparsity:
    """How a file stores a sparse constant: as a tree, whose leaves are the values, in order.

    Level k of the tree goes along dimension `order[k]`: to every place of it where `formats[k]` is
    "DENSE", to places that are listed where it is "SPARSE_CSR". First in number are the tensor's
    own dimensions, in steps of a block, then those within a block. `block` has a block's size along
    each of the tensor's dimensions; `stored` values are in the file.
    """

    order: tuple[int, ...]
    formats: tuple[str, ...]
    block: tuple[int, ...]
    stored: int


def densified(
    values: np.ndarray, stored: Table, shape: tuple[int, ...]
) -> tuple[np.ndarray, Sparsity]:
    """All values of a sparse tensor in its shape, as LiteRT's DENSIFY puts them out.

    `values` are those that the file stores, in one dimension, `stored` the `SparsityParameters`.

    Raises:
        ValueError: levels that contradict one another, the shape, or how many values there are.

    Source: Kjolstad et al. 2017, "The Tensor Algebra Compiler", section 3.

    >>> ends, steps = (Table("Uint8Vector", values=each) for each in ([0, 1, 2], [2, 0]))
    >>> rows = Table("DimensionMetadata", dense_size=2)
    >>> columns = Table("DimensionMetadata", format=1, array_segments=ends, array_indices=steps)
    >>> tree = Table("SparsityParameters", traversal_order=[0, 1], dim_metadata=[rows, columns])
    >>> densified(np.int8([7, 8]), tree, (2, 3))[0]
    array([[0, 0, 7],
           [8, 0, 0]], dtype=int8)
    """
    order, mapped = ints(stored.traversal_order), ints(stored.block_map)
    levels, total = stored.dim_metadata or [], math.prod(shape)
    if sorted(order) != list(range(len(shape) + len(mapped))) or len(levels) != len(order):
        raise ValueError(f"{len(levels)} sparse levels in the order {order} for shape {shape}")
    if values.dtype == np.object_ or total > _SPARSEST * len(values):
        raise ValueError(f"{len(values)} stored values for shape {shape}")
    sizes = {d: level.dense_size for level, d in zip(levels, order, strict=True)}
    block = _block(shape, mapped, [sizes[len(shape) + k] for k in range(len(mapped))])
    places = np.zeros(1, np.int64)
    for level, (size, stride) in zip(levels, _walk(shape, block, mapped, order), strict=True):
        places = _deeper(places, level, size, stride, total)
    if len(places) != len(values):
        raise ValueError(f"{len(values)} stored values for {len(places)} places")
    dense = np.zeros(total, values.dtype)
    dense[places] = values
    formats = tuple(word("DimensionType", level.format) for level in levels)
    return dense.reshape(shape), Sparsity(order, formats, block, len(values))


def _block(shape: tuple[int, ...], mapped: tuple[int, ...], sizes: list[int]) -> tuple[int, ...]:
    """A block's size along each dimension: 1 where none is said to lie."""
    found = dict(zip(mapped, sizes, strict=True))
    block = tuple(found.pop(d, 1) for d in range(len(shape)))
    whole = all(b > 0 and size % b == 0 for size, b in zip(shape, block, strict=True))
    if found or len(set(mapped)) < len(mapped) or not whole:
        raise ValueError(f"blocks of {sizes} along dimensions {mapped} of shape {shape}")
    return block


def _walk(
    shape: tuple[int, ...], block: tuple[int, ...], mapped: tuple[int, ...], order: tuple[int, ...]
) -> list[tuple[int, int]]:
    """How many steps each level can go, and how far apart these are in the dense tensor."""
    strides = [math.prod(shape[d + 1 :]) for d in range(len(shape))]
    steps = [(s // b, b * stride) for s, b, stride in zip(shape, block, strides, strict=True)]
    steps += [(block[d], strides[d]) for d in mapped]
    return [steps[d] for d in order]


def _deeper(places: np.ndarray, level: Table, size: int, stride: int, total: int) -> np.ndarray:
    """The places one level further down the tree, from left to right."""
    if word("DimensionType", level.format) == "DENSE":
        if level.dense_size != size or max(len(places), 1) * size > total:
            raise ValueError(f"a dense level of {level.dense_size} steps, expected {size}")
        return (places[:, None] + stride * np.arange(size)).ravel()
    ends, steps = (_listed(each) for each in (level.array_segments, level.array_indices))
    counts = np.diff(ends)
    if len(ends) != len(places) + 1 or ends[0] or ends[-1] != len(steps) or (counts < 0).any():
        raise ValueError(f"a sparse level whose {len(steps)} steps are not cut into {len(places)}")
    if (steps < 0).any() or (steps >= size).any():
        raise ValueError(f"a sparse level with steps beyond its {size}")
    return np.repeat(places, counts) + stride * steps


def _listed(vector: Table | None) -> np.ndarray:
    """A list of places, in whatever type the file has it."""
    return np.array(ints(vector and vector.values), np.int64)
