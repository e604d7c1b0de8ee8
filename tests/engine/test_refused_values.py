"""Functions, pairs and reductions that cannot be computed: refused before, or as LiteRT stops."""

import numpy as np
import pytest

from qnn_edu import engine, nets, tflite
from qnn_edu.engine.node import Node
from qnn_edu.engine.support import why_not
from tests.oracle.one_operator import Spec, model

Q, FINE = Spec((1, 4), np.int8, 0.1, 3), Spec((1, 4), np.int8, 1e-9, 3)
WIDE, OFF = Spec((1, 4), np.int16, 1e-3), Spec((1, 4), np.int16, 1e-3, 5)
ALPHAS = Spec((4,), np.int8, [0.1, 0.2, 0.3, 0.4], 0, 0, [1, 2, 3, 4])


def axes(*numbers):
    return Spec((len(numbers),), np.int32, data=numbers)


REFUSED = {
    "shapes": ("MUL", [Q, Spec((1, 3), np.int8, 0.1)], Q, "MulOptions", "do not broadcast"),
    "zero point of 16 bits": ("ABS", [OFF], WIDE, "AbsOptions", "zero point 5; for INT16 expected"),
    "alphas": ("PRELU", [Q, ALPHAS], Q, None, "has a scale for each channel"),
    "fine swish": ("HARD_SWISH", [Q], FINE, None, "expected less than 128 times as much"),
    "norm": ("L2_NORMALIZATION", [Q], Q, "L2NormOptions", "expected 1/128 and 0"),
    "norm of one": (
        "L2_NORMALIZATION",
        [Spec((), np.int8, 0.1)],
        Spec((), np.int8, 1 / 128),
        None,
        "number",
    ),
    "log softmax": ("LOG_SOFTMAX", [Q], Q, "LogSoftmaxOptions", "expected 1/16 and 127"),
    "tanh": ("TANH", [WIDE], WIDE, None, "expected 2**-15"),
    "axis": (
        "REDUCE_MAX",
        [Q, axes(2)],
        Spec((1,), np.int8, 0.1, 3),
        "ReducerOptions",
        "along [2]",
    ),
    "two scales": (
        "REDUCE_MAX",
        [Q, axes(1)],
        Spec((1,), np.int8, 1),
        "ReducerOptions",
        "one scale",
    ),
    "sum of 16 bits": (
        "SUM",
        [WIDE, axes(1)],
        Spec((1,), np.int16, 1e-3),
        "ReducerOptions",
        "reference kernels have none for INT16",
    ),
    "elu": ("ELU", [Q], Q, None, "reference kernels have none for INT8"),
    "choice": ("SELECT_V2", [Q, Q, Q], Q, None, "must be BOOL"),
    "rows": (
        "SELECT",
        [Spec((1,), np.bool_), Q, Q],
        Q,
        None,
        "and must have one",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_breaks_a_rule_is_refused(case):
    name, inputs, output, options, message = REFUSED[case]
    graph = tflite.read(model(name, inputs, output, options))
    assert any(message in blocker.reason for blocker in engine.blockers(graph))


def test_a_pair_makes_the_file_s_shape():
    """The engine infers it; who does not, is told."""
    graph = tflite.read(model("MINIMUM", [Q, Q], Spec((1, 2), np.int8, 0.1)))
    reason = why_not(Node.of(graph, graph.operators[0], "reference"))
    assert reason == "it makes (1, 4), and the file says (1, 2)"


STOPPED = {
    "root": ("SQRT", [Q], {}, [[[3, 3, 2, 4]]], "1 value(s) are below 0"),
    "inverse root": ("RSQRT", [Q], {}, [[[3, 0, 1, 4]]], "2 value(s) are below 0"),
    "division": (
        "DIV",
        [Q, Q],
        {"options": "DivOptions"},
        [[[1, 2, 3, 4]], [[4, 4, 3, 4]]],
        "1 divisor(s) are 0",
    ),
}


@pytest.mark.parametrize("case", STOPPED)
def test_where_litert_stops_the_engine_stops_with_a_reason(case):
    name, specs, more, values, message = STOPPED[case]
    content = model(name, specs, Q, **more)
    inputs = [np.int8(each) for each in values]
    with pytest.raises(ValueError, match="LiteRT cannot run this model"):
        nets.run_tflite(content, inputs)
    with pytest.raises(ValueError) as info:
        engine.run(tflite.read(content), inputs)
    assert message in str(info.value)


ABORTED = {
    "scale 1": ("LESS", [Spec((1, 4), np.int8, 1)] * 2, Spec((1, 4), np.bool_), "scale 1"),
    "fine square": ("SQUARED_DIFFERENCE", [Spec((1, 4), np.int8, 1)] * 2, FINE, "too fine"),
}


@pytest.mark.parametrize("case", ABORTED)
def test_where_litert_would_abort_both_refuse(case):
    name, specs, output, message = ABORTED[case]
    content = model(name, specs, output, version=2)
    assert any(message in blocker.reason for blocker in engine.blockers(tflite.read(content)))
    with pytest.raises(ValueError, match=f"would abort at operator 0, {name}: .*{message}"):
        nets.run_tflite(content, [np.zeros((1, 4), np.int8)] * 2)


def test_a_root_is_cut_off_not_rounded():
    """SQRT alone casts to an integer; 1.999 becomes 1."""
    output = Spec((1, 4), np.int8, 1, 0)
    content = model("SQRT", [Spec((1, 4), np.int8, 1, 0)], output)
    assert engine.run(tflite.read(content), np.int8([[3, 4, 8, 9]])).outputs[0].tolist() == [
        [1, 2, 2, 3]
    ]


def test_a_quotient_of_nothing_may_be_one():
    """A shift by 32 places and more goes wrong in LiteRT: 0 divided by 120 is a step."""
    x, y = Spec((1, 1), np.int8, 0.1, 0), Spec((1, 1), np.int8, 0.5, 0)
    content = model("DIV", [x, Spec((1, 1), np.int8, 0.1, 0)], y, "DivOptions")
    inputs = [np.int8([[0]]), np.int8([[120]])]
    theirs = nets.run_tflite(content, inputs).outputs[0]
    assert engine.run(tflite.read(content), inputs).outputs[0] == theirs == 1
