"""Operators that look at one value of 16 bits, a pair, or a window at a time."""

from __future__ import annotations

import numpy as np

from qnn_edu.core.fixed_point import divide_by_power
from qnn_edu.engine.kernel import FLOATS, SHORTS, Kernel
from qnn_edu.engine.kernels.arithmetic import mul, scaled_sum
from qnn_edu.engine.kernels.pooling import average_pool_2d, max_pool_2d
from qnn_edu.engine.kernels.reducing import along_first_axis, mean
from qnn_edu.engine.kernels.rescaling import dequantize_, quantize_, relu, relu6, requantize
from qnn_edu.engine.kernels.resize import resize_bilinear
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import in_whole_steps, of_images, of_one_size

LEFT_SHIFT = 15  # places after the point that a sum of two scales keeps


def add(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """As `kernels.arithmetic.add`, in steps of 2 max(S_a, S_b) / 2**15."""
    return _sum(node, a.astype(np.int64), b.astype(np.int64))


def sub(node: Node, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """As `add`, the second input negated."""
    return _sum(node, a.astype(np.int64), b.astype(np.int64), -1)


def _sum(node: Node, a: np.ndarray, b: np.ndarray, sign: int = 1) -> np.ndarray:
    if _by_shifts(node):
        x, y = (
            divide_by_power(q, int(np.log2(node.output.scale) - np.log2(t.scale)))
            for q, t in zip((a, b), node.inputs, strict=True)
        )
        return np.clip(x + sign * y, *node.clamp()).astype(np.int16)
    return scaled_sum(node, a, b, sign, LEFT_SHIFT)


def _by_shifts(node: Node) -> bool:
    scales = [np.log2(t.scale) for t in (*node.inputs, node.output)]
    return node.option("pot_scale_int16", False) and all(s == np.rint(s) for s in scales)


KERNELS = (
    Kernel("ADD", add, SHORTS, values=(0, 1)),
    Kernel("SUB", sub, SHORTS, values=(0, 1)),
    Kernel("MUL", mul, SHORTS, values=(0, 1)),
    Kernel("AVERAGE_POOL_2D", average_pool_2d, SHORTS, one_scale=True),
    Kernel("MAX_POOL_2D", max_pool_2d, SHORTS, one_scale=True),
    Kernel("MEAN", mean, SHORTS, settings=(1,), along_batch=along_first_axis),
    Kernel("RELU", relu, SHORTS),
    Kernel("RELU6", relu6, SHORTS),
    Kernel("RESIZE_BILINEAR", resize_bilinear, SHORTS, settings=(1,), one_scale=True),
    Kernel("QUANTIZE", requantize, SHORTS, to=("INT8", "INT16", "INT32")),
    Kernel("QUANTIZE", requantize, ("INT8",), to=SHORTS),
    Kernel("QUANTIZE", requantize, ("UINT8",), to=SHORTS),
    Kernel("QUANTIZE", requantize, ("INT32",), to=("INT8", "INT16")),
    Kernel("QUANTIZE", quantize_, FLOATS, to=SHORTS),
    Kernel("DEQUANTIZE", dequantize_, SHORTS, to=FLOATS),
)
