"""Transposed convolution: every input spreads over a window of outputs, which add up what they get.

`q_y = clamp(round(M * (sum (q_x - Z_x) (q_w - Z_w) + q_b)) + Z_y)`, the law of all layers with
weights. Output (r, c) of the padded picture sums over all (i, j) of the kernel and the inputs
(r - i) / s, (c - j) / s that are whole; the padding is that of the convolution from the output back
to the input. Source: Dumoulin and Visin 2016, section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from qnn_edu.engine.kernel import FLOATS, INTEGERS, Kernel, Rule
from qnn_edu.engine.kernels.conv import computed, prepared
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import activated, requantizer, sums_of_a_row
from qnn_edu.engine.rules import of_images, unless_images
from qnn_edu.engine.rules_of_weights import centred, multiplied, row_by_row, with_a_bias


def transpose_conv(
    node: Node,
    shape: np.ndarray,
    weights: np.ndarray,
    x: np.ndarray,
    bias: np.ndarray | None = None,
) -> np.ndarray:
    """x (n, h, w, c), weights (filters, kernel_h, kernel_w, c), bias (filters,) int32 or none.

    The output's shape is that of its tensor; `shape` only says it again.
    """
    layer = node.once(_as_layer)
    w, bias, dtype = prepared(layer, weights, bias)
    centred_x = np.subtract(x, layer.inputs[0].zero_point, dtype=dtype)
    acc = spread(node, centred_x, w.reshape(*weights.shape[1:], -1)) + bias
    return layer.once(requantizer)(acc.reshape(-1, sums_of_a_row(node))).reshape(acc.shape)


def of_reals(
    node: Node,
    shape: np.ndarray,
    weights: np.ndarray,
    x: np.ndarray,
    bias: np.ndarray | None = None,
) -> np.ndarray:
    """The same sums of real numbers: `y = activation(sum x w + b)`."""
    acc = spread(node, x, weights.transpose(1, 2, 3, 0))
    return activated(node, acc if bias is None else acc + bias.ravel())


def spread(node: Node, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The sums: x (n, h, w, c), w (kernel_h, kernel_w, c, filters)."""
    strides = _strides(node)
    reach = [(n - 1) * s + k for n, s, k in zip(x.shape[1:3], strides, w.shape, strict=False)]
    sizes = node.output.shape[1:3]
    before = [_before(node, *each) for each in zip(sizes, strides, w.shape, strict=False)]
    whole = [max(r, b + n) for r, b, n in zip(reach, before, sizes, strict=True)]
    acc = np.zeros((len(x), *whole, w.shape[3]), x.dtype)
    down, across = ((n - 1) * s + 1 for n, s in zip(x.shape[1:3], strides, strict=True))
    for i, j in np.ndindex(w.shape[:2]):
        acc[:, i : i + down : strides[0], j : j + across : strides[1]] += x @ w[i, j]
    (top, left), (height, width) = before, sizes
    return acc[:, top : top + height, left : left + width]


def _before(node: Node, size: int, stride: int, kernel: int) -> int:
    """The padding in front: the smaller half of what the windows lack."""
    if node.option("padding") != "SAME":
        return 0
    return max((-(-size // stride) - 1) * stride + kernel - size, 0) // 2


def _inputs(node: Node, size: int, stride: int, kernel: int) -> int:
    """How many windows stand on an output of this size."""
    return -(-size // stride) if node.option("padding") == "SAME" else (size - kernel) // stride + 1


def _as_layer(node: Node) -> Node:
    """The same with its inputs in the order of other layers: image, weights, bias."""
    _, weights, x, *bias = node.inputs
    return Node(node.operator, (x, weights, *bias), node.outputs, node.kernels)


def _beyond_xnnpack(node: Node) -> bool:
    """It takes constants alone, and cannot pad windows that leave gaps between one another."""
    layer, kernel = _as_layer(node), node.inputs[1].shape[1:3]
    gaps = any(k < s for k, s in zip(kernel, _strides(node), strict=False))
    return computed(layer) or unless_images(layer) or (node.option("padding") == "SAME" and gaps)


def _strides(node: Node) -> tuple[int, int]:
    return node.option("stride_h", 0), node.option("stride_w", 0)


def _of_layer(rule: Rule) -> Rule:
    def same(node: Node) -> Iterator[str]:
        return rule(_as_layer(node))

    return same


def _of_fitting_shapes(node: Node) -> Iterator[str]:
    """All filters meet all channels, and strides move on."""
    x, w, y = node.inputs[2].shape, node.inputs[1].shape, node.output.shape
    strides = _strides(node)
    if not all(isinstance(n, int) and n > 0 for n in strides):
        yield f"strides {strides}; expected 1 or more"
    elif w[3] != x[3] or len(y) != 4 or (x[0], w[0]) != (y[0], y[3]):
        yield f"weights {w} make no {y} of {x}"
    elif any(_inputs(node, y[i + 1], strides[i], w[i + 1]) != x[i + 1] for i in (0, 1)):
        yield f"windows of {w[1:3]} in steps of {strides} make no {y} of {x}"


def transposed(
    kind: str, compute: Callable[..., np.ndarray], weights: str, bias: Rule, *more: Rule
) -> Kernel:
    """The kernel of values and weights of some types, with a rule for the bias, and more rules."""
    rules = (centred(0), of_images, row_by_row(4), bias, *more)
    return Kernel(
        "TRANSPOSE_CONV",
        compute,
        (kind,),
        values=(2,),
        weights=(weights,),
        rules=(*map(_of_layer, rules), _of_fitting_shapes),
        declined=_beyond_xnnpack,
        along_batch=lambda node: computed(_as_layer(node)),
    )


KERNELS = (
    *(transposed(kind, transpose_conv, kind, with_a_bias(0), multiplied) for kind in INTEGERS),
    *(transposed(kind, of_reals, kind, with_a_bias(0, kind)) for kind in FLOATS),
)
