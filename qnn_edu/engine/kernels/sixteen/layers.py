"""Layers with weights of 8 bits or fewer: `kernels.conv`, with sums of 64 bits, or of 32.

How a sum is rounded, `requantize_shorts` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from qnn_edu.engine.kernel import Rule, always
from qnn_edu.engine.kernels.batch_matmul import OF_SHORTS, along_batch, batch_matmul
from qnn_edu.engine.kernels.conv import DEPTHWISE, conv_2d, depthwise_conv_2d, fully_connected
from qnn_edu.engine.kernels.sixteen import Short
from qnn_edu.engine.kernels.transpose_conv import transpose_conv, transposed
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import in_whole_steps, of_images, symmetric
from qnn_edu.engine.rules_of_weights import (
    centred,
    channel_by_channel,
    constant,
    in_one_group,
    in_rows,
    multiplied_shorts,
    row_by_row,
    with_a_bias,
)


def with_a_wide_bias(axis: int) -> Rule:
    """If there is a bias, it has 64 bits, or 32 where the operator says so: LiteRT reads what the
    operator says, whatever the bias is."""

    def rule(node: Node) -> Iterator[str]:
        said = node.option("quantized_bias_type", "FLOAT32")
        yield from with_a_bias(axis, "INT32" if said == "INT32" else "INT64")(node)

    return rule


_WEIGHTS = ("INT8", "INT4")
_CONSTANT = (symmetric, constant)
_IMAGES = (*_CONSTANT, of_images, row_by_row(4))

KERNELS = (
    Short(
        "CONV_2D",
        conv_2d,
        weights=_WEIGHTS,
        rules=(
            *_IMAGES,
            centred(0),
            in_one_group,
            with_a_wide_bias(0),
            in_whole_steps,
            multiplied_shorts,
        ),
    ),
    Short(
        DEPTHWISE,
        depthwise_conv_2d,
        weights=("INT8",),
        rules=(
            *_IMAGES,
            centred(-1),
            channel_by_channel,
            with_a_wide_bias(-1),
            in_whole_steps,
            multiplied_shorts,
        ),
    ),
    Short(
        "FULLY_CONNECTED",
        fully_connected,
        weights=_WEIGHTS,
        rules=(
            *_CONSTANT,
            centred(0),
            row_by_row(2),
            in_rows,
            with_a_wide_bias(0),
            multiplied_shorts,
        ),
    ),
    replace(
        transposed(
            "INT16", transpose_conv, "INT8", with_a_wide_bias(0), *_CONSTANT, multiplied_shorts
        ),
        declined=always,
    ),
    Short(
        "BATCH_MATMUL",
        batch_matmul,
        values=(0, 1),
        rules=(symmetric, *OF_SHORTS),
        along_batch=along_batch,
    ),
)
