"""Why an operator cannot be computed: a model that breaks a rule is refused for that reason."""

from dataclasses import replace

import numpy as np
import pytest

from qnn_edu import engine, tflite
from qnn_edu.data import asset
from qnn_edu.engine.node import Node
from qnn_edu.engine.run import plan
from qnn_edu.engine.support import why_not
from tests.oracle.one_operator import Spec, model
from tests.oracle.random_models import FAMILIES, random_model

DIGITS = tflite.read(asset("digits_int8.tflite"))
CONV, DEPTHWISE, *_, MEAN, DENSE, SOFTMAX = DIGITS.operators
IMAGE, WEIGHTS, BIAS = CONV.inputs
POOL = tflite.read(random_model("MAX_POOL_2D", 0)[0])


def with_operator(index, **changes):
    """The digits model with something else in one operator."""
    main = DIGITS.subgraphs[0]
    operators = list(main.operators)
    operators[index] = replace(operators[index], **changes)
    return replace(DIGITS, subgraphs=(replace(main, operators=tuple(operators)),))


def with_options(index, **options):
    return with_operator(index, options=DIGITS.operators[index].options | options)


def with_tensor(index, graph=DIGITS, **changes):
    """The digits model, or another, with something else in one tensor."""
    main = graph.subgraphs[0]
    tensors = list(main.tensors)
    tensors[index] = replace(tensors[index], **changes)
    return replace(graph, subgraphs=(replace(main, tensors=tuple(tensors)),))


def with_data(index, data):
    return with_tensor(index, data=data, shape=data.shape)


def with_channels(index):
    tensor = DIGITS.tensors[index]
    count = tensor.shape[-1]
    scales = {"scale": np.full(count, tensor.scale), "zero_point": np.zeros(count, int)}
    return with_tensor(index, axis=len(tensor.shape) - 1, **scales)


W, B = DIGITS.tensors[WEIGHTS].data, DIGITS.tensors[BIAS].data
ALTERED = {
    "no kernel": (with_operator(0, name="RFFT2D"), "supported are ADD, ARG_MAX, "),
    "no output": (with_operator(0, outputs=()), "3 input(s) and 0 output(s); expected 2 or 3, and"),
    "two outputs": (with_operator(9, outputs=SOFTMAX.outputs * 2), "1 input(s) and 2 output(s)"),
    "no weights": (
        with_operator(0, inputs=(IMAGE,)),
        "1 input(s) and 1 output(s); expected 2 or 3",
    ),
    "too many": (
        with_operator(9, inputs=SOFTMAX.inputs * 2),
        "2 input(s) and 1 output(s); expected 1,",
    ),
    "left out": (with_operator(0, inputs=(IMAGE, -1)), "its input 1 is left out"),
    "wide": (with_tensor(IMAGE, type="INT16"), "is INT16; supported are INT8 and UINT8"),
    "no scale": (with_tensor(IMAGE, scale=None), "'serving_default_image' has no scale"),
    "two types": (with_tensor(IMAGE, type="UINT8"), "its inputs and outputs are of several types"),
    "channels": (with_channels(IMAGE), "'serving_default_image' has a scale for each channel"),
    "tanh": (with_options(0, fused_activation_function="TANH"), "RELU_N1_TO_1, not TANH"),
    "two scales": (
        with_tensor(1, POOL, scale=2 * POOL.tensors[1].scale),
        "input and output must have one scale and one zero point",
    ),
    "computed axes": (
        with_tensor(MEAN.inputs[1], data=None),
        "is computed, and must be a constant",
    ),
    "flat image": (
        with_tensor(IMAGE, shape=(1, 64)),
        "has shape (1, 64); expected (images, height",
    ),
    "zero points": (with_tensor(WEIGHTS, zero_point=np.ones(16, int)), "must have zero point 0"),
    "flat weights": (with_data(WEIGHTS, W.reshape(16, -1)), "the weights have shape (16, 9)"),
    "no filter": (with_data(WEIGHTS, W[:0]), "the weights have shape (0, 3, 3, 1)"),
    "shuffled": (with_options(8, weights_format=1), "weights must be stored row by row"),
    "groups": (
        with_data(WEIGHTS, W.repeat(2, axis=3)),
        "for 1 channels make no convolution in groups",
    ),
    "channels missed": (
        with_data(DEPTHWISE.inputs[1], np.ones((1, 3, 3, 17), np.int8)),
        "weights (1, 3, 3, 17) for 16 channels; expected (1, height, width, a multiple of those)",
    ),
    "rows": (
        with_data(DENSE.inputs[1], np.ones((10, 63), np.int8)),
        "weights (10, 63) make no (1, 10) of (1, 64); expected 10 values for every 63",
    ),
    "wide bias": (with_tensor(BIAS, type="INT64"), "the bias is INT64, and must be INT32"),
    "short bias": (with_data(BIAS, B[:1]), "the bias has 1 value(s); expected 16, one for each"),
    "no step": (
        with_options(0, stride_w=0),
        "strides (1, 0), dilations (1, 1), kernel (3, 3); exp",
    ),
    "no dilation": (with_options(0, dilation_h_factor=0), "dilations (0, 1)"),
    "too early": (
        with_operator(1, inputs=(*DEPTHWISE.outputs, *DEPTHWISE.inputs[1:])),
        "which nothing computes before",
    ),
}


@pytest.mark.parametrize(("graph", "message"), ALTERED.values(), ids=list(ALTERED))
def test_a_rule_that_is_broken_is_the_reason_of_the_refusal(graph, message):
    with pytest.raises(ValueError) as info:
        engine.run(graph, np.zeros((1, 8, 8, 1), np.int8))
    assert str(info.value).startswith("engine: operator ") and message in str(info.value)


def test_an_output_that_nothing_computes_is_refused():
    main = replace(DIGITS.subgraphs[0], operators=DIGITS.operators[:-1])
    with pytest.raises(ValueError, match="nothing computes the tensors .*, the model's outputs"):
        plan(replace(DIGITS, subgraphs=(main,)), "reference")


def test_an_operator_without_output_is_named():
    with pytest.raises(ValueError, match="operator 0, RFFT2D, whose output is nothing, cannot run"):
        plan(with_operator(0, name="RFFT2D", outputs=()), "reference")


@pytest.mark.parametrize("family", FAMILIES)
def test_what_follows_every_rule_has_no_reason(family):
    for seed in range(10):
        graph = tflite.read(random_model(family, seed)[0])
        assert why_not(Node.of(graph, graph.operators[0], "optimized")) is None


def test_real_numbers_may_become_integers_with_a_scale_for_each_channel():
    out = Spec((1, 2), np.int8, [0.1, 0.2], 0, 1)
    graph = tflite.read(model("QUANTIZE", [Spec((1, 2), np.float32)], out))
    assert engine.run(graph, np.float32([[1, 1]])).outputs[0].tolist() == [[10, 5]]


def test_a_bias_may_lie_in_a_row():
    """LiteRT counts its values and reads them one after the other."""
    x = np.random.default_rng(0).integers(-128, 128, (1, 8, 8, 1)).astype(np.int8)
    rows = engine.run(with_data(BIAS, B.reshape(1, 1, 1, -1)), x).outputs[0]
    np.testing.assert_array_equal(rows, engine.run(DIGITS, x).outputs[0])
