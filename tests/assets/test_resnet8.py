"""ResNet-8 as it travels with the package, on CIFAR-10 as the development data has it."""

import numpy as np
import pytest

from qnn_edu import quantize
from qnn_edu.data import asset, cifar10
from qnn_edu.nets import convert, run_tflite
from qnn_edu.nets.quiet import load_keras
from qnn_edu.tflite import read
from tools.assets.resnet8 import NAME


@pytest.fixture(scope="module")
def images(real_data):
    x, y = cifar10("test", file=real_data / "cifar10_jpeg.npz")
    return x / np.float32(255), y


def accuracy(model, x, y):
    graph = read(model)
    params = graph.tensors[graph.inputs[0]].params
    scores = run_tflite(model, x if params is None else quantize(x, params)).outputs[0]
    return 100 * (scores.argmax(axis=1) == y).mean()


def test_int8_loses_at_most_a_point(images, real_data):
    """All 10,000 test images; calibrated on 200 training images."""
    model = load_keras().models.load_model(asset(NAME))
    training, _ = cifar10("train", file=real_data / "cifar10_jpeg.npz")
    int8 = convert(model, "int8", calibration=training[:200] / np.float32(255))
    float_right, int8_right = (
        accuracy(file, *images) for file in (convert(model, "float32"), int8)
    )
    assert float_right >= 79 and int8_right >= float_right - 1.0


def test_it_is_small():
    assert asset(NAME).stat().st_size < 450_000
