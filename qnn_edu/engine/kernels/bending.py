"""Functions of one value that bend: they clamp, or go on less steeply below 0."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from qnn_edu.core.affine import quantize
from qnn_edu.core.fixed_point import double_rounding, quantize_multiplier
from qnn_edu.engine.broadcasting import broadcasting, meets_batch
from qnn_edu.engine.kernel import INTEGERS, Kernel, always
from qnn_edu.engine.kernels.rescaling import CLAMPED
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finished, offset, rescaled
from qnn_edu.engine.rules import of_one_size, symmetric, within_32_bits, without_channels


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
    if node.kernels == "xnnpack":
        above, below = (np.int64(np.rint(256 * ratio)) for ratio in _ratios(node))
        return finished(node, (q * np.where(q > 0, above, below) + 128) >> 8)
    return _bent(node, q, q, _leaking(node))


def prelu(node: Node, x: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """As `leaky_relu`, below `Z_x` with `M (q_x - Z_x) (q_a - Z_a)` and `M = S_x S_a / S`."""
    q, a = offset(node, x, alpha)
    return _bent(node, q, q * a, _of_product(node))


def _leaking(node: Node) -> np.float32:
    s, alpha = np.float32(node.inputs[0].scale), np.float32(node.option("alpha", 0))
    return s * alpha / np.float32(node.output.scale)


def _of_product(node: Node) -> np.float32:
    s, t = (np.float32(each.scale) for each in node.inputs)
    return s * t / np.float32(node.output.scale)


def _bent(node: Node, q: np.ndarray, product: np.ndarray, scale: np.float32) -> np.ndarray:
    """Double rounding: of `M q` from 0 up, of `scale * product` under it."""
    sign, (m, shift) = int(np.sign(scale)), quantize_multiplier(np.abs(scale))
    below = double_rounding(product, sign * m, shift)
    bent = np.where(q >= 0, double_rounding(q, *quantize_multiplier(_ratio(node))), below)
    return finished(node, bent)


def _with_alpha(node: Node) -> Iterator[str]:
    """The slope is a number."""
    alpha = node.option("alpha", 0)
    if not np.isfinite(alpha):
        yield f"its alpha is {alpha}"


def _out_of_range(node: Node) -> bool:
    """XNNPACK's multipliers have 16 bits, 8 of them after the point."""
    above, below = _ratios(node)
    return not (2**-8 <= above <= 2**7 and 2**-8 <= abs(below) and -(2**7 - 2**-8) <= below <= 2**7)


def _ratios(node: Node) -> tuple[np.float32, np.float32]:
    """`S_x / S`, and alpha times that."""
    return _ratio(node), _ratio(node) * np.float32(node.option("alpha", 0))


def _between(node: Node, x: np.ndarray, lowest: float, highest: float) -> np.ndarray:
    (q,) = offset(node, x)
    q = rescaled(node, q, float(_ratio(node)))
    return np.clip(q, *quantize([lowest, highest], node.output.params))


def _ratio(node: Node) -> np.float32:
    """`S_x / S` in float32."""
    return np.float32(node.inputs[0].scale) / np.float32(node.output.scale)


_LEAKY = (of_one_size, _with_alpha, within_32_bits(_ratio, 1), within_32_bits(_leaking, 1))
_PRELU = (broadcasting, without_channels, within_32_bits(_ratio, 1), within_32_bits(_of_product, 2))
_LeakyRelu = partial(Kernel, "LEAKY_RELU", leaky_relu)
_Prelu = partial(Kernel, "PRELU", prelu, rules=_PRELU, along_batch=meets_batch)

KERNELS = (
    _LeakyRelu(rules=_LEAKY, declined=_out_of_range),
    _LeakyRelu(types=("INT16",), rules=(symmetric, *_LEAKY), declined=always),
    _Prelu(types=INTEGERS, values=(0, 1)),
    _Prelu(types=("INT16",), weights=("INT8",)),
    Kernel("RELU_0_TO_1", relu_0_to_1, rules=CLAMPED),
    Kernel("RELU_N1_TO_1", relu_n1_to_1, rules=CLAMPED),
)
