"""Functions, pairs and reductions that cannot be computed: refused before, or as LiteRT stops."""

from dataclasses import replace

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

FINEST, VAST = Spec((1, 4), np.int8, 1e-30, 3), Spec((1, 4), np.int8, 1e12, 3)
IMAGE, WEIGHTS = (
    Spec((1, 4, 4, 2), np.int8, 0.1, 3),
    Spec((2, 3, 3, 2), np.int8, 0.1, data=np.ones((2, 3, 3, 2))),
)
ROWS = Spec((3, 4), np.int8, 0.1, data=np.ones((3, 4)))
POOL = {"strideH": 1, "strideW": 1, "filterHeight": 5, "filterWidth": 1}
CONV = {"strideH": 1, "strideW": 1, "padding": 0, "dilationWFactor": 1}
MULTIPLIERS = {  # what no 32 bits express; LiteRT's arithmetic is undefined there
    "product": ("MUL", [Q, Q], FINEST, "MulOptions"),
    "rectified": ("RELU", [Q], FINEST, None),
    "rescaled": ("QUANTIZE", [Q], FINEST, None),
    "rescaled from 16 bits": ("QUANTIZE", [WIDE], FINEST, None),
    "size": ("ABS", [Q], FINEST, "AbsOptions"),
    "root": ("RSQRT", [Q], FINEST, None),
    "quotient": ("DIV", [Q, Q], FINEST, "DivOptions"),
    "comparison": ("LESS", [VAST, VAST], Spec((1, 4), np.bool_), "LessOptions"),
    "mean": ("MEAN", [Q, axes(1)], Spec((1,), np.int8, 1e-30), "ReducerOptions"),
    "leak": ("LEAKY_RELU", [Q], FINEST, "LeakyReluOptions"),
    "slope": ("PRELU", [Q, Q], FINEST, None),
    "dense": ("FULLY_CONNECTED", [Q, ROWS], Spec((1, 3), np.int8, 1e-30), "FullyConnectedOptions"),
    "logistic": ("LOGISTIC", [Spec((1, 4), np.int16, 1e9)], Spec((1, 4), np.int16, 2**-15), None),
    "tanh": ("TANH", [Spec((1, 4), np.int16, 1e9)], Spec((1, 4), np.int16, 2**-15), None),
}
MULTIPLIERS["matrices"] = (
    "BATCH_MATMUL",
    [Q, Spec((4, 3), np.int8, 0.1)],
    Spec((1, 3), np.int8, 1e-30),
    "BatchMatMulOptions",
)


@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
@pytest.mark.parametrize("case", MULTIPLIERS)
def test_a_multiplier_beyond_32_bits_is_refused_before_anything_runs(case, kernels):
    graph = tflite.read(model(*MULTIPLIERS[case]))
    (blocker,) = engine.blockers(graph, kernels)
    assert "it would multiply" in blocker.reason


def test_a_value_that_would_be_shifted_out_of_32_bits_is_refused():
    graph = tflite.read(model("RELU", [Q], FINE, None))
    (blocker,) = engine.blockers(graph)
    assert blocker.reason == "it would multiply up to 131 by 1e+08, beyond 32 bits"


@pytest.mark.parametrize("bits", [8, 16])
def test_windows_that_fit_nowhere_or_reach_too_far_are_refused(bits):
    x = IMAGE if bits == 8 else Spec((1, 4, 4, 2), np.int16, 0.1)
    pool = model("AVERAGE_POOL_2D", [x], x, "Pool2DOptions", padding=1, **POOL)
    (blocker,) = engine.blockers(tflite.read(pool))
    assert blocker.reason == "no window of (5, 1) fits into images of (4, 4)"
    conv = model("CONV_2D", [x, WEIGHTS], x, "Conv2DOptions", dilationHFactor=2**31 - 1, **CONV)
    (blocker,) = engine.blockers(tflite.read(conv))
    assert blocker.reason.startswith("windows reach over (4294967295, 3)")


def test_a_scale_for_every_block_is_refused_wherever_it_is():
    graph = tflite.read(model(*MULTIPLIERS["dense"]))
    main = graph.subgraphs[0]
    blocks = {"scale": np.full(6, np.float32(0.1)), "zero_point": np.zeros(6, int), "block": 2}
    for place in range(3):
        tensors = [replace(t, **blocks) if t.index == place else t for t in main.tensors]
        odd = replace(graph, subgraphs=(replace(main, tensors=tuple(tensors)),))
        (blocker,) = engine.blockers(odd)
        assert "has a scale for every 2 values" in blocker.reason


def test_an_odd_grid_is_refused():
    graph = tflite.read(model("RELU", [Q], Q, None))
    main = graph.subgraphs[0]
    tensors = [replace(tensor, zero_point=-300) for tensor in main.tensors]
    (blocker,) = engine.blockers(replace(graph, subgraphs=(replace(main, tensors=tuple(tensors)),)))
    assert blocker.reason == "'tensor0' has zero point -300, and is INT8"
    channels = Spec((1, 2), np.int8, [1, 2], 0, 1)
    graph = tflite.read(model("QUANTIZE", [Spec((1, 2), np.float32)], channels, None))
    assert engine.blockers(graph) == []
    main = graph.subgraphs[0]
    tensors = (main.tensors[0], replace(main.tensors[1], scale=np.float32([1, 2, 3])))
    (blocker,) = engine.blockers(replace(graph, subgraphs=(replace(main, tensors=tensors),)))
    assert "has 3 scales for (2,)" in blocker.reason


@pytest.mark.parametrize("beta", [-1.0, np.nan, np.inf])
def test_a_softmax_needs_a_beta(beta):
    for kind in (Q, WIDE):
        y = Spec((1, 4), kind.dtype, 2.0**-15 if kind is WIDE else 2.0**-8)
        graph = tflite.read(model("SOFTMAX", [kind], y, "SoftmaxOptions", beta=beta))
        assert any("its beta is" in blocker.reason for blocker in engine.blockers(graph))


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
