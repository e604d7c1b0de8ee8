"""Products of matrices that are both computed, as attention needs them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import finisher, float32_rule, offset, rescaled
from qnn_edu.engine.requantize_shorts import wide_rule
from qnn_edu.engine.rules import within_32_bits


def batch_matmul(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`q = clamp(round(M sum (q_a - Z_a) (q_b - Z_b)) + Z)`, `M = S_a S_b / S`.

    a (..., m, k) or with `adj_x` (..., k, m), b (..., k, n) or with `adj_y` (..., n, k); what is in
    front broadcasts. S_a S_b is multiplied in float32. LiteRT has one kernel in both of its sets;
    to int16 it rounds as layers do, see `engine.requantize_shorts`.
    """
    acc = _product(node, *(each.astype(np.float64) for each in offset(node, a, b)))
    if node.kernels == "xnnpack":
        s, t = (tensor.scale for tensor in node.inputs)
        return finisher(node, float32_rule(s * t / node.output.scale))(acc)
    if node.output.type == "INT16":
        return finisher(node, wide_rule(np.atleast_1d(_multiplier(node))))(acc)
    return rescaled(node, acc.astype(np.int64), _multiplier(node))


def _multiplier(node: Node) -> np.float64:
    s, t = (tensor.scale for tensor in node.inputs)
    return np.float64(s * t) / node.output.scale


def sums(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`y = sum q_a q_b` in int32, whatever scales and zero points say."""
    return _product(node, *(each.astype(np.float64) for each in (a, b))).astype(np.int32)


def _product(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The matrices' product in their own type; sums of products of 8 bits, and of up to 2**23 of 16
    bits, are exact in float64."""
    a = a.swapaxes(-1, -2) if node.option("adj_x") else a
    return a @ (b.swapaxes(-1, -2) if node.option("adj_y") else b)


def _of_matrices(node: Node) -> Iterator[str]:
    """Shapes fit one another."""
    a, b, y = (np.empty(t.shape, np.bool_) for t in (*node.inputs, node.output))
    if not (2 <= a.ndim <= 5 and 2 <= b.ndim <= 5):
        yield f"it has shapes {a.shape} and {b.shape}; expected 2 to 5 dimensions"
        return
    try:
        made = _product(node, a, b).shape
    except ValueError:
        made = None
    if made != y.shape:
        yield f"it makes no {y.shape} of {a.shape} and {b.shape}"


def _off_centre(node: Node) -> bool:
    """XNNPACK takes no second matrix whose zero point is not 0."""
    return node.inputs[1].zero_point != 0


def along_batch(node: Node) -> bool:
    """Rows are counted by the first dimension of matrices, and of fewer dimensions."""
    first, second = (len(tensor.shape) for tensor in node.inputs)
    return first != second or first == 2


_Product = partial(Kernel, "BATCH_MATMUL", values=(0, 1), along_batch=along_batch)
OF_PRODUCTS = (_of_matrices, within_32_bits(_multiplier))
OF_SHORTS = (_of_matrices, within_32_bits(_multiplier, bits=14))

KERNELS = (
    _Product(batch_matmul, ("INT8",), rules=OF_PRODUCTS, declined=_off_centre),
    _Product(sums, ("INT8",), to=("INT32",), scaled=False, rules=(_of_matrices,)),
    _Product(_product, FLOATS, rules=(_of_matrices,)),
)
