"""Shapes of what is computed value by value, along axes, or as a product of matrices."""

from __future__ import annotations

from math import prod

import numpy as np

from qnn_edu.tflite.graph import Operator
from qnn_edu.tflite.shapes.law import Inputs, Law, Shape, Unknown, axis_of, first, setting


def same(operator: Operator, inputs: Inputs) -> list[Shape]:
    """Each value becomes one."""
    return [first(inputs).shape]


def broadcast(operator: Operator, inputs: Inputs) -> list[Shape]:
    """Sizes of 1 are stretched, dimensions that lack are put in front."""
    return [np.broadcast_shapes(*(first(inputs, i).shape for i in range(len(inputs))))]


def reduced(operator: Operator, inputs: Inputs) -> list[Shape]:
    """The axes of the second input are gone, or of size 1."""
    shape = first(inputs).shape
    axes = {axis_of(axis, len(shape)) for axis in setting(inputs, 1)}
    keep = bool(operator.options.get("keep_dims"))
    kept = [(i, 1 if i in axes else n) for i, n in enumerate(shape)]
    return [tuple(n for i, n in kept if keep or i not in axes)]


def dense(operator: Operator, inputs: Inputs) -> list[Shape]:
    """A row of weights makes a value of every so many inputs."""
    x, (outputs, size) = first(inputs).shape, first(inputs, 1).shape
    if operator.options.get("keep_num_dims"):
        return [(*x[:-1], outputs)]
    if prod(x) % size:
        raise Unknown
    return [(prod(x) // size, outputs)]


def matrices(operator: Operator, inputs: Inputs) -> list[Shape]:
    """(..., rows, n) times (..., n, columns); either may be given the other way round."""
    a, b = (list(first(inputs, i).shape) for i in (0, 1))
    for shape, adjoint in ((a, "adj_x"), (b, "adj_y")):
        if operator.options.get(adjoint):
            shape[-2:] = shape[:-3:-1]
    if a[-1] != b[-2]:
        raise Unknown
    return [(*np.broadcast_shapes(tuple(a[:-2]), tuple(b[:-2])), a[-2], b[-1])]


def shape_of(operator: Operator, inputs: Inputs) -> list[Shape]:
    """One number for each dimension."""
    return [(len(first(inputs).shape),)]


def chosen(operator: Operator, inputs: Inputs) -> list[Shape]:
    """One place along the axis."""
    shape = first(inputs).shape
    (number,) = setting(inputs, 1)
    axis = axis_of(number, len(shape))
    return [shape[:axis] + shape[axis + 1 :]]


_SAME = """ABS CAST CEIL COS CUMSUM DEQUANTIZE ELU EXP FLOOR GELU HARD_SWISH L2_NORMALIZATION
    LEAKY_RELU LOG LOGICAL_NOT LOGISTIC LOG_SOFTMAX NEG QUANTIZE RELU RELU6 RELU_0_TO_1 RELU_N1_TO_1
    ROUND RSQRT SIGN SIN SOFTMAX SQRT SQUARE TANH ZEROS_LIKE"""
_PAIRS = """ADD DIV EQUAL FLOOR_DIV FLOOR_MOD GREATER GREATER_EQUAL LESS LESS_EQUAL LOGICAL_AND
    LOGICAL_OR MAXIMUM MINIMUM MUL NOT_EQUAL POW PRELU SELECT SELECT_V2 SQUARED_DIFFERENCE SUB"""
_REDUCED = "MEAN REDUCE_ALL REDUCE_ANY REDUCE_MAX REDUCE_MIN REDUCE_PROD SUM"

LAWS: dict[str, Law] = {
    **dict.fromkeys(_SAME.split(), same),
    **dict.fromkeys(_PAIRS.split(), broadcast),
    **dict.fromkeys(_REDUCED.split(), reduced),
    "ARG_MAX": chosen,
    "ARG_MIN": chosen,
    "BATCH_MATMUL": matrices,
    "FULLY_CONNECTED": dense,
    "SHAPE": shape_of,
}
