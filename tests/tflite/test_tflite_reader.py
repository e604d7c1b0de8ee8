"""Reading model files: against LiteRT's own interpreter, and refusing what is not a model."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu import dequantize
from qnn_edu.data import asset
from qnn_edu.tflite import Tensor, read

MODELS = ["digits_float32.tflite", "digits_int8.tflite"]
INT8 = asset("digits_int8.tflite").read_bytes()
REAL_MODELS = [
    "resnet8_cifar10_float.tflite",
    "resnet8_cifar10_int8.tflite",
    "kws_dscnn_int8.tflite",
    "mobilenet_v1_0.25_128_uint8.tflite",
]


def assert_read_like_litert(content: bytes) -> None:
    graph, oracle = read(content), Interpreter(model_content=content)
    # Before allocate_tensors, which spreads one scale of a dense layer over its channels.
    details = {d["index"]: d for d in oracle.get_tensor_details()}
    oracle.allocate_tensors()
    for tensor in graph.tensors:
        detail = details[tensor.index]
        assert tensor.name == detail["name"]
        assert tensor.shape == tuple(detail["shape"])
        assert tensor.dtype == detail["dtype"]
        quantization = detail["quantization_parameters"]
        scales = [] if tensor.scale is None else np.atleast_1d(tensor.scale)
        zero_points = [] if tensor.scale is None else np.atleast_1d(tensor.zero_point)
        np.testing.assert_array_equal(scales, quantization["scales"])
        np.testing.assert_array_equal(zero_points, quantization["zero_points"])
        if tensor.axis is not None:
            assert tensor.axis == quantization["quantized_dimension"]
        if tensor.data is not None:
            np.testing.assert_array_equal(tensor.data, oracle.get_tensor(tensor.index))
    assert graph.inputs == tuple(d["index"] for d in oracle.get_input_details())
    assert graph.outputs == tuple(d["index"] for d in oracle.get_output_details())
    operators = [op for op in oracle._get_ops_details() if op["op_name"] != "DELEGATE"]
    assert [op.name for op in graph.operators] == [op["op_name"] for op in operators]
    for ours, theirs in zip(graph.operators, operators, strict=True):
        assert list(ours.inputs) == list(theirs["inputs"])
        assert list(ours.outputs) == list(theirs["outputs"])


@pytest.mark.parametrize("name", MODELS)
def test_our_models_are_read_as_litert_reads_them(name):
    assert_read_like_litert(asset(name).read_bytes())


@pytest.mark.parametrize("name", REAL_MODELS)
def test_real_models_are_read_as_litert_reads_them(name, real_data):
    assert_read_like_litert((real_data / "models" / name).read_bytes())


def test_options_have_names_and_words():
    graph = read(INT8)
    assert graph.size == len(INT8)
    assert [op.name for op in graph.operators[:2]] == ["CONV_2D", "DEPTHWISE_CONV_2D"]
    strided = graph.operators[3].options
    assert strided["padding"] == "SAME" and strided["fused_activation_function"] == "RELU"
    assert (strided["stride_h"], strided["stride_w"], strided["depth_multiplier"]) == (2, 2, 1)


def test_real_values_and_params_follow_the_affine_law():
    graph = read(INT8)
    for tensor in graph.tensors:
        if tensor.data is None or tensor.params is None:
            continue
        np.testing.assert_array_equal(tensor.real, dequantize(tensor.data, tensor.params))
    convolution = graph.operators[1]
    image, weight, bias = (graph.tensors[i] for i in convolution.inputs)
    assert weight.params.axis == 3 and bias.params is None
    np.testing.assert_allclose(bias.scale, image.scale * weight.scale, rtol=1e-6)
    np.testing.assert_allclose(bias.real, bias.scale * bias.data, rtol=1e-6)
    assert image.real is None


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16])
def test_params_have_the_grid_of_the_type(dtype):
    params = Tensor(0, "t", (2,), np.dtype(dtype), np.float32(0.5), 0).params
    assert (params.qmin, params.qmax) == (np.iinfo(dtype).min, np.iinfo(dtype).max)


@pytest.mark.parametrize("content", [b"", b"TFL3", b"\x1c\0\0\0TFL4" + INT8[8:], b"PK" + INT8])
def test_what_is_not_a_model_is_refused(content):
    with pytest.raises(ValueError, match="Not a LiteRT model"):
        read(content)


@given(st.integers(8, len(INT8) - 1))
def test_a_shortened_model_is_refused_or_read(length):
    """No length leads to anything but a graph or a ValueError."""
    try:
        graph = read(INT8[:length])
    except ValueError:
        return
    assert len(graph.operators) == 10


def test_a_damaged_model_is_refused_or_read():
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(300):
        damaged = bytearray(INT8)
        for place in rng.integers(8, len(INT8), rng.integers(1, 20)):
            damaged[place] ^= 1 << rng.integers(8)
        try:
            read(bytes(damaged))
        except ValueError as error:
            assert not isinstance(error, UnicodeDecodeError)
            refused += 1
    assert refused > 30


def test_other_things_than_paths_and_bytes_are_refused():
    with pytest.raises(ValueError, match="A model is a path or bytes; got dict"):
        read({})
    with pytest.raises(FileNotFoundError):
        read("no such file.tflite")


@pytest.mark.parametrize("name", MODELS)
def test_the_result_of_a_model_is_called_after_its_operator(name):
    """The converter names it after a call; every other tensor keeps its short name."""
    graph = read(asset(name))
    made = [op.outputs[0] for op in graph.operators]
    assert [graph.layer_name(i) for i in made[:-1]] == [
        graph.tensors[i].short_name for i in made[:-1]
    ]
    assert graph.layer_name(made[-1]) == "softmax"
    assert graph.layer_name(graph.inputs[0]) == graph.tensors[graph.inputs[0]].short_name
