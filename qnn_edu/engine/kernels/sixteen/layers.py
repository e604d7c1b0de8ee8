"""Layers with weights of 8 bits and activations of 16: `kernels.conv`, with sums of 64 or 32 bits.

The rules of rounding stand in `requantize_shorts`.
"""

from __future__ import annotations

from qnn_edu.engine.kernel import SHORTS, Kernel
from qnn_edu.engine.kernels.conv import conv_2d, depthwise_conv_2d, fully_connected
from qnn_edu.engine.rules import in_whole_steps, of_images
from qnn_edu.engine.rules_of_weights import (
    centred,
    channel_by_channel,
    constant,
    in_one_group,
    in_rows,
    row_by_row,
)

_WEIGHTS = ("INT8", "INT4")

KERNELS = (
    Kernel(
        "CONV_2D",
        conv_2d,
        SHORTS,
        weights=_WEIGHTS,
        rules=(centred, constant, of_images, row_by_row(4), in_one_group, in_whole_steps),
    ),
    Kernel(
        "DEPTHWISE_CONV_2D",
        depthwise_conv_2d,
        SHORTS,
        weights=_WEIGHTS,
        rules=(centred, constant, of_images, row_by_row(4), channel_by_channel, in_whole_steps),
    ),
    Kernel(
        "FULLY_CONNECTED",
        fully_connected,
        SHORTS,
        weights=_WEIGHTS,
        rules=(centred, constant, row_by_row(2), in_rows),
    ),
)
