"""The route of 2018: facts that lesson 04 tells, pinned."""

import keras
import numpy as np
import pytest

from qnn_edu import dequantize, metrics, quantize
from qnn_edu.nets import history, run_tflite
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite import read


def network(x):
    """One convolution and ReLU, as TensorFlow 1 wrote it."""
    tf = load_tensorflow()
    w = tf.compat.v1.get_variable("w", (3, 3, x.shape[-1], 32))
    return tf.nn.relu(tf.nn.conv2d(x, w, 1, "SAME"))


def convert(shape=(1, 16, 16, 3), **options):
    return history.convert_2018(network, shape, **options)


def ends(content):
    graph = read(content)
    return [graph.tensors[i[0]] for i in (graph.inputs, graph.outputs)]


@pytest.mark.parametrize("size", [16, 224])
def test_stated_ranges_become_scales(size, capfd, caplog):
    content = convert((1, size, size, 3))
    assert capfd.readouterr() == ("", "") and not caplog.records
    graph = read(content)
    image, relu = ends(content)
    assert [op.name for op in graph.operators] == ["CONV_2D"]
    assert {t.dtype.name for t in graph.tensors} == {"uint8", "int32"}
    assert (image.scale, image.zero_point) == (1 / 128, 128)
    assert (relu.scale, relu.zero_point) == (np.float32(6 / 255), 0)


@pytest.mark.parametrize(
    ("stats", "scale", "zero_point"), [((0, 255), 1 / 255, 0), ((117, 58), 1 / 58, 117)]
)
def test_the_input_is_told_by_mean_and_deviation(stats, scale, zero_point):
    image, _ = ends(convert(input_stats=stats))
    np.testing.assert_allclose(image.scale, scale, rtol=1e-6)
    assert image.zero_point == zero_point


def test_the_default_range_is_believed():
    _, relu = ends(convert(default_ranges=(-6, 6)))
    assert (relu.scale, relu.zero_point) == (np.float32(12 / 255), 128)


@pytest.mark.parametrize("inference_type", ["uint8", "int8"])
def test_without_default_ranges_the_convolution_stays_in_float(inference_type):
    content = convert(inference_type=inference_type, default_ranges=None)
    graph = read(content)
    assert [op.name for op in graph.operators] == ["DEQUANTIZE", "CONV_2D"]
    image, relu = ends(content)
    assert (image.dtype, relu.dtype) == (inference_type, np.float32)


def test_uint8_weights_have_any_zero_point_and_one_scale():
    def lopsided(x):
        tf = load_tensorflow()
        w = np.random.default_rng(0).uniform(-0.1, 0.3, (3, 3, 3, 32)).astype(np.float32)
        return tf.nn.relu(tf.nn.conv2d(x, tf.constant(w), 1, "SAME"))

    graph = read(history.convert_2018(lopsided, (1, 16, 16, 3)))
    weight = graph.tensors[graph.operators[0].inputs[1]]
    assert (weight.dtype, weight.zero_point, weight.axis) == (np.uint8, 64, None)
    np.testing.assert_allclose(weight.scale, 0.4 / 255, rtol=1e-2)


def test_int8_weights_have_a_scale_for_each_channel():
    graph = read(convert(inference_type="int8", input_stats=(0, 128)))
    weight = graph.tensors[graph.operators[0].inputs[1]]
    assert len(weight.scale) == 32 and weight.scale.min() > 0 and not weight.zero_point.any()
    assert graph.tensors[graph.inputs[0]].zero_point == 0


def test_it_computes_what_the_float_graph_computes():
    """To 6/255 and no finer, wherever the real output stays within 0 to 6."""
    real, quantized = convert(inference_type="float32"), convert()
    x = np.random.default_rng(1).uniform(-1, 1, (1, 16, 16, 3)).astype(np.float32)
    image, relu = (tensor.params for tensor in ends(quantized))
    expected = run_tflite(real, x).outputs[0]
    assert 0.5 < expected.max() < 6
    result = dequantize(run_tflite(quantized, quantize(x, image)).outputs[0], relu)
    assert metrics.max_abs_error(expected, result) < 1.1 * relu.scale


def test_the_seed_decides_the_weights():
    assert convert(seed=1) == convert(seed=1) != convert(seed=2)


def test_nothing_of_tensorflow_1_is_left_behind():
    convert()
    assert load_tensorflow().executing_eagerly()
    assert keras.ops.convert_to_numpy(keras.ops.ones(2)).tolist() == [1, 1]


def test_other_types_are_refused():
    with pytest.raises(ValueError, match="uint8, int8, float32; got 'int16'"):
        convert(inference_type="int16")
