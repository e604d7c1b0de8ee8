"""Functions of one value that bend: they clamp, or go on less steeply below 0."""

from __future__ import annotations

from functools import partial

import numpy as np

from qnn_edu.core.affine import quantize
from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernel import INTEGERS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finished, offset, rescaled
from qnn_edu.engine.rules import of_one_size, symmetric


def relu_0_to_1(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M (q_x - Z_x)) + Z)`, between the integers of 0 and 1.

    `M = S_x / S` in float32, in every kernel set.
    """
    return _between(node, x, 0, 1)


def relu_n1_to_1(node: Node, x: np.ndarray) -> np.ndarray:
    """As `relu_0_to_1`, between the integers of -1 and 1."""
    return _between(node, x, -1, 1)


def leaky_relu(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M (q_x - Z_x)) + Z)`, below `Z_x` with `alpha M`; `M = S_x / S` in float32.

    XNNPACK keeps 8 places after the point of both multipliers, and rounds half up.
    """
    (q,) = offset(node, x)
    alpha, above = np.float32(node.option("alpha", 0)), _ratio(node)
    if node.kernels == "xnnpack" and x.dtype != np.int16 and _xnnpack_bends(above, above * alpha):
        up, down = (np.int64(np.rint(256 * each)) for each in (above, above * alpha))
        multiplier = np.where(q > 0, up, down)
        return finished(node, (q * multiplier + 128) >> 8)
    below = np.float32(node.inputs[0].scale) * alpha / np.float32(node.output.scale)
    return _bent(node, q, q, below)


def prelu(node: Node, x: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """As `leaky_relu`, below `Z_x` with `M (q_x - Z_x) (q_a - Z_a)` and `M = S_x S_a / S`."""
    q, a = offset(node, x, alpha)
    s, t = (np.float32(each.scale) for each in node.inputs)
    return _bent(node, q, q * a, s * t / np.float32(node.output.scale))


def _bent(node: Node, q: np.ndarray, product: np.ndarray, scale: np.float32) -> np.ndarray:
    """Double rounding: of `M q` from 0 up, of `scale * product` under it."""
    sign, (m, shift) = int(np.sign(scale)), quantize_multiplier(np.abs(scale))
    below = double_rounding(product, sign * m, shift)
    bent = np.where(q >= 0, double_rounding(q, *quantize_multiplier(_ratio(node))), below)
    return finished(node, bent)


def _xnnpack_bends(above: np.float32, below: np.float32) -> bool:
    """Whether XNNPACK takes these multipliers; LiteRT's optimized kernel takes the others."""
    return bool(2**-8 <= above <= 2**7 and 2**-8 <= abs(below) and -(2**7 - 2**-8) <= below <= 2**7)


def _between(node: Node, x: np.ndarray, lowest: float, highest: float) -> np.ndarray:
    q = rescaled(node, *offset(node, x), np.float64(_ratio(node)))
    return np.clip(q, *quantize([lowest, highest], node.output.params))


def _ratio(node: Node) -> np.float32:
    """`S_x / S` in float32."""
    return np.float32(node.inputs[0].scale) / np.float32(node.output.scale)


_ONE, _WIDE = (of_one_size,), (of_one_size, symmetric)
_Prelu = partial(Kernel, "PRELU", prelu, rules=(broadcasting,), along_batch=meets_batch)

KERNELS = (
    Kernel("LEAKY_RELU", leaky_relu, rules=_ONE),
    Kernel("LEAKY_RELU", leaky_relu, types=("INT16",), rules=_WIDE),
    _Prelu(types=INTEGERS, values=(0, 1)),
    _Prelu(types=("INT16",), weights=("INT8",)),
    Kernel("RELU_0_TO_1", relu_0_to_1, rules=_ONE),
    Kernel("RELU_N1_TO_1", relu_n1_to_1, rules=_ONE),
)
