"""Whole networks: every tensor of the engine equals LiteRT's, under all its kernel sets."""

import keras
import numpy as np
import pytest

from qnn_edu import data, engine, nets, quantize, tflite
from qnn_edu.data import asset

IMAGES = 100
REAL = (
    "kws_dscnn_int8",
    "mobilenet_v1_0.25_128_uint8",
    "mobilenet_v1_0.5_160_uint8",
    "resnet8_cifar10_int8",
)
each_kernel_set = pytest.mark.parametrize("kernels", engine.KERNEL_SETS)


def assert_every_tensor_is_equal(content, x, kernels):
    graph = tflite.read(content)
    ours = engine.run(graph, x, kernels=kernels, keep=True).tensors
    theirs = nets.run_tflite(content, x, kernels=kernels, keep=True).tensors
    assert ours.keys() == theirs.keys()
    for tensor in graph.tensors:
        name = f"tensor {tensor.index}, {tensor.short_name}"
        if tensor.data is None:
            np.testing.assert_array_equal(ours[tensor.index], theirs[tensor.index], err_msg=name)


def random_images(graph, count=IMAGES):
    tensor = graph.tensors[graph.inputs[0]]
    grid = np.iinfo(tensor.dtype)
    shape = (count, *tensor.shape[1:])
    return np.random.default_rng(0).integers(grid.min, grid.max + 1, shape).astype(tensor.dtype)


def photos(graph):
    """The photographs on board, in the model's size and type."""
    tensor = graph.tensors[graph.inputs[0]]
    pixels = np.stack([data.photo(name, size=tensor.shape[1]) for name in data.PHOTOS])
    return (pixels.astype(np.int16) + np.iinfo(tensor.dtype).min).astype(tensor.dtype)


@each_kernel_set
@pytest.mark.parametrize("name", REAL)
def test_every_tensor_of_a_real_model(real_data, name, kernels):
    content = (real_data / "models" / f"{name}.tflite").read_bytes()
    graph = tflite.read(content)
    x = random_images(graph)
    if graph.tensors[graph.inputs[0]].shape[3] == 3:
        real = photos(graph)
        x[: len(real)] = real
    assert_every_tensor_is_equal(content, x, kernels)


@each_kernel_set
def test_every_tensor_of_the_digits_model(kernels):
    content = asset("digits_int8.tflite").read_bytes()
    graph = tflite.read(content)
    x = quantize(data.digits("test")[0], graph.tensors[graph.inputs[0]].params)
    assert_every_tensor_is_equal(content, np.concatenate([x, random_images(graph)]), kernels)


def photo_crops():
    """32 x 32 pieces of the photographs on board, values from 0 to 1."""
    rng, pieces = np.random.default_rng(1), []
    for name in data.PHOTOS:
        photo = data.photo(name, size=96)
        for top, left in rng.integers(0, 64, (30, 2)):
            pieces.append(photo[top : top + 32, left : left + 32])
    return np.float32(pieces[:IMAGES]) / 255


OPTIONS = ({}, {"io": "uint8"}, {"io": "float32"}, {"per_channel": False})


@pytest.fixture(scope="module", params=OPTIONS, ids=str)
def resnet_file(request):
    model = nets.load_model(asset("resnet8_cifar10.keras"))
    return nets.convert(model, "int8", calibration=photo_crops()[:20], **request.param)


@each_kernel_set
def test_every_tensor_of_our_resnet(resnet_file, kernels):
    x, content = photo_crops(), resnet_file
    graph = tflite.read(content)
    params = graph.tensors[graph.inputs[0]].params
    assert_every_tensor_is_equal(content, x if params is None else quantize(x, params), kernels)


def trained_on_digits():
    return nets.load_model(asset("digits.keras")), data.digits("test")[0][:40]


def trained_resnet():
    return nets.load_model(asset("resnet8_cifar10.keras")), photo_crops()[:30]


def random_mobilenet():
    """Its normalizations know its data, so that no value fades on the way."""
    keras.utils.set_random_seed(0)
    model, x = nets.models.mobilenet_v1(), photo_crops()[:30]
    for layer in model.layers:
        if hasattr(layer, "momentum"):
            layer.momentum = 0.0
    model(x, training=True)
    return model, x


@pytest.mark.parametrize("io", ["int16", "float32"])
@pytest.mark.parametrize("made", [trained_on_digits, trained_resnet, random_mobilenet])
def test_every_tensor_of_a_network_of_16_bits(made, io):
    model, x = made()
    content = nets.convert(model, "int16x8", calibration=x[:20], io=io)
    graph = tflite.read(content)
    params = graph.tensors[graph.inputs[0]].params
    for kernels in engine.KERNEL_SETS:
        given = x if params is None else quantize(x, params)
        assert_every_tensor_is_equal(content, given, kernels)
