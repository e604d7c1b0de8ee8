"""LOG_SOFTMAX, the logarithm of softmax along the last axis."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.core.fixed_functions import exp_of_negative
from qnn_edu.core.fixed_logarithms import logarithm
from qnn_edu.core.fixed_point import divide_by_power, double_rounding, quantize_multiplier
from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.kernels.nonlinear import DIFFERENCE_BITS, SUM_BITS, exp_table
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finished
from qnn_edu.engine.rules import of_one_size

OUTPUT_BITS = 4  # before the point of an output: it counts in sixteenths
FRACTION_BITS = 31 - DIFFERENCE_BITS


def log_softmax(node: Node, x: np.ndarray) -> np.ndarray:
    """`q = clamp(16 (d - log sum exp(d)) + Z)`, `d = S_x (q_x - max q_x)`.

    The output has scale 1/16 and its highest integer as zero point. "reference" computes in Q5.26,
    with the exponential of SOFTMAX and a logarithm of its own; the others have a table in float32.
    """
    if node.kernels != "reference":
        return _by_table(node, x)
    d = x.astype(np.int64) - x.max(axis=-1, keepdims=True)
    scale = np.float64(node.inputs[0].scale) * 2**FRACTION_BITS
    m, shift = quantize_multiplier(min(scale, 2**31 - 1))
    farthest = -int((2**DIFFERENCE_BITS - 1) * 2.0**FRACTION_BITS / 2.0**shift)
    near = d >= farthest  # farther ones add nothing, and would leave 32 bits
    scaled = double_rounding(np.where(near, d, 0), m, shift)
    total = np.where(near, divide_by_power(exp_of_negative(scaled), SUM_BITS), 0)
    log = logarithm(total.sum(axis=-1, keepdims=True), SUM_BITS)
    back = quantize_multiplier(2.0 ** (31 - shift) / m)
    lowest = np.maximum(farthest - 1, double_rounding(log - 2**31, *back))
    q = divide_by_power(scaled - log, FRACTION_BITS - OUTPUT_BITS)
    return finished(node, np.where(d > lowest, q, -256))


def _by_table(node: Node, x: np.ndarray) -> np.ndarray:
    """In float32: exp from a table, added one after the other; then `x / S` and all else apart."""
    s, t = np.float32(node.inputs[0].scale), np.float32(node.output.scale)
    largest = x.max(axis=-1, keepdims=True).astype(np.int64)
    e = node.once(exp_table)[largest - x.astype(np.int64)]
    total = np.add.accumulate(e, axis=-1, dtype=np.float32)[..., -1:]  # in order, as a loop does
    log = np.log(total.astype(np.float64)).astype(np.float32)
    rest = (s * largest.astype(np.float32) + log) / t
    return finished(node, np.rint(s / t * x.astype(np.float32) - rest))


def log_softmax_(node: Node, x: np.ndarray) -> np.ndarray:
    """`y = d - log sum exp(d)`, `d = x - max x`."""
    d = x - x.max(axis=-1, keepdims=True)
    return d - np.log(np.exp(d).sum(axis=-1, keepdims=True))


def _in_sixteenths(node: Node) -> Iterator[str]:
    """The output counts in steps of 1/16 from the highest integer down."""
    y, highest = node.output, np.iinfo(node.output.dtype).max
    if y.scale != 2**-4 or y.zero_point != highest:
        yield (
            f"its output has scale {y.scale:.6g}, zero point {y.zero_point}; expected 1/16 and "
            f"{highest}"
        )


def _not_too_fine(node: Node) -> Iterator[str]:
    """The reference kernel would end the process at a smaller scale."""
    x = node.inputs[0]
    if node.kernels == "reference" and x.scale <= 2**-FRACTION_BITS:
        yield f"{x.short_name!r} has scale {x.scale:.3g}; expected more than 2**-{FRACTION_BITS}"


KERNELS = (
    Kernel("LOG_SOFTMAX", log_softmax, rules=(of_one_size, _in_sixteenths, _not_too_fine)),
    Kernel("LOG_SOFTMAX", log_softmax_, FLOATS, rules=(of_one_size,)),
)
