"""Copies that a program does without, and those that it needs."""

from math import prod

import numpy as np
import pytest

from qnn_edu.chip.copies import without_copies
from qnn_edu.chip.layer import Layer
from qnn_edu.engine.node import Node
from qnn_edu.tflite.graph import Operator, Tensor

X, A, B, C, Y, STATE = 0, 1, 2, 3, 4, -1
FIXED, OUTPUTS = {X, Y, STATE}, {Y}


def layers(*steps):
    """Layers of (kernel, operand, output)."""
    x = Tensor(0, "x", (2,), np.dtype(np.int8))
    made = []
    for k, (kernel, operand, output) in enumerate(steps):
        node = Node(Operator(k, "RELU", 1, (operand,), (output,)), (x,), (x,), "reference")
        made.append(Layer(node, kernel, (operand,), output, {"size": prod(x.shape)}))
    return made


def short(*steps):
    found = without_copies(layers(*steps), FIXED, OUTPUTS)
    return [(each.kernel, *each.operands, each.output) for each in found]


CASES = {
    "within": (
        [("relu", X, A), ("copy", A, B), ("copy", B, C), ("relu", C, Y)],
        [("relu", X, A), ("relu", A, Y)],
    ),
    "to an output": ([("relu", X, A), ("copy", A, Y)], [("relu", X, Y)]),
    "to an output, and read again": (
        [("relu", X, A), ("copy", A, Y), ("relu", A, STATE)],
        [("relu", X, Y), ("relu", Y, STATE)],
    ),
    "from an input to an output": ([("copy", X, Y)], [("copy", X, Y)]),
    "of a state that is read before it changes": (
        [("copy", STATE, A), ("relu", A, Y), ("copy", X, STATE)],
        [("relu", STATE, Y), ("copy", X, STATE)],
    ),
    "of a state that is read after it changed": (
        [("copy", STATE, A), ("copy", X, STATE), ("relu", A, Y)],
        [("copy", STATE, A), ("copy", X, STATE), ("relu", A, Y)],
    ),
    "of a copy of a state that is read after it changed": (
        [("copy", STATE, A), ("copy", A, B), ("copy", X, STATE), ("relu", B, Y)],
        [("copy", STATE, A), ("copy", X, STATE), ("relu", A, Y)],
    ),
    "into a state": (
        [("relu", X, A), ("copy", A, STATE), ("relu", A, Y)],
        [("relu", X, A), ("copy", A, STATE), ("relu", A, Y)],
    ),
}


@pytest.mark.parametrize(("steps", "expected"), CASES.values(), ids=list(CASES))
def test_a_copy_goes_where_nobody_would_notice(steps, expected):
    assert short(*steps) == expected
