"""Where the window of a convolution or a pooling stands on its input, and what it sees there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from qnn_edu.engine.node import Node

Pair = tuple[int, ...]
BLOCK = 1 << 15  # values worked on at a time, so that they stay in a core's own cache


def steps(node: Node) -> tuple[Pair, Pair, Pair]:
    """Kernel, stride and dilation of a convolution or a pooling."""
    if len(node.inputs) > 1:
        kernel = node.inputs[1].shape[1:3]  # of its weights
    else:
        kernel = node.option("filter_height"), node.option("filter_width")
    stride = node.option("stride_h"), node.option("stride_w")
    dilation = node.option("dilation_h_factor", 1), node.option("dilation_w_factor", 1)
    return kernel, stride, dilation


@dataclass(frozen=True)
class Windows:
    """Pairs are (vertical, horizontal). `size` is the output's, `before` the padding at its start.

    `reach` is what a window spans: `(kernel - 1) * dilation + 1`.
    """

    kernel: Pair
    stride: Pair
    dilation: Pair
    reach: Pair
    size: Pair
    before: Pair

    @classmethod
    def of(cls, node: Node) -> Windows:
        """Those of a convolution or a pooling, as many as its output has places.

        What the last window lacks is padding, the smaller half of it first; without padding none
        lacks any.
        """
        kernel, stride, dilation = steps(node)
        reach = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
        size, inside = node.output.shape[1:3], node.inputs[0].shape[1:3]
        each = zip(size, stride, reach, inside, strict=True)
        before = tuple(max((m - 1) * s + r - n, 0) // 2 for m, s, r, n in each)
        return cls(kernel, stride, dilation, reach, size, before)

    def frame(self, shape: tuple[int, ...]) -> Pair:
        """Height and width of images of a shape, with all that windows see around them."""
        each = zip(self.size, self.stride, self.reach, self.before, shape[1:3], strict=True)
        return tuple(max((m - 1) * s + r, b + n) for m, s, r, b, n in each)

    def padded(self, x: np.ndarray, value: float) -> np.ndarray:
        """`x` (n, h, w, c) with a frame of `value`, as far as windows see."""
        height, width = self.frame(x.shape)
        if (height, width) == x.shape[1:3]:
            return x
        framed = np.full((len(x), height, width, x.shape[3]), value, x.dtype)
        top, left = self.before
        framed[:, top : top + x.shape[1], left : left + x.shape[2]] = x
        return framed

    def blocks(self, images: int, values: int) -> Iterator[tuple[slice, slice]]:
        """Images and output rows, in blocks of about `BLOCK` values; a row has `values`."""
        rows = max(1, BLOCK // values)
        several = max(1, rows // self.size[0])
        rows = min(rows, self.size[0])
        for i, j in product(range(0, images, several), range(0, self.size[0], rows)):
            yield slice(i, min(i + several, images)), slice(j, min(j + rows, self.size[0]))

    def seen(self, padded: np.ndarray, images: slice, rows: slice) -> np.ndarray:
        """The input rows that the windows of these output rows see."""
        first = rows.start * self.stride[0]
        return padded[images, first : (rows.stop - 1) * self.stride[0] + self.reach[0]]

    def taps(self, seen: np.ndarray, rows: slice) -> list[np.ndarray]:
        """What each place of the kernel meets, (images, rows, columns, channels), row by row."""
        counts = rows.stop - rows.start, self.size[1]
        down, across = (
            [slice(i * d, i * d + (count - 1) * s + 1, s) for i in range(k)]
            for k, s, d, count in zip(self.kernel, self.stride, self.dilation, counts, strict=True)
        )
        return [seen[:, i, j] for i, j in product(down, across)]
