"""What cannot become C is refused: the operator, its place, what came and what was expected."""

from dataclasses import replace

import numpy as np
import pytest

from qnn_edu import chip
from qnn_edu.data import asset
from qnn_edu.engine.node import Node
from qnn_edu.engine.support import why_not
from qnn_edu.tflite import read
from tests.oracle.one_operator import Spec, model
from tests.oracle.random_models import random_model

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


def altered(tensor=None, operator=None, **changes):
    """The digits model with something else in one tensor or one operator."""
    main = DIGITS.subgraphs[0]
    parts = {"tensors": list(main.tensors), "operators": list(main.operators)}
    key, index = ("tensors", tensor) if tensor is not None else ("operators", operator)
    parts[key][index] = replace(parts[key][index], **changes)
    return replace(DIGITS, subgraphs=(replace(main, **{k: tuple(v) for k, v in parts.items()}),))


def refused(graph, name="model"):
    with pytest.raises(ValueError) as info:
        chip.export_c(graph, name=name)
    return str(info.value)


CONSTANTS = Spec((2,), np.int32, data=[1, 3])
MODELS = {
    "grouped": (
        conv(image(1, 4, 4, 4), weights(2, 1, 1, 2), bias(2), image(1, 4, 4, 2)),
        "Operator 0, CONV_2D, is a convolution in groups, which C lacks.",
    ),
    "shape": (
        conv(image(1, 4, 4, 4), weights(2, 1, 1, 4), bias(2), image(1, 4, 5, 2)),
        "Operator 0, CONV_2D, has an output (1, 4, 5, 2); its windows give (1, 4, 4, 2)",
    ),
    "stride": (
        conv(image(1, 4, 4, 4), weights(2, 1, 1, 4), bias(2), image(1, 4, 4, 2), strideW=0),
        "Operator 0, CONV_2D, cannot be exported: strides (1, 0)",
    ),
    "activation": (
        conv(
            image(1, 4, 4, 4),
            weights(2, 1, 1, 4),
            bias(2),
            image(1, 4, 4, 2),
            fusedActivationFunction=4,
        ),
        "Operator 0, CONV_2D, cannot be exported: the fused activation must be one of NONE, RELU, "
        "RELU6, RELU_N1_TO_1, not TANH.",
    ),
    "zero point": (
        conv(image(1, 4, 4, 4), weights(2, 1, 1, 4, zero_point=1), bias(2), image(1, 4, 4, 2)),
        "int8 weights with a zero point; expected 0",
    ),
    "accumulator": (
        conv(
            image(1, 4, 4, 4), weights(2, 1, 1, 4, value=127), bias(2, 2**31 - 1), image(1, 4, 4, 2)
        ),
        "Operator 0, CONV_2D, can reach sums of 2147550195, beyond 32 bits",
    ),
    "scales": (
        conv(image(1, 4, 4, 4, scale=1e30), weights(2, 1, 1, 4), bias(2), image(1, 4, 4, 2)),
        "Operator 0, CONV_2D, has scales S_x S_w / S_y above 2**21",
    ),
    "bias": (
        conv(image(1, 4, 4, 4), weights(2, 1, 1, 4), bias(3), image(1, 4, 4, 2)),
        "Operator 0, CONV_2D, cannot be exported: the bias has 3 value(s); expected 2",
    ),
    "computed weights": (
        conv(image(1, 4, 4, 4), image(1, 1, 1, 4), bias(1), image(1, 4, 4, 1)),
        "Operator 0, CONV_2D, has weights or a bias that are computed; expected constants.",
    ),
    "weights of another type": (
        model(
            "FULLY_CONNECTED",
            [image(1, 4), weights(2, 4), bias(2)],
            image(1, 2, dtype=UINT8),
            "FullyConnectedOptions",
        ),
        "inputs and outputs are INT8, UINT8; expected INT8 for all of them, or UINT8",
    ),
    "a batch": (
        model("RELU", [image(2, 4)], image(2, 4)),
        "Input 'tensor0' has shape (2, 4); expected (1, ...)",
    ),
    "mean": (
        model("MEAN", [image(1, 4, 4, 2), CONSTANTS], image(1, 4), "ReducerOptions"),
        "Operator 0, MEAN, takes means along axes [1, 3]; only axes that follow one another",
    ),
    "add": (
        model("ADD", [image(1, 4, 4, 2), image(1, 4, 1, 2)], image(1, 4, 4, 2), "AddOptions"),
        "Operator 0, ADD, repeats (1, 4, 1, 2) to (1, 4, 4, 2); only whole last dimensions may",
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
        "Operator 0, MAX_POOL_2D, cannot be exported: input and output must have one scale",
    ),
    "softmax": (
        model(
            "SOFTMAX",
            [image(1, 4096)],
            image(1, 4096, scale=1 / 256, zero_point=-128),
            "SoftmaxOptions",
            beta=1.0,
        ),
        "Operator 0, SOFTMAX, has rows of 4096 values; at most 4095 fit its sum",
    ),
    "softmax's output": (
        model("SOFTMAX", [image(1, 4)], image(1, 4), "SoftmaxOptions", beta=1.0),
        "Operator 0, SOFTMAX, needs an output of scale 1/256 and zero point -128",
    ),
    "pad": (
        model(
            "PAD",
            [image(1, 1, 1, 1, 2), Spec((5, 2), np.int32, data=np.zeros((5, 2)))],
            image(1, 1, 1, 1, 2),
            "PadOptions",
        ),
        "Operator 0, PAD, pads (1, 1, 1, 1, 2)",
    ),
    "parts": (
        model(
            "CONCATENATION",
            [image(1, 4, 2), image(1, 3, 2)],
            image(1, 8, 2),
            "ConcatenationOptions",
            axis=1,
        ),
        "Operator 0, CONCATENATION, puts (1, 3, 2) into (1, 8, 2) along 1; expected parts",
    ),
    "resize": (
        model(
            "RESIZE_BILINEAR",
            [image(1, 2, 2, 1), Spec((2,), np.int32, data=[3000, 2])],
            image(1, 3000, 2, 1),
            "ResizeBilinearOptions",
            halfPixelCenters=True,
        ),
        "Operator 0, RESIZE_BILINEAR, makes 3000 rows of 2: the last lies outside",
    ),
    "resize's output": (
        model(
            "RESIZE_BILINEAR",
            [image(1, 2, 2, 1), CONSTANTS],
            image(1, 3, 3, 1),
            "ResizeBilinearOptions",
        ),
        "Operator 0, RESIZE_BILINEAR, has an output (1, 3, 3, 1); expected (1, 1, 3, 1)",
    ),
    "resize of bytes": (
        model(
            "RESIZE_BILINEAR",
            [image(1, 2, 2, 1, dtype=UINT8), CONSTANTS],
            image(1, 1, 3, 1, dtype=UINT8),
            "ResizeBilinearOptions",
        ),
        "Operator 0, RESIZE_BILINEAR, resizes uint8, which LiteRT computes in float32",
    ),
    "per channel activation": (
        model("RELU", [image(1, 2)], Spec((1, 2), INT8, [0.1, 0.2], 0, 1)),
        "Operator 0, RELU, cannot be exported: 'tensor1' has a scale for each channel",
    ),
}

SHARED = [  # what the engine refuses, too
    "stride",
    "activation",
    "bias",
    "pool",
    "per channel activation",
]
OF_C = [name for name in MODELS if name not in (*SHARED, "weights of another type")]


@pytest.mark.parametrize(("content", "message"), MODELS.values(), ids=list(MODELS))
def test_a_model_is_refused_with_its_place_and_what_was_expected(content, message):
    assert message in refused(read(content))


@pytest.mark.parametrize("name", SHARED)
def test_what_the_engine_cannot_compute_is_refused_in_its_words(name):
    graph = read(MODELS[name][0])
    reason = why_not(Node.of(graph, graph.operators[0], "reference"))
    text = f"Operator 0, {graph.operators[0].name}, cannot be exported: {reason}."
    assert reason is not None and refused(graph) == text


@pytest.mark.parametrize("name", OF_C)
def test_the_other_refusals_are_those_of_c(name):
    graph = read(MODELS[name][0])
    assert why_not(Node.of(graph, graph.operators[0], "reference")) is None


@pytest.mark.parametrize("family", ["RESHAPE", "SQUEEZE", "PAD"])
def test_c_moves_integers_to_another_scale(family):
    """As LiteRT does; the engine refuses that."""
    graph = read(random_model(family, 0)[0])
    main, output = graph.subgraphs[0], graph.outputs[0]
    tensors = list(main.tensors)
    tensors[output] = replace(tensors[output], scale=2 * tensors[output].scale)
    other = replace(graph, subgraphs=(replace(main, tensors=tuple(tensors)),))
    reason = why_not(Node.of(other, other.operators[0], "reference"))
    assert reason == "input and output must have one scale and one zero point"
    made, before = chip.program(other).layers, chip.program(graph).layers
    assert [layer.numbers for layer in made] == [layer.numbers for layer in before]


def test_an_operator_without_c_is_named_with_those_that_have_it():
    text = refused(altered(operator=1, name="WHILE"))
    assert text.startswith("Operator 1, WHILE, cannot be exported. Supported: ADD, AVERAGE")
    assert "SOFTMAX" in text and "depth" not in text


def test_a_float_model_is_refused_with_advice():
    text = refused(read(asset("digits_float32.tflite")))
    assert "FLOAT32" in text and "--recipe int8 --io int8" in text


@pytest.mark.parametrize("name", ["", "2nd", "my-model", "_x", "a b", "é", "a;", "x\n"])
def test_a_name_that_is_none_in_c_is_refused(name):
    assert "is no name for C" in refused(DIGITS, name)


@pytest.mark.parametrize("name", ["a", "Model_2", "int", "qnn"])
def test_a_name_that_is_one_is_used(name):
    assert f"static void {name}_run(const int8_t *input" in chip.export_c(DIGITS, name=name)


def test_a_float_tensor_in_the_middle_is_refused_where_it_is():
    middle = DIGITS.operators[2].outputs[0]
    text = refused(altered(tensor=middle, type="FLOAT32", dtype=np.dtype(np.float32)))
    assert text.startswith(f"Operator 2, CONV_2D, has tensor {middle}") and "FLOAT32" in text


def test_what_is_read_before_it_is_computed_is_refused():
    late = DIGITS.operators[5].outputs[0]
    text = refused(altered(operator=1, inputs=(late, *DIGITS.operators[1].inputs[1:])))
    reason = f"it reads tensors [{late}], which nothing computes before"
    assert text == f"Operator 1, DEPTHWISE_CONV_2D, cannot be exported: {reason}."


def test_what_is_computed_twice_is_refused():
    early = DIGITS.operators[0].outputs[0]
    text = refused(altered(operator=2, outputs=(early,)))
    assert text.startswith("Operator 2, CONV_2D, computes a tensor that is there")


def test_an_output_that_no_operator_computes_is_refused():
    main = replace(DIGITS.subgraphs[0], outputs=DIGITS.inputs)
    assert "expected tensors that one operator computes" in refused(
        replace(DIGITS, subgraphs=(main,))
    )
