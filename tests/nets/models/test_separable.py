"""MobileNets: their layers and sizes, and that they are prepared and converted."""

import numpy as np
import pytest

from qnn_edu import dequantize
from qnn_edu.nets import models
from qnn_edu.nets.conversion.converter import convert
from qnn_edu.nets.litert.comparison import model_input
from qnn_edu.nets.litert.interpreter import run_tflite
from qnn_edu.nets.qat.prepare import quantize_aware
from qnn_edu.nets.qat.prepared import freeze
from qnn_edu.tflite import read


def test_a_mobilenet_has_its_layers():
    """Thirteen blocks of two convolutions after the first; four halve the image."""
    net = models.mobilenet_v1(first_stride=1)
    kinds = [type(layer).__name__ for layer in net.layers]
    assert kinds.count("DepthwiseConv2D") == 13 and kinds.count("Conv2D") == 14
    assert net.get_layer("block13_pointwise").output.shape == (None, 2, 2, 256)
    assert {layer.max_value for layer in net.layers if type(layer).__name__ == "ReLU"} == {6}


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"width": 0.5}, (2, 2, 512)),
        ({"first_stride": 2}, (1, 1, 256)),
        ({"size": 64, "first_stride": 2}, (2, 2, 256)),
        ({"width": 0.001}, (2, 2, 8)),
    ],
)
def test_width_stride_and_size_of_a_mobilenet(options, shape):
    net = models.mobilenet_v1(**options)
    assert net.get_layer("block13_pointwise").output.shape[1:] == shape


@pytest.mark.parametrize("options", [{"width": 0}, {"first_stride": 3}, {"size": 15}])
def test_a_mobilenet_that_cannot_be_is_refused(options):
    with pytest.raises(ValueError, match="mobilenet_v1: expected a width above 0"):
        models.mobilenet_v1(**options)


@pytest.mark.parametrize("per_channel", [True, False])
def test_a_mobilenet_is_prepared_and_converted(per_channel):
    """The file, all integers, gives what the prepared model computes, up to a few steps."""
    x = np.random.default_rng(0).uniform(0, 1, (2, 32, 32, 3)).astype(np.float32)
    prepared = quantize_aware(models.mobilenet_v1(), per_channel=per_channel)
    freeze(prepared, ranges=False)
    prepared(x, training=True)  # one batch gives the ranges
    content = convert(prepared, "int8")
    graph = read(content)
    assert {tensor.type for tensor in graph.tensors} == {"INT8", "INT32"}
    scores = graph.tensors[graph.outputs[0]].params
    given = dequantize(run_tflite(content, model_input(graph, x)).outputs[0], scores)
    np.testing.assert_allclose(given, np.asarray(prepared(x)), atol=4 / 256)
