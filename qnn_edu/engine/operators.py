"""The operators that the engine computes: each name, and its kernel."""

from __future__ import annotations

import sys
from collections.abc import Callable
from inspect import signature

import numpy as np

from qnn_edu.engine import conv, elementwise, nonlinear, pooling, resize, shapes

OPERATORS: dict[str, Callable[..., np.ndarray]] = {
    "ADD": elementwise.add,
    "ARG_MAX": pooling.arg_max,
    "AVERAGE_POOL_2D": pooling.average_pool_2d,
    "CONCATENATION": shapes.concatenation,
    "CONV_2D": conv.conv_2d,
    "DEPTHWISE_CONV_2D": conv.depthwise_conv_2d,
    "DEQUANTIZE": elementwise.dequantize_,
    "FULLY_CONNECTED": conv.fully_connected,
    "LOGISTIC": nonlinear.logistic_,
    "MAX_POOL_2D": pooling.max_pool_2d,
    "MEAN": pooling.mean,
    "MUL": elementwise.mul,
    "PAD": shapes.pad,
    "QUANTIZE": elementwise.quantize_,
    "RELU": elementwise.relu,
    "RELU6": elementwise.relu6,
    "RESHAPE": shapes.reshape,
    "RESIZE_BILINEAR": resize.resize_bilinear,
    "SOFTMAX": nonlinear.softmax,
    "SQUEEZE": shapes.reshape,
    "SUB": elementwise.sub,
}


def inputs_of(name: str) -> range:
    """How many inputs an operator may have: the parameters of its kernel tell.

    >>> inputs_of("RELU"), inputs_of("CONV_2D"), 100 in inputs_of("CONCATENATION")
    (range(1, 2), range(2, 4), True)
    """
    _, *inputs = signature(OPERATORS[name]).parameters.values()  # the first is the node
    any_number = any(each.kind == each.VAR_POSITIONAL for each in inputs)
    named = [each for each in inputs if each.kind != each.VAR_POSITIONAL]
    needed = sum(each.default is each.empty for each in named)
    return range(needed, sys.maxsize if any_number else len(named) + 1)
