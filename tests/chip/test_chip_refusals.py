"""What cannot become C is refused, all at once: operators, their places, and the reasons."""

from dataclasses import replace

import numpy as np
import pytest

from qnn_edu import chip
from qnn_edu.data import asset
from qnn_edu.engine.blockers import blockers
from qnn_edu.tflite import read
from tests.oracle.one_operator import Spec, model

DIGITS = read(asset("digits_int8.tflite"))
INT8, UINT8 = np.int8, np.uint8


def image(*shape, dtype=INT8, scale=0.1, zero_point=3, **more):
    return Spec(shape, dtype, scale, zero_point, **more)


def weights(*shape, value=1, **more):
    return Spec(shape, INT8, more.pop("scale", 0.01), data=np.full(shape, value), **more)


def bias(count, value=0):
    return Spec((count,), np.int32, 0.001, data=np.full(count, value))


def conv(x, w, b, output, **fields):
    fields = {"padding": 0, "strideH": 1, "strideW": 1} | fields
    return model("CONV_2D", [x, w, b], output, "Conv2DOptions", **fields)


def altered(tensors=(), operators=()):
    """The digits model with something else in some tensors or operators, by their index."""
    main = DIGITS.subgraphs[0]
    changed = {
        word: tuple(
            replace(each, **changes[k]) if k in changes else each
            for k, each in enumerate(getattr(main, word))
        )
        for word, changes in {"tensors": tensors, "operators": operators}.items()
    }
    return replace(DIGITS, subgraphs=(replace(main, **changed),))


def refused(graph, name="model"):
    with pytest.raises(ValueError) as info:
        chip.export_c(graph, name=name)
    return str(info.value)


def of_two(name, a, b, output, options=None, **fields):
    return model(name, [a, b], output, options, **fields)


CONSTANTS = Spec((2,), np.int32, data=[1, 3])
COMPUTED = Spec((2,), np.int32, draw=lambda rng: [0, 1])
CONV = image(1, 4, 4, 4), weights(2, 1, 1, 4), bias(2), image(1, 4, 4, 2)
MODELS = {  # a model, and what is said of it
    "stride": (conv(*CONV, strideW=0), "strides (1, 0)"),
    "activation": (
        conv(*CONV, fusedActivationFunction=4),
        "the fused activation must be one of NONE, RELU, RELU6, RELU_N1_TO_1, not TANH",
    ),
    "zero point": (
        conv(CONV[0], weights(2, 1, 1, 4, zero_point=1), *CONV[2:]),
        "its int8 weights have a zero point; expected 0",
    ),
    "accumulator": (
        conv(CONV[0], weights(2, 1, 1, 4, value=127), bias(2, 2**31 - 1), CONV[3]),
        "its sums can reach 2147550195, beyond 32 bits",
    ),
    "scales": (
        conv(image(1, 4, 4, 4, scale=1e8), *CONV[1:]),
        "its scales S_x S_w / S_y reach 2**21",
    ),
    "bias": (conv(*CONV[:2], bias(3), CONV[3]), "the bias has 3 value(s); expected 2"),
    "computed weights": (
        conv(image(1, 4, 4, 4), image(1, 1, 1, 4), bias(1), image(1, 4, 4, 1)),
        "its weights or bias are computed; expected constants",
    ),
    "several types": (
        model(
            "FULLY_CONNECTED",
            [image(1, 4), weights(2, 4), bias(2)],
            image(1, 2, dtype=UINT8),
            "FullyConnectedOptions",
        ),
        "its inputs and outputs are of several types: INT8, INT8, UINT8",
    ),
    "mean": (
        model("MEAN", [image(1, 4, 4, 2), CONSTANTS], image(1, 4), "ReducerOptions"),
        "it takes means along axes [1, 3]; expected axes that follow one another",
    ),
    "pool": (
        model(
            "MAX_POOL_2D",
            [image(1, 4, 4, 2)],
            image(1, 4, 4, 2, scale=0.2),
            "Pool2DOptions",
            strideH=1,
            strideW=1,
            filterHeight=1,
            filterWidth=1,
        ),
        "input and output must have one scale",
    ),
    "softmax": (
        model(
            "SOFTMAX",
            [image(1, 4096)],
            image(1, 4096, scale=1 / 256, zero_point=-128),
            "SoftmaxOptions",
            beta=1.0,
        ),
        "its rows have 4096 values; at most 4095 fit its sum",
    ),
    "softmax's output": (
        model("SOFTMAX", [image(1, 4)], image(1, 4), "SoftmaxOptions", beta=1.0),
        "its output needs the scale 1/256 and the zero point -128",
    ),
    "places": (
        of_two("GATHER", image(1, 4), COMPUTED, image(1, 2), "GatherOptions", axis=1),
        "what moves which value is computed; expected a constant",
    ),
    "infinity": (
        model(
            "PADV2",
            [
                Spec((1, 2), np.float32),
                Spec((2, 2), np.int32, data=np.ones((2, 2))),
                Spec((1,), np.float32, data=[-np.inf]),
            ],
            Spec((3, 4), np.float32),
            "PadV2Options",
        ),
        "it computes with FLOAT32",
    ),
    "resize of bytes": (
        of_two(
            "RESIZE_BILINEAR",
            image(1, 2, 2, 1, dtype=UINT8),
            CONSTANTS,
            image(1, 1, 3, 1, dtype=UINT8),
            "ResizeBilinearOptions",
        ),
        "LiteRT resizes uint8 in float32, which is not exact from 2 to 3 columns",
    ),
    "per channel activation": (
        model("RELU", [image(1, 2)], Spec((1, 2), INT8, [0.1, 0.2], 0, 1)),
        "'tensor1' has a scale for each channel",
    ),
    "scale": (
        model("RELU", [image(1, 2, scale=5e4)], image(1, 2, scale=0.01)),
        "its output's scale is 2**21 times smaller",
    ),
    "no C": (of_two("DIV", *[image(1, 2)] * 3, "DivOptions"), "C lacks it"),
}
SHARED = ["stride", "activation", "bias", "several types", "pool", "per channel activation"]


@pytest.mark.parametrize(("content", "reason"), MODELS.values(), ids=list(MODELS))
def test_a_model_is_refused_with_its_place_and_the_reason(content, reason):
    graph = read(content)
    name, text = graph.operators[0].name, refused(graph)
    assert text.startswith("export_c: 1 of 1 operators cannot be exported.\n")
    assert f"\n  1 x {name} (0): " in text and reason in text


@pytest.mark.parametrize("name", MODELS)
def test_what_the_engine_cannot_compute_is_refused_in_its_words(name):
    graph = read(MODELS[name][0])
    same = chip.blockers(graph) == blockers(graph)
    assert same == (name in SHARED)


def test_all_reasons_are_told_at_once():
    odd = {"name": "WHILE"}
    text = refused(altered(operators={1: odd, 3: odd, 5: {"name": "DIV"}}))
    first, *lines, advice = text.splitlines()
    assert first == "export_c: 3 of 10 operators cannot be exported."
    assert lines == [
        "  1 x DIV (5): it has 3 input(s) and 1 output(s); expected 2, and 1.",
        "  2 x WHILE (1, 3): it has no kernel.",
    ]
    assert "left to the caller" in advice and "Keras" not in advice


def test_a_float_model_is_refused_with_advice_for_who_has_only_the_file():
    text = refused(read(asset("digits_float32.tflite")))
    assert "10 of 10 operators" in text and "it computes with FLOAT32" in text
    assert "AI Edge Quantizer makes one" in text


@pytest.mark.parametrize("name", ["", "2nd", "my-model", "_x", "a b", "é", "a;", "x\n"])
def test_a_name_that_is_none_in_c_is_refused(name):
    assert "is no name for C" in refused(DIGITS, name)


@pytest.mark.parametrize("name", ["a", "Model_2", "int", "qnn"])
def test_a_name_that_is_one_is_used(name):
    assert f"void {name}_run(const int8_t *input" in chip.export_c(DIGITS, name=name)


def test_a_float_tensor_in_the_middle_is_refused_where_it_is():
    middle = DIGITS.operators[2].outputs[0]
    text = refused(altered(tensors={middle: {"type": "FLOAT32", "dtype": np.dtype(np.float32)}}))
    assert "  1 x CONV_2D (2): its inputs and outputs are of several types" in text


def test_what_is_read_before_it_is_computed_is_refused():
    (late,) = DIGITS.operators[1].outputs
    inputs = (late, *DIGITS.operators[1].inputs[1:])
    text = refused(altered(operators={1: {"inputs": inputs}}))
    assert f"(1): it reads tensors [{late}], which nothing computes before" in text


def test_an_output_that_no_operator_computes_is_refused():
    main = replace(DIGITS.subgraphs[0], outputs=DIGITS.inputs)
    text = refused(replace(DIGITS, subgraphs=(main,)))
    assert text.startswith("export_c: the model cannot be exported.\n  its outputs are tensors [0]")


def test_an_end_in_float_that_no_caller_can_quantize_is_refused():
    (index,) = DIGITS.inputs
    dtype = {"type": "FLOAT32", "dtype": np.dtype(np.float32), "scale": None, "zero_point": None}
    lonely = altered(operators={0: {"name": "RELU", "inputs": (index,)}}, tensors={index: dtype})
    assert "FLOAT32" in refused(lonely)
