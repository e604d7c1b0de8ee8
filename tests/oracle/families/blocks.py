"""Blocks that become channels or images, and images of the nearest pixels."""

import numpy as np

from tests.oracle.families.moved import like, of_every_type, of_shape, setting


def space_to_depth(rng, dtype):
    n, h, w, c, b = (int(each) for each in rng.integers(1, 5, 5))
    x = of_shape(rng, (n, h * b, w * b, c), dtype)
    return [x], like(x, (n, h, w, c * b * b)), "SpaceToDepthOptions", {"blockSize": b}


def depth_to_space(rng, dtype):
    n, h, w, c, b = (int(each) for each in rng.integers(1, 5, 5))
    x = of_shape(rng, (n, h, w, c * b * b), dtype)
    return [x], like(x, (n, h * b, w * b, c)), "DepthToSpaceOptions", {"blockSize": b}


def space_to_batch(rng, dtype):
    n, whole, parts, block, frame = _cut(rng)
    sizes = [size - sum(widths) for size, widths in zip(whole, frame, strict=True)]
    x, c = of_shape(rng, (n, *sizes, 3), dtype), 3
    output = like(x, (n * np.prod(block), *parts, c))
    return [x, setting(block), setting(frame)], output, "SpaceToBatchNDOptions", {"version": 2}


def batch_to_space(rng, dtype):
    n, whole, parts, block, frame = _cut(rng)
    x = of_shape(rng, (n * np.prod(block), *parts, 3), dtype)
    sizes = [size - sum(widths) for size, widths in zip(whole, frame, strict=True)]
    specs = [x, setting(block), setting(frame)]
    return specs, like(x, (n, *sizes, 3)), "BatchToSpaceNDOptions", {"version": 2}


def _cut(rng):
    """Images, their sizes with a frame, the sizes in blocks, and the blocks, in one or two ways."""
    k = int(rng.integers(1, 3))
    block, parts = rng.integers(1, 4, k), rng.integers(1, 5, k)
    room = block * parts - 1
    frame = np.transpose([rng.integers(0, room // 2 + 1), rng.integers(0, (room + 1) // 2 + 1)])
    return int(rng.integers(1, 3)), block * parts, parts, block, frame


def nearest(rng, dtype):
    """Long thin images, too, for there vectorised code is off by a pixel."""
    long = rng.random() < 0.3
    sizes, new = (
        (int(rng.integers(1, 200 if long else 20)), int(rng.integers(1, 8))) for _ in "xy"
    )
    x = of_shape(rng, (int(rng.integers(1, 3)), *sizes, int(rng.integers(1, 5))), dtype)
    how = ({}, {"alignCorners": True}, {"halfPixelCenters": True})[rng.integers(3)]
    output = like(x, (x.shape[0], *new, x.shape[3]))
    return [x, setting(new)], output, "ResizeNearestNeighborOptions", how | {"version": 3}


FAMILIES = of_every_type(
    {"SPACE_TO_DEPTH": space_to_depth, "DEPTH_TO_SPACE": depth_to_space},
    without=(np.int16, np.bool_),
)
FAMILIES |= of_every_type(
    {"SPACE_TO_BATCH_ND": space_to_batch, "BATCH_TO_SPACE_ND": batch_to_space}
)
FAMILIES |= of_every_type({"RESIZE_NEAREST_NEIGHBOR": nearest}, without=(np.int64, np.bool_))
