"""Resizing images: every output is a mean of four neighbors, weighed by their distance.

`q = (1 - v)(1 - h) q_00 + (1 - v) h q_01 + v (1 - h) q_10 + v h q_11`; v and h, from 0 to 1, are
how far an output lies from the upper row and from the left column.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import fitting, of_images, unless_images

HALF = np.float32(0.5)


def resize_bilinear(node: Node, x: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The module's law. x (n, h, w, c), size (new h, new w).

    int8: v and h in steps of 2**-10, rounded half away from zero. uint8: in float32, rounded half
    up. XNNPACK: in steps of 2**-11, rounded half up.
    """
    if node.kernels == "xnnpack":
        return _in_steps_of_2048(node, x, size)
    if x.dtype == np.uint8:
        return np.floor(_in_float32(node, x, size) + HALF).astype(x.dtype)
    (*rows, v), (*columns, h) = (_in_1024(node, *n) for n in old_and_new(x, size))
    v, h = v[:, np.newaxis, np.newaxis], h[:, np.newaxis]
    q00, q01, q10, q11 = _corners(x.astype(np.int64), rows, columns)
    total = (q00 * (1024 - h) + q01 * h) * (1024 - v) + (q10 * (1024 - h) + q11 * h) * v
    return (np.sign(total) * ((np.abs(total) + (1 << 19)) >> 20)).astype(x.dtype)


def resize_bilinear_(node: Node, x: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The module's law on real numbers, in float32."""
    return _in_float32(node, x, size)


def _in_float32(node: Node, x: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The order of multiplications and additions shows in the last bit, and so on ties."""
    (*rows, v), (*columns, h) = (_places(node, *n) for n in old_and_new(x, size))
    v, h = v[:, np.newaxis, np.newaxis], h[:, np.newaxis]
    q00, q01, q10, q11 = _corners(x.astype(np.float32), rows, columns)
    if node.kernels == "optimized":
        total = q00 * ((1 - v) * (1 - h)) + q01 * ((1 - v) * h)
        total = total + q10 * (v * (1 - h)) + q11 * (v * h)
    else:
        total = q00 * (1 - v) * (1 - h) + q10 * v * (1 - h)
        total = total + q01 * (1 - v) * h + q11 * v * h
    return total


def _in_steps_of_2048(node: Node, x: np.ndarray, size: np.ndarray) -> np.ndarray:
    """XNNPACK moves what lies outside onto the edge."""
    (*rows, v), (*columns, h) = (_places(node, *n, inside=True) for n in old_and_new(x, size))
    v = np.rint(v[:, np.newaxis, np.newaxis] * 2048).astype(np.int64)
    h = np.rint(h[:, np.newaxis] * 2048).astype(np.int64)
    q00, q01, q10, q11 = _corners(x.astype(np.int64), rows, columns)
    total = (q00 * (2048 - h) + q01 * h) * (2048 - v) + (q10 * (2048 - h) + q11 * h) * v
    return ((total + (1 << 21)) >> 22).astype(x.dtype)


def _corners(x: np.ndarray, rows: list[np.ndarray], columns: list[np.ndarray]) -> list[np.ndarray]:
    """The four neighbors of every output: upper left and right, lower left and right."""
    return [x[:, row][:, :, column] for row in rows for column in columns]


def _places(
    node: Node, old: int, new: int, *, inside: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Along one dimension, in float32: lower and upper neighbor, how far beyond the lower."""
    corners = corners_fixed(node, new)
    step = np.float32(old - corners) / np.float32(new - corners)
    place = np.arange(new, dtype=np.float32)
    if node.option("half_pixel_centers"):
        place = (place + HALF) * step - HALF
    else:
        place = place * step
    if inside:
        place = np.clip(place, 0, np.float32(old - 1))
    lower = np.maximum(np.floor(place), 0).astype(int)
    upper = np.minimum(np.ceil(place).astype(int), old - 1)
    return lower, upper, place - lower.astype(np.float32)


def _in_1024(node: Node, old: int, new: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As `_places`, in whole steps of 2**-10."""
    place = _place_in_1024(node, np.arange(new), old, new)
    lower = np.maximum(place // 1024, 0)
    return lower, np.minimum(-(-place // 1024), old - 1), place - 1024 * lower


def _place_in_1024(node: Node, i: Any, old: int, new: int) -> Any:
    """Where output i lies, a number or an array of such."""
    first, step = line_in_1024(node, old, new)
    return first + i * step


def line_in_1024(node: Node, old: int, new: int) -> tuple[int, int]:
    """Where the first output lies and how far apart they are, in steps of 2**-10 of a pixel."""
    corners = corners_fixed(node, new)
    step = (1024 * (old - corners) + (new - corners) // 2) // (new - corners)
    return (step // 2 - 512 if node.option("half_pixel_centers") else 0), step


def old_and_new(x: np.ndarray, size: np.ndarray) -> Iterator[tuple[int, int]]:
    """The sizes before and after, of the height and of the width."""
    return zip(x.shape[1:3], size.ravel().tolist(), strict=True)


def corners_fixed(node: Node, new: int) -> int:
    """1 where the last output falls on the last input, else 0."""
    return int(bool(node.option("align_corners")) and new > 1)


def of_pixels(node: Node) -> Iterator[str]:
    """There are some; they lie on corners or have centers, not both."""
    if 0 in (*node.inputs[0].shape, *node.output.shape):
        yield f"it makes {node.output.shape} of {node.inputs[0].shape}: there is nothing to resize"
    if node.option("align_corners") and node.option("half_pixel_centers"):
        yield "it has both align_corners and half_pixel_centers"


def _inside(node: Node) -> Iterator[str]:
    """In steps of 2**-10 the last places may lie beyond the image, where LiteRT reads on."""
    for old, new in zip(node.inputs[0].shape[1:3], node.output.shape[1:3], strict=True):
        last = _place_in_1024(node, new - 1, old, new)
        if node.inputs[0].type == "INT8" and last // 1024 >= old:
            yield f"from {old} to {new} it reads beyond the image's end"


RESIZED = (of_images, fitting, of_pixels)
_Resize = partial(Kernel, "RESIZE_BILINEAR", settings=(1,), one_scale=True, declined=unless_images)

KERNELS: tuple[Kernel, ...] = (
    _Resize(resize_bilinear, rules=(*RESIZED, _inside)),
    _Resize(resize_bilinear_, types=FLOATS, rules=RESIZED),
)
