"""The engine beyond single answers: batches, what it keeps, what it refuses."""

import numpy as np
import pytest

from qnn_edu import data, engine, nets, quantize, tflite
from qnn_edu.data import asset
from tests.oracle.one_operator import Spec, model


@pytest.fixture(scope="module")
def graph():
    return tflite.read(asset("digits_int8.tflite"))


@pytest.fixture(scope="module")
def x(graph):
    return quantize(data.digits("test")[0][:40], graph.tensors[graph.inputs[0]].params)


@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
def test_an_image_never_depends_on_its_neighbors(graph, x, kernels):
    together = engine.run(graph, x, kernels=kernels).outputs[0]
    alone = [engine.run(graph, x[k : k + 1], kernels=kernels).outputs[0] for k in range(len(x))]
    np.testing.assert_array_equal(together, np.concatenate(alone))


def test_keep_has_every_tensor_in_its_type(graph, x):
    kept = engine.run(graph, x, keep=True).tensors
    assert kept.keys() == {tensor.index for tensor in graph.tensors}
    assert all(kept[tensor.index].dtype == tensor.dtype for tensor in graph.tensors)
    assert engine.run(graph, x).tensors == {}


def test_a_run_changes_neither_inputs_nor_graph(graph, x):
    before = x.copy()
    first, second = engine.run(graph, x).outputs[0], engine.run(graph, x).outputs[0]
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(first, second)


def test_all_of_a_batch_where_an_operator_works_along_the_first_dimension():
    image = Spec((2, 3, 4), np.int8, 0.1, 3)
    axes = Spec((1,), np.int32, data=[0])
    content = model("MEAN", [image, axes], Spec((3, 4), np.int8, 0.1, 3), "ReducerOptions")
    x = np.random.default_rng(0).integers(-128, 128, (5, 2, 3, 4)).astype(np.int8)
    ours = engine.run(tflite.read(content), x).outputs[0]
    np.testing.assert_array_equal(ours, nets.run_tflite(content, x, kernels="reference").outputs[0])


def test_a_constant_joins_every_image():
    image = Spec((1, 2), np.int8, 0.1, 3)
    constant = Spec((1, 3), np.int8, 0.1, 3, data=[[1, 2, 3]])
    out = Spec((1, 5), np.int8, 0.1, 3)
    content = model("CONCATENATION", [image, constant], out, "ConcatenationOptions", axis=1)
    found = engine.run(tflite.read(content), np.int8([[7, 8], [9, 10]])).outputs[0]
    assert found.tolist() == [[7, 8, 1, 2, 3], [9, 10, 1, 2, 3]]


def test_large_sums_are_added_in_float64():
    """2**24 + 1 is no float32: sums above must not be added there."""
    products = 600
    image = Spec((1, products), np.int8, 1.0, -128)
    weights = Spec((1, products), np.int8, 1.0, data=np.full((1, products), 127))
    bias = Spec((1,), np.int32, 1.0, data=[1])
    out = Spec((1, 1), np.int8, 2.0**18, 0)
    content = model(
        "FULLY_CONNECTED", [image, weights, bias], out, "FullyConnectedOptions", version=4
    )
    graph = tflite.read(content)
    explained = engine.explain(graph, np.full((1, products), 127, np.int8), 3, (0, 0))
    assert explained.accumulator == 600 * 255 * 127 + 1 > 2**24
    x = np.random.default_rng(0).integers(-128, 128, (200, products)).astype(np.int8)
    for kernels in engine.KERNEL_SETS:
        ours = engine.run(graph, x, kernels=kernels).outputs[0]
        theirs = nets.run_tflite(content, x, kernels=kernels).outputs[0]
        np.testing.assert_array_equal(ours, theirs)


def test_a_float_model_runs_in_float_and_says_so():
    content, x = asset("digits_float32.tflite").read_bytes(), data.digits("test")[0]
    graph = tflite.read(content)
    ours, theirs = engine.run(graph, x), nets.run_tflite(content, x)
    assert ours.in_float == tuple(range(len(graph.operators)))
    np.testing.assert_allclose(ours.outputs[0], theirs.outputs[0], atol=1e-5)


def test_an_integer_network_with_real_ends_is_an_integer_network():
    model, images = nets.load_model(asset("digits.keras")), data.digits("train")[0][:20]
    graph = tflite.read(nets.convert(model, "int8", calibration=images, io="float32"))
    assert {op.name for op in graph.operators} > {"QUANTIZE", "DEQUANTIZE"}
    assert engine.run(graph, images).in_float == ()


INT8 = Spec((1, 2, 2, 4), np.int8, 0.1, 0)


@pytest.mark.parametrize(
    ("name", "inputs", "output", "options", "message"),
    [
        ("RFFT2D", [INT8], INT8, None, "operator 0, RFFT2D, .* supported are ABS, ADD"),
        (
            "ADD",
            [INT8, INT8],
            INT8,
            {"options": "AddOptions", "fusedActivationFunction": 4},
            "the fused activation must be one of NONE, RELU, RELU6",
        ),
        (
            "CONCATENATION",
            [INT8, Spec((1, 2, 2, 4), np.int8, 0.2, 0)],
            Spec((1, 2, 2, 8), np.int8, 0.1, 0),
            {"options": "ConcatenationOptions", "axis": 3},
            "one scale and one zero point",
        ),
        ("RELU", [INT8], Spec(INT8.shape, np.uint8, 0.1, 0), None, "of several types"),
        ("RELU", [Spec(INT8.shape, np.int8)], INT8, None, "'tensor0' has no scale"),
        (
            "PAD",
            [INT8, Spec((4, 2), np.int32)],
            INT8,
            {"options": "PadOptions"},
            "'tensor1' is computed, and must be a constant",
        ),
        (
            "CONV_2D",
            [INT8, Spec((3, 1, 1, 2), np.int8, 0.1, data=np.ones((3, 1, 1, 2)))],
            Spec((1, 2, 2, 3), np.int8, 0.1),
            {"options": "Conv2DOptions", "strideH": 1, "strideW": 1},
            "make no convolution in groups",
        ),
    ],
)
def test_what_no_kernel_fits_is_named(name, inputs, output, options, message):
    options = dict(options or {})
    content = model(name, inputs, output, options.pop("options", None), **options)
    graph = tflite.read(content)
    x = [np.zeros(spec.shape, spec.dtype) for spec in inputs if spec.data is None]
    with pytest.raises(ValueError, match=message):
        engine.run(graph, x)


@pytest.mark.parametrize(
    ("inputs", "kernels", "message"),
    [
        (np.zeros((1, 8, 8, 1), np.int8), "fast", "No kernels 'fast'"),
        (np.zeros((1, 8, 8, 1), np.float32), "reference", "Quantize it first"),
        (np.zeros((1, 8, 8), np.int8), "reference", "Give that shape or a batch"),
        ([np.zeros((1, 8, 8, 1), np.int8)] * 2, "reference", "1 input\\(s\\); 2 were given"),
    ],
)
def test_mistakes_of_the_caller(graph, inputs, kernels, message):
    with pytest.raises(ValueError, match=message):
        engine.run(graph, inputs, kernels=kernels)
