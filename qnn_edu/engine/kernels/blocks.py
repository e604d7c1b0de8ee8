"""Blocks of pixels that become channels, or images, and the other way round."""

from __future__ import annotations

from functools import partial
from math import prod

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved, always
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import as_told


def space_to_depth(node: Node, x: np.ndarray) -> np.ndarray:
    """A block of `b` by `b` pixels becomes one pixel of b b c channels, row after row."""
    (n, h, w, c), b = x.shape, _block(node)
    blocks = x.reshape(n, h // b, b, w // b, b, c).transpose(0, 1, 3, 2, 4, 5)
    return blocks.reshape(n, h // b, w // b, b * b * c)


def depth_to_space(node: Node, x: np.ndarray) -> np.ndarray:
    """`space_to_depth` undone."""
    (n, h, w, c), b = x.shape, _block(node)
    blocks = x.reshape(n, h, w, b, b, c // b**2).transpose(0, 1, 3, 2, 4, 5)
    return blocks.reshape(n, h * b, w * b, c // b**2)


def space_to_batch_nd(
    node: Node, x: np.ndarray, block: np.ndarray, widths: np.ndarray
) -> np.ndarray:
    """A frame of zeros; then each place of a block makes images of its own, place after place.

    x (n, *sizes, c), one or two sizes; block (k,) for these k; widths (k, 2).
    """
    x = np.pad(
        x, [(0, 0), *widths.reshape(-1, 2), (0, 0)], constant_values=node.output.zero_point or 0
    )
    (n, *sizes, c), k = x.shape, len(block)
    cut = [count for size, b in zip(sizes, block, strict=True) for count in (size // b, b)]
    order = (*range(2, 2 * k + 1, 2), 0, *range(1, 2 * k, 2), 2 * k + 1)
    return x.reshape(n, *cut, c).transpose(order).reshape(n * prod(block), *cut[::2], c)


def batch_to_space_nd(
    node: Node, x: np.ndarray, block: np.ndarray, crops: np.ndarray
) -> np.ndarray:
    """`space_to_batch_nd` undone; crops (k, 2) takes its frame away."""
    (n, *sizes, c), k = x.shape, len(block)
    order = (k, *(axis for i in range(k) for axis in (k + 1 + i, i)), 2 * k + 1)
    sizes = [size * b for size, b in zip(sizes, block, strict=True)]
    images = n // prod(block)
    whole = x.reshape(*block, images, *x.shape[1:]).transpose(order).reshape(images, *sizes, c)
    inside = (
        slice(first, size - last)
        for (first, last), size in zip(crops.reshape(-1, 2), sizes, strict=True)
    )
    return whole[(slice(None), *inside)]


def _block(node: Node) -> int:
    return node.option("block_size")


TYPES = ("INT8", "UINT8", "INT32", "INT64", "FLOAT32")  # of channels: LiteRT has no others

_Channels = partial(Moved, types=TYPES, rules=(as_told,))
_Images = partial(Moved, settings=(1, 2), rules=(as_told,), along_batch=always)

KERNELS: tuple[Kernel, ...] = (
    _Channels("SPACE_TO_DEPTH", space_to_depth),
    _Channels("DEPTH_TO_SPACE", depth_to_space),
    _Images("SPACE_TO_BATCH_ND", space_to_batch_nd),
    _Images("BATCH_TO_SPACE_ND", batch_to_space_nd),
)
