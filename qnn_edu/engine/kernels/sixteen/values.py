"""Operators on values of 16 bits whose law is that of 8 bits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.core.fixed_point import quantize_multiplier
from qnn_edu.engine.kernel import FLOATS, INTEGERS, SHORTS
from qnn_edu.engine.kernels.pooling import average_pool_2d, max_pool_2d
from qnn_edu.engine.kernels.reducing import along_first_axis, mean
from qnn_edu.engine.kernels.rescaling import dequantize_, quantize_, relu, relu6, requantize
from qnn_edu.engine.kernels.resize import resize_bilinear
from qnn_edu.engine.kernels.sixteen import Short
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import in_whole_steps, of_images, of_one_size, symmetric


def _within_32_bits(node: Node) -> Iterator[str]:
    """A value times `S_x / S` is an int32: beyond, LiteRT's is cut off."""
    x, y = node.inputs[0], node.output
    for tensor in (x, y):
        if tensor.scale is None:
            yield f"{tensor.short_name!r} has no scale"
    _, shift = quantize_multiplier(np.float64(x.scale) / y.scale)
    grid = np.iinfo(x.dtype)
    largest = max(grid.max - x.zero_point, x.zero_point - grid.min)
    if largest << max(shift, 0) > 2**31:
        yield f"the output's scale {y.scale:.3g} is so small that values leave 32 bits"


_WINDOWS = (symmetric, of_images, in_whole_steps)
_EACH = (symmetric, of_one_size)
_RESCALED = (of_one_size, _within_32_bits)

KERNELS = (
    Short("AVERAGE_POOL_2D", average_pool_2d, one_scale=True, rules=_WINDOWS),
    Short("DEQUANTIZE", dequantize_, to=FLOATS, rules=_EACH),
    Short("MAX_POOL_2D", max_pool_2d, one_scale=True, rules=_WINDOWS),
    Short("MEAN", mean, settings=(1,), rules=(symmetric,), along_batch=along_first_axis),
    Short("QUANTIZE", quantize_, types=FLOATS, to=SHORTS, rules=(of_one_size,)),
    Short("QUANTIZE", requantize, to=SHORTS, rules=(symmetric, *_RESCALED)),
    Short("QUANTIZE", requantize, to=("INT8", "INT32"), rules=_RESCALED),
    Short("QUANTIZE", requantize, types=INTEGERS, to=SHORTS, rules=_RESCALED),
    Short("QUANTIZE", requantize, types=("INT32",), to=("INT8", "INT16"), rules=_RESCALED),
    Short("RELU", relu, rules=(symmetric, *_RESCALED)),
    Short("RELU6", relu6, rules=(symmetric, *_RESCALED)),
    Short(
        "RESIZE_BILINEAR",
        resize_bilinear,
        settings=(1,),
        one_scale=True,
        rules=(symmetric, of_images),
    ),
)
