"""Sums of two integers that have scales of their own: the law of ADD and SUB in LiteRT's kernels.

Each input is brought to a scale of 2 max(S_a, S_b) / 2**places, where both fit, and their sum from
there to the output's. What brings it there is a product and two shifts, `q -> M 2**places q`; how
those round, plain code and vectors do not agree on.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from qnn_edu.core.fixed_point import double_rounding, high_multiply, quantize_multiplier
from qnn_edu.engine.narrowing import in_vectors, narrowed
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finished
from qnn_edu.engine.vectors import row_of_pairs

Bring = Callable[[np.ndarray, int, int, int], np.ndarray]  # q, places, multiplier, shift


def plain(q: np.ndarray, places: int, multiplier: int, shift: int) -> np.ndarray:
    """To the left, the product, and back: both times rounded.

    >>> plain(np.int64([1, 3]), 3, 13 << 27, -3)  # 0.8125 and 2.4375
    array([1, 3])
    """
    return double_rounding(q << places, multiplier, shift)


def at_once(q: np.ndarray, places: int, multiplier: int, shift: int) -> np.ndarray:
    """Both shifts before the product, as one: it rounds once.

    >>> at_once(np.int64([1, 3]), 3, 13 << 27, -3)
    array([1, 2])
    """
    left = places + shift
    return high_multiply(q << left if left > 0 else q >> -left, multiplier)


def cut(q: np.ndarray, places: int, multiplier: int, shift: int) -> np.ndarray:
    """As `plain`, but the shift back cuts off what it drops.

    >>> cut(np.int64([1, 3]), 3, 13 << 27, -3)
    array([0, 2])
    """
    return high_multiply(q << places, multiplier) >> -shift


def scaled_sum(node: Node, x: np.ndarray, y: np.ndarray, places: int, sign: int = 1) -> np.ndarray:
    """`clamp(round(M_x x + sign M_y y) + Z)`; x and y are `q - Z`, int64."""
    return finished(node, _sum(node, x, y, places, sign, plain))


def vectorized_sum(node: Node, x: np.ndarray, y: np.ndarray, places: int) -> np.ndarray:
    """As "optimized" adds: in vectors `at_once` or `cut`, and plainly what is left over of them."""
    fast, bring = node.once(_vectors)
    if not fast.any():
        return scaled_sum(node, x, y, places)
    whole = _sum(node, x, y, places, 1, bring)
    wide = node.output.type == "INT16"
    vectorized = finished(node, whole) if wide else narrowed(node, whole, saturating=False)
    return vectorized if fast.all() else np.where(fast, vectorized, scaled_sum(node, x, y, places))


def _sum(
    node: Node, x: np.ndarray, y: np.ndarray, places: int, sign: int, bring: Bring
) -> np.ndarray:
    m, n, out = multipliers(node, places)
    return double_rounding(bring(x, places, *m) + sign * bring(y, places, *n), *out)


def _vectors(node: Node) -> tuple[np.ndarray, Bring]:
    """Which places of the output lie in vectors, and how those bring the inputs.

    Of int8, 16 values at once in a row, or 8 where one input has a single value; uint8 has 8, and
    int16 16, but none where shapes broadcast.
    """
    if node.output.type == "UINT8":
        return in_vectors(node, 8, 8), cut
    row, single = row_of_pairs(*(tensor.shape for tensor in node.inputs))
    if node.output.type == "INT16":
        alike = not single and row == prod(node.output.shape)
        return in_vectors(node, 16, 16) & alike, at_once
    return in_vectors(node, 16, 8), cut if single else at_once


def multipliers(node: Node, places: int) -> list[tuple[int, int]]:
    """Multiplier and shift of each input, and of their sum."""
    s, t = (np.float64(tensor.scale) for tensor in node.inputs)
    twice = 2 * max(s, t)
    unit = 2**places * np.float64(node.output.scale)
    return [quantize_multiplier(m) for m in (s / twice, t / twice, twice / unit)]
