"""What the engine refuses of 16 bits, and why: each breaks one rule of LiteRT's kernels."""

from dataclasses import replace

import numpy as np
import pytest

from qnn_edu import tflite
from qnn_edu.engine.node import Node
from qnn_edu.engine.support import why_not
from tests.oracle.one_operator import Spec, model
from tests.oracle.random_models import FAMILIES

X = Spec((1, 4, 4, 2), np.int16, 2.0**-12)
Y = Spec((1, 4, 4, 2), np.int16, 2.0**-13)
GENERAL = {"options": "AddOptions", "version": 4, "potScaleInt16": False}
SHIFTED = GENERAL | {"potScaleInt16": True}
FILTER = Spec((2, 1, 1, 2), np.int8, 0.01, data=np.ones((2, 1, 1, 2)))
CONV = {"options": "Conv2DOptions", "version": 8, "strideH": 1, "strideW": 1}


def bias(dtype):
    return Spec((2,), dtype, 0.01 * 2.0**-12, data=[1, 2])


BROKEN = {
    "zero point": ("RELU", [replace(X, zero_point=1)], Y, {}, "zero point 1; for INT16 expected 0"),
    "one size": ("RELU", [X], replace(Y, shape=(1, 4, 4, 1)), {}, "not as many values"),
    "tiny output": ("ADD", [X, X], replace(Y, scale=2.0**-26), GENERAL, "expected more than 1.49e"),
    "largest shift": (
        "ADD",
        [X, X],
        Y,
        SHIFTED,
        "expected the output's to be the larger of the in",
    ),
    "two shifts": ("SUB", [Y, Y], X, SHIFTED | {"options": "SubOptions"}, "the larger of the inp"),
    "shape of a shift": (
        "ADD",
        [X, replace(X, shape=(1, 1, 1, 2))],
        X,
        SHIFTED,
        "(1, 4, 4, 2) and (1, 1, 1, 2): LiteRT does not broadcast such a pair",
    ),
    "shape of a product": (
        "MUL",
        [X, replace(X, shape=(1, 1, 1, 2))],
        Spec(X.shape, np.int8, 0.1),
        {"options": "MulOptions"},
        "LiteRT does not broadcast such a pair",
    ),
    "steps": ("LOGISTIC", [X], Y, {}, "the output has scale 0.00012207; expected 2**-15"),
    "no scale": ("QUANTIZE", [Spec(X.shape, np.int32)], Y, {}, "has no scale"),
    "wide": ("QUANTIZE", [X], replace(Y, scale=1e-10), {}, "beyond 32 bits"),
    "32 bits unsaid": ("CONV_2D", [X, FILTER, bias(np.int32)], Y, CONV, "INT32, and must be INT64"),
    "64 bits for 32": (
        "CONV_2D",
        [X, FILTER, bias(np.int64)],
        Y,
        CONV | {"quantizedBiasType": 2},
        "the bias is INT64, and must be INT32",
    ),
    "argmax": (
        "ARG_MAX",
        [X, Spec((), np.int32, data=3)],
        Spec((1, 4, 4), np.int64),
        {"options": "ArgMaxOptions", "outputType": 4},
        "is INT16; supported are",
    ),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=list(BROKEN))
def test_a_rule_that_is_broken_is_the_reason(case):
    name, inputs, output, fields, message = case
    graph = tflite.read(model(name, inputs, output, **fields))
    assert message in str(why_not(Node.of(graph, graph.operators[0], "reference")))


def test_every_operator_of_16_bits_has_random_models():
    """As many as kernels have laws of their own: no kernel of 16 bits without an oracle."""
    from qnn_edu.engine.kernel import SHORTS
    from qnn_edu.engine.operators import OPERATORS

    short = {
        kernel.name
        for kernels in OPERATORS.values()
        for kernel in kernels
        if SHORTS in (kernel.types, kernel.to)
    }
    assert short <= {name.split()[0] for name in FAMILIES if name.endswith(" int16")}
