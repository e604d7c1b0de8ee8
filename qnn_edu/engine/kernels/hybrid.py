"""Dynamic range: layers that take real numbers, and weights of 8 or 4 bits.

`y = activation(sum (q_x - Z_x) q_w * (S_x S_w) + b)`: the input is quantized when it comes, a row
of a dense layer or an image of a convolution at a time, by its own least and largest value. The
sums are exact; what follows is float32. Results are equal to the bit; but a real number before that
differs in its last bit may round to another integer, so whole networks differ by steps.

How kernel sets quantize it, `engine.dynamic_range` has. XNNPACK has a way of its own; of LiteRT's
own kernels, a convolution is symmetric if all its filters have one scale, a depthwise one never; of
a dense layer an option tells. Where vectors of 4 bits fit, "optimized" is symmetric, and adds 7 to
all weights, which it takes off again in float32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from qnn_edu.engine.dynamic_range import Way, asymmetric, in_float32, in_fours, symmetric
from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.kernels.real.layers import LAYERS, Sums
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import activated
from qnn_edu.engine.rules import unless_images
from qnn_edu.engine.rules_of_weights import centred, in_one_group

OF_4_BITS = 4, 32  # the fewest rows and columns of weights that vectors of 4 bits take
RAISED = 7  # by this, weights of 4 bits have no sign


def _of(sums: Sums) -> Callable[..., np.ndarray]:
    """The kernel of a layer: `sums` of integers, exact in float64."""

    def kernel(
        node: Node, x: np.ndarray, weights: np.ndarray, bias: np.ndarray | None = None
    ) -> np.ndarray:
        way, shape = _way(node), _rows(node, x)
        q, scale = way(x.reshape(np.prod(shape), -1))
        total = sums(node, q.astype(np.float64).reshape(x.shape), weights.astype(np.float64))
        scale = scale.reshape(shape)
        shift = np.zeros(1, np.float32) if bias is None else bias.ravel()
        if way is in_fours:
            return activated(node, _real_of_4_bits(node, q, total, scale, shift))
        return activated(node, _real(node, way, total.astype(np.float32), scale, shift))

    return kernel


def _rows(node: Node, x: np.ndarray) -> tuple[int, ...]:
    """What is quantized at once, as the shape that scales need to meet the outputs.

    XNNPACK makes a dense layer of a convolution that looks at one pixel at a time.
    """
    kernel = node.inputs[1].shape
    if node.operator.name == "FULLY_CONNECTED":
        return x.size // kernel[1], 1
    strides = node.option("stride_h"), node.option("stride_w")
    pixels = node.kernels == "xnnpack" and kernel[1:3] == strides == (1, 1)
    return (*x.shape[:3], 1) if pixels and kernel[0] + kernel[3] > 2 else (len(x), 1, 1, 1)


def _real(
    node: Node, way: Way, total: np.ndarray, scale: np.ndarray, bias: np.ndarray
) -> np.ndarray:
    """`total S_x S_w + b`: kernels differ in which product they round first.

    XNNPACK rounds the last product and the sum at once.
    """
    w, name = np.asarray(node.inputs[1].scale), node.operator.name
    if node.kernels == "xnnpack":
        return ((total * scale).astype(np.float64) * w + bias).astype(np.float32)
    if name == "CONV_2D" and node.kernels == "reference" and way is asymmetric:
        return total * w * scale + bias
    if name == "DEPTHWISE_CONV_2D" and node.kernels == "optimized":
        channels = np.arange(w.size)
        whole = channels < w.size // 4 * 4  # four at a time, and what is left over
        return np.where(whole, total * w * scale, total * scale * w) + bias
    return total * (scale * w) + bias


def _real_of_4_bits(
    node: Node, q: np.ndarray, total: np.ndarray, scale: np.ndarray, bias: np.ndarray
) -> np.ndarray:
    more, w = RAISED * q.sum(axis=1, keepdims=True), np.asarray(node.inputs[1].scale)
    start = -more.astype(np.float32) * scale * w + bias
    return start + (total + more).astype(np.float32) * scale * w


def _way(node: Node) -> Way:
    """How a kernel set quantizes the input of a layer."""
    name, weights = node.operator.name, node.inputs[1]
    if node.kernels == "xnnpack":
        return in_float32
    if name == "FULLY_CONNECTED":
        if weights.type == "INT4" and node.kernels == "optimized" and _fits_4_bits(weights):
            return in_fours
        shifted = node.option("asymmetric_quantize_inputs", False)
    else:
        shifted = name == "DEPTHWISE_CONV_2D" or np.unique(weights.scale).size > 1
    return asymmetric if shifted else symmetric


def _fits_4_bits(weights: np.ndarray) -> bool:
    rows, columns = weights.shape
    return rows >= OF_4_BITS[0] and columns >= OF_4_BITS[1] and columns % 2 == 0


def _beyond_xnnpack(node: Node) -> bool:
    """It takes constants: dense layers of 8 bits or, in pairs, of 4, and convolutions of 8."""
    weights, name = node.inputs[1], node.operator.name
    pairs = name == "FULLY_CONNECTED" and sum(weights.shape[-1:]) % 2 == 0
    four = weights.type == "INT4" and not pairs
    no_images = name != "FULLY_CONNECTED" and unless_images(node)
    return four or no_images or name == "DEPTHWISE_CONV_2D" or weights.data is None


def _constant(node: Node) -> Iterator[str]:
    """Weights are constants with the zero point 0; each depthwise filter has its scale."""
    weights = node.inputs[1]
    if weights.data is None or np.any(weights.zero_point):
        yield "weights for real numbers must be constants with the zero point 0"
    depthwise = node.operator.name == "DEPTHWISE_CONV_2D"
    if depthwise and np.size(weights.scale) != weights.shape[-1]:
        yield "weights of real numbers have one scale; expected one for each filter"


KERNELS = tuple(
    Kernel(
        name,
        _of(sums),
        FLOATS,
        weights=("INT8", "INT4"),
        rules=(
            centred(-1 if name == "DEPTHWISE_CONV_2D" else 0),
            _constant,
            *rules,
            *([in_one_group] if name == "CONV_2D" else []),
        ),
        declined=_beyond_xnnpack,
    )
    for name, (sums, rules) in LAYERS.items()
)
