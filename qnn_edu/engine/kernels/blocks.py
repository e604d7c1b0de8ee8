"""Blocks of pixels that become channels, or images, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved, always
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_images, of_shapes


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
    x = np.pad(x, [(0, 0), *widths, (0, 0)], constant_values=node.output.zero_point or 0)
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
    inside = (slice(first, size - last) for (first, last), size in zip(crops, sizes, strict=True))
    return whole[(slice(None), *inside)]


def _block(node: Node) -> int:
    return node.option("block_size", 0)


def _in_blocks(node: Node) -> Iterator[str]:
    """Height and width are whole blocks."""
    (_, h, w, _), b = node.inputs[0].shape, _block(node)
    if b < 1 or h % b or w % b:
        yield f"an image of {h} by {w} is not made of blocks of {b} by {b}"


def _in_squares(node: Node) -> Iterator[str]:
    """The channels make whole blocks."""
    c, b = node.inputs[0].shape[3], _block(node)
    if b < 1 or c % b**2:
        yield f"{c} channels make no blocks of {b} by {b} pixels"


def _deepened(node: Node) -> Iterator[tuple[int, ...]]:
    (n, h, w, c), b = node.inputs[0].shape, _block(node)
    yield n, h // b, w // b, c * b**2


def _flattened(node: Node) -> Iterator[tuple[int, ...]]:
    (n, h, w, c), b = node.inputs[0].shape, _block(node)
    yield n, h * b, w * b, c // b**2


def _of_sizes(node: Node) -> Iterator[str]:
    """A block and a frame have an entry for each size between images and channels."""
    x, block, frame = (tensor.shape for tensor in node.inputs)
    k = len(x) - 2
    if k not in (1, 2) or block != (k,) or frame != (k, 2):
        yield f"blocks {block} and frame {frame} for {x}; expected ({k},) and ({k}, 2)"
    elif (node.inputs[1].data < 1).any() or (node.inputs[2].data < 0).any():
        yield f"its blocks are {_settings(node)[0]}, its frame {_settings(node)[1]}"


def _scattered(node: Node) -> Iterator[tuple[int, ...]]:
    (n, *sizes, c), (block, frame) = node.inputs[0].shape, _settings(node)
    framed = [size + sum(widths) for size, widths in zip(sizes, frame, strict=True)]
    yield n * prod(block), *(size // b for size, b in zip(framed, block, strict=True)), c


def _gathered(node: Node) -> Iterator[tuple[int, ...]]:
    (n, *sizes, c), (block, crops) = node.inputs[0].shape, _settings(node)
    whole = [size * b for size, b in zip(sizes, block, strict=True)]
    yield n // prod(block), *(size - sum(c) for size, c in zip(whole, crops, strict=True)), c


def _in_framed_blocks(node: Node) -> Iterator[str]:
    """With its frame, an array is made of whole blocks."""
    (_, *sizes, _), (block, frame) = node.inputs[0].shape, _settings(node)
    all_three = zip(sizes, frame, block, strict=True)
    if any((size + sum(widths)) % b for size, widths, b in all_three):
        yield f"sizes {sizes} with a frame of {frame} are not made of blocks of {block}"


def _in_whole_blocks(node: Node) -> Iterator[str]:
    """There are images for every place of a block."""
    images, (block, _) = node.inputs[0].shape[0], _settings(node)
    if images % prod(block):
        yield f"{images} images are not made of blocks of {block}"


def _settings(node: Node) -> list[list]:
    return [tensor.data.tolist() for tensor in node.inputs[1:]]


_CHANNELS = {"types": ("INT8", "UINT8", "INT32", "INT64", "FLOAT32")}  # no others in LiteRT
_IMAGES = {"settings": (1, 2), "along_batch": always}

KERNELS: tuple[Kernel, ...] = (
    Moved(
        "SPACE_TO_DEPTH",
        space_to_depth,
        **_CHANNELS,
        rules=(of_images, _in_blocks, of_shapes(_deepened)),
    ),
    Moved(
        "DEPTH_TO_SPACE",
        depth_to_space,
        **_CHANNELS,
        rules=(of_images, _in_squares, of_shapes(_flattened)),
    ),
    Moved(
        "SPACE_TO_BATCH_ND",
        space_to_batch_nd,
        **_IMAGES,
        rules=(_of_sizes, _in_framed_blocks, of_shapes(_scattered)),
    ),
    Moved(
        "BATCH_TO_SPACE_ND",
        batch_to_space_nd,
        **_IMAGES,
        rules=(_of_sizes, _in_whole_blocks, of_shapes(_gathered)),
    ),
)
