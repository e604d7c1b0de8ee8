"""RESIZE_NEAREST_NEIGHBOR: every output is the input that lies nearest."""

from __future__ import annotations

import numpy as np

from qnn_edu.engine.kernel import Kernel, Moved
from qnn_edu.engine.kernels.resize import HALF, corners_fixed, to_a_size
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import of_images


def resize_nearest_neighbor(node: Node, x: np.ndarray, size: np.ndarray) -> np.ndarray:
    """`y[i, j] = x[row(i), column(j)]`, x (n, h, w, c), size (new h, new w)."""
    rows, columns = (_places(node, *n) for n in zip(x.shape[1:3], size, strict=True))
    return x[:, rows][:, :, columns]


def _places(node: Node, old: int, new: int) -> np.ndarray:
    """`floor(i old / new)` in float32; half a pixel is added to i where pixels have centers.

    Where corners are aligned it is `round(i (old - 1) / (new - 1))`, half away from zero. Kernels
    that are not "reference" multiply 8-bit images' i by `floor(2**16 old / new) + 1` instead, and
    cut 16 bits off, unless pixels have centers or aligned corners.
    """
    fixed, centers = corners_fixed(node, new), bool(node.option("half_pixel_centers"))
    i = np.arange(new)
    if not centers and not node.option("align_corners") and _vectorized(node):
        return np.minimum(i * ((old << 16) // new + 1) >> 16, old - 1)
    step = np.float32(old - fixed) / np.float32(new - fixed)
    place = (i.astype(np.float32) + HALF * centers) * step
    rounded = np.floor(place + HALF * bool(node.option("align_corners")))
    return np.minimum(rounded.astype(int), old - 1)


def _vectorized(node: Node) -> bool:
    return node.kernels != "reference" and node.output.dtype.itemsize == 1


KERNELS: tuple[Kernel, ...] = (
    Moved(
        "RESIZE_NEAREST_NEIGHBOR",
        resize_nearest_neighbor,
        types=("INT8", "UINT8", "INT16", "INT32", "FLOAT32"),
        settings=(1,),
        rules=(of_images, to_a_size),
    ),
)
