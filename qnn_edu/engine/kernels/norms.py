"""L2_NORMALIZATION: every row of the last axis is brought to length 1."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.core.fixed_point import double_rounding
from qnn_edu.core.fixed_roots import inverse_square_root
from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finished, offset
from qnn_edu.engine.rules import of_one_size

PLACES = 7  # an output counts in steps of 2**-7
SHORTEST = np.float32(1e-6)


def l2_normalization(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(round(128 d / sqrt(sum d**2)) + Z)`, `d = q_x - Z_x`: S_x does not matter.

    The inverse root has 31 bits; rounding is double. int8 shifts by the places of 1/128 on the way
    back, uint8 before. A row of zeros stays one.
    """
    (d,) = offset(node, x)
    multiplier, shift = inverse_square_root((d * d).sum(axis=-1, keepdims=True))
    if x.dtype == np.uint8:
        return finished(node, double_rounding(d << PLACES, multiplier, shift))
    return finished(node, double_rounding(d, multiplier, shift + PLACES))


def l2_normalization_(node: Node, x: np.ndarray) -> np.ndarray:
    """`y = x / sqrt(sum x**2)`, the root at least 1e-6."""
    return x / np.maximum(np.sqrt(np.square(x).sum(axis=-1, keepdims=True)), SHORTEST)


def _in_128ths(node: Node) -> Iterator[str]:
    """The output counts in steps of 1/128 from the middle of its grid."""
    y, middle = node.output, 128 if node.output.type == "UINT8" else 0
    if y.scale != 2**-PLACES or y.zero_point != middle:
        yield (
            f"its output has scale {y.scale:.6g}, zero point {y.zero_point}; expected 1/128 and "
            f"{middle}"
        )


def _of_rows(node: Node) -> Iterator[str]:
    """There is a last axis."""
    if not node.inputs[0].shape:
        yield "its input is a single number, and must have a dimension"


_RULES = (of_one_size, _of_rows)

KERNELS = (
    Kernel("L2_NORMALIZATION", l2_normalization, rules=(*_RULES, _in_128ths)),
    Kernel("L2_NORMALIZATION", l2_normalization_, FLOATS, rules=_RULES),
)
