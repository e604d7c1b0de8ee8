"""An explanation ends in the value that the engine gives, and its steps lead there."""

import numpy as np
import pytest

from qnn_edu import data, engine, quantize, tflite
from qnn_edu.core.fixed_point import requantize
from qnn_edu.data import asset
from tests.oracle.random_models import random_model


@pytest.fixture(scope="module")
def graph():
    return tflite.read(asset("digits_int8.tflite"))


@pytest.fixture(scope="module")
def x(graph):
    return quantize(data.digits("test")[0][:3], graph.tensors[graph.inputs[0]].params)


def places(shape, count, seed):
    rng = np.random.default_rng(seed)
    return [tuple(int(rng.integers(n)) for n in shape) for _ in range(count)]


def assert_steps_lead_to_the_value(found):
    x, w = found.inputs.astype(int), found.weights.astype(int)
    products = (x - found.input_zero_point) * (w - found.weight_zero_point)
    np.testing.assert_array_equal(found.products, products)
    assert found.total == products.sum()
    assert found.accumulator == found.total + found.bias
    double = requantize(found.accumulator, found.multiplier, found.shift)
    assert found.rounded == double
    lowest, highest = found.clamp
    assert found.rules["double"] == min(max(double + found.zero_point, lowest), highest)


@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
def test_every_layer_with_weights_is_explained(graph, x, kernels):
    values = engine.run(graph, x, kernels=kernels, keep=True).tensors
    for op in graph.operators[:7] + graph.operators[8:9]:
        tensor = op.outputs[0]
        for place in places(values[tensor].shape, 10, op.index):
            found = engine.explain(graph, x, tensor, place, kernels=kernels)
            assert found.value == values[tensor][place]
            assert_steps_lead_to_the_value(found)
            rule = "float32" if kernels == "xnnpack" else "double"
            if op.name != "FULLY_CONNECTED" and kernels != "optimized":
                assert found.rules[rule] == found.value


@pytest.mark.parametrize(
    "family",
    [
        "CONV_2D",
        "CONV_2D computed",
        "CONV_2D groups",
        "DEPTHWISE_CONV_2D",
        "FULLY_CONNECTED",
        "FULLY_CONNECTED rows",
    ],
)
def test_strides_dilation_multipliers_and_zero_points(family):
    for seed in range(20):
        content, inputs = random_model(family, seed)
        graph = tflite.read(content)
        out = engine.run(graph, inputs).outputs[0]
        for place in places(out.shape, 3, seed):
            found = engine.explain(graph, inputs, graph.outputs[0], place)
            assert found.value == out[place]
            assert_steps_lead_to_the_value(found)


@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
@pytest.mark.parametrize("bias", ["", " with a bias of 32 bits"])
def test_16_bits_have_a_rule_of_their_own(bias, kernels):
    for seed in range(10):
        content, inputs = random_model(f"CONV_2D{bias} int16", seed)
        graph = tflite.read(content)
        out = engine.run(graph, inputs, kernels=kernels).outputs[0]
        for place in places(out.shape, 3, seed):
            found = engine.explain(graph, inputs, graph.outputs[0], place, kernels=kernels)
            assert found.value == found.rules["16 bits"] == out[place]


def test_it_reads_as_a_calculation(graph, x):
    found = engine.explain(graph, x, graph.operators[1].outputs[0], (0, 3, 4, 5))
    lines = str(found).splitlines()
    assert lines[0] == f"DEPTHWISE_CONV_2D 'block1_depthwise_relu' at (0, 3, 4, 5): {found.value}"
    assert f"{found.total} + {found.bias} = {found.accumulator}" in lines[4]
    assert len(lines) == 12


@pytest.mark.parametrize(
    ("tensor", "index", "message"),
    [
        (25, (0, 0), "expected a tensor that one of .* puts out"),
        (18, (0, 8, 0, 0), "is no place in a tensor of shape \\(3, 8, 8, 16\\)"),
        (18, (0, 0), "is no place"),
    ],
)
def test_mistakes_of_the_caller(graph, x, tensor, index, message):
    with pytest.raises(ValueError, match=message):
        engine.explain(graph, x, tensor, index)
