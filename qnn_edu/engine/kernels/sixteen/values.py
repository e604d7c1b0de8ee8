"""Operators on values of 16 bits whose law is that of 8 bits."""

from __future__ import annotations

from collections.abc import Iterator

from qnn_edu.engine.kernel import FLOATS, INTEGERS, SHORTS
from qnn_edu.engine.kernels.pooling import average_pool_2d, max_pool_2d
from qnn_edu.engine.kernels.reducing import MULTIPLIED, along_first_axis, mean
from qnn_edu.engine.kernels.rescaling import (
    CLAMPED,
    REQUANTIZED,
    dequantize_,
    quantize_,
    relu,
    relu6,
    requantize,
)
from qnn_edu.engine.kernels.resize import resize_bilinear
from qnn_edu.engine.kernels.sixteen import Short
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import in_whole_steps, of_images, of_one_size, symmetric


def _with_scales(node: Node) -> Iterator[str]:
    """Integers of 32 bits, too, have a scale."""
    for tensor in (node.inputs[0], node.output):
        if tensor.scale is None:
            yield f"{tensor.short_name!r} has no scale"


_WINDOWS = (symmetric, of_images, in_whole_steps)
_EACH = (symmetric, of_one_size)
_RESCALED = (_with_scales, *REQUANTIZED)

KERNELS = (
    Short("AVERAGE_POOL_2D", average_pool_2d, one_scale=True, rules=_WINDOWS),
    Short("DEQUANTIZE", dequantize_, to=FLOATS, rules=_EACH),
    Short("MAX_POOL_2D", max_pool_2d, one_scale=True, rules=_WINDOWS),
    Short(
        "MEAN",
        mean,
        settings=(1,),
        rules=(symmetric, *MULTIPLIED),
        along_batch=along_first_axis,
    ),
    Short("QUANTIZE", quantize_, types=FLOATS, to=SHORTS, rules=(of_one_size,)),
    Short("QUANTIZE", requantize, to=SHORTS, rules=(symmetric, *REQUANTIZED)),
    Short("QUANTIZE", requantize, to=("INT8", "INT32"), rules=_RESCALED),
    Short("QUANTIZE", requantize, types=INTEGERS, to=SHORTS, rules=REQUANTIZED),
    Short("QUANTIZE", requantize, types=("INT32",), to=("INT8", "INT16"), rules=_RESCALED),
    Short("RELU", relu, rules=(symmetric, *CLAMPED)),
    Short("RELU6", relu6, rules=(symmetric, *CLAMPED)),
    Short(
        "RESIZE_BILINEAR",
        resize_bilinear,
        settings=(1,),
        one_scale=True,
        rules=(symmetric, of_images),
    ),
)
