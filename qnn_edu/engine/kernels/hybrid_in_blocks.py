"""Dynamic range with blocks: a dense layer whose weights of 4 bits have a scale for every so many.

`y = activation(S_x sum_b S_b sum (q_x - Z_x) q_w + b)`, the inner sum over a block, exact; the
outer one in float32, block after block. Scales of blocks are rounded to bfloat16. What belongs to
the zero point is taken off first, once for all blocks, of inputs that are raised by 128 to have no
sign: so vectors of 8 bits (VNNI) need it, and processors without such differ in a last bit.

Only XNNPACK is followed: LiteRT's reference kernels do not look at blocks, and what they make means
nothing; its fast ones differ from the law in a last bit now and then.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.engine.dynamic_range import with_zero_point
from qnn_edu.engine.kernel import FLOATS, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.requantize import activated
from qnn_edu.engine.rules_of_weights import constant, in_rows, row_by_row, with_a_bias

RAISED = 128
MULTIPLE = 32  # of which XNNPACK's blocks have to be


def fully_connected(
    node: Node, x: np.ndarray, weights: np.ndarray, bias: np.ndarray | None = None
) -> np.ndarray:
    """x (..., inputs), weights (outputs, inputs), in blocks along the inputs."""
    rows, (count, inputs) = x.reshape(-1, weights.shape[1]), weights.shape
    size = node.inputs[1].block
    q, zero_point, scale = with_zero_point(rows)
    scales = node.once(_scales)
    of_blocks = weights.reshape(count, -1, size).sum(axis=2, dtype=np.float32).T
    ones = sum(of_blocks * scales, np.zeros(count, np.float32))  # in order, as a loop adds
    total = -ones * (zero_point + np.float32(RAISED))
    for first, of_block in zip(range(0, inputs, size), scales, strict=True):
        block = slice(first, first + size)
        raised = (q[:, block] + RAISED).astype(np.float64)
        total += (raised @ weights[:, block].T.astype(np.float64)).astype(np.float32) * of_block
    y = total * scale
    return activated(node, y if bias is None else y + bias.ravel())


def _scales(node: Node) -> np.ndarray:
    """Of block after block, (blocks, outputs)."""
    weights = node.inputs[1]
    return to_bfloat16(weights.scale).reshape(weights.shape[0], -1).T


def to_bfloat16(x: np.ndarray) -> np.ndarray:
    """float32 with the upper 16 bits alone, rounded half to even.

    >>> to_bfloat16(np.float32([1, 1 + 2**-8, 1 + 3 * 2**-8]))
    array([1.      , 1.      , 1.015625], dtype=float32)
    """
    bits = x.view(np.uint32)
    return (bits + (0x7FFF + (bits >> 16 & 1)) >> 16 << 16).astype(np.uint32).view(np.float32)


def _in_whole_blocks(node: Node) -> Iterator[str]:
    """A row of weights has as many blocks as another, each of a size that XNNPACK takes."""
    weights = node.inputs[1]
    if weights.block % MULTIPLE or weights.shape[1] % weights.block:
        yield (
            f"weights {weights.shape} in blocks of {weights.block}; expected a multiple of "
            f"{MULTIPLE} that divides a row"
        )
    elif np.size(weights.scale) * weights.block != np.prod(weights.shape):
        yield f"weights {weights.shape} have {np.size(weights.scale)} scales of {weights.block}"
    if np.any(weights.zero_point):
        yield "weights in blocks must have zero point 0"


KERNELS = (
    Kernel(
        "FULLY_CONNECTED",
        fully_connected,
        FLOATS,
        weights=("INT4",),
        blockwise=True,
        rules=(constant, row_by_row(2), in_rows, with_a_bias(0, "FLOAT32"), _in_whole_blocks),
        sets=("xnnpack",),
    ),
)
