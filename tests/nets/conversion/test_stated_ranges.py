"""Networks that carry fake quantizers: converted without calibration, by the ranges they state."""

import itertools
from dataclasses import fields, replace

import keras
import numpy as np
import pytest

from qnn_edu import engine, nets, params_from_range, quantize
from qnn_edu.nets.conversion.stated_ranges import convert_stated, states_ranges
from qnn_edu.nets.models.placement import IMAGE_RANGE, Placement, fake_quant, random_layers
from qnn_edu.nets.models.placement import two_convolutions as network
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite import read

tf = load_tensorflow()
SIZE = 16
X = (np.random.default_rng(0).integers(0, 256, (20, SIZE, SIZE, 3)) - 128).astype(np.int8)
PLACES = ("image", "weights", "bias", "before_relu", "after_relu")


def convert(io=None, **where):
    return nets.convert(network(Placement(**where), size=SIZE), "int8", io=io)


def function(layer, *shape):
    return tf.function(layer, input_signature=[tf.TensorSpec(shape)], autograph=False)


def weights(graph):
    return [graph.tensors[op.inputs[1]] for op in graph.operators if op.name == "CONV_2D"]


def test_the_file_holds_the_ranges_that_were_written():
    graph = read(convert())
    stated = zip(graph.operators, (IMAGE_RANGE, (0, 6)), random_layers(), strict=True)
    for op, into, (weight, bias) in stated:
        x, w, b, y = (graph.tensors[i] for i in (*op.inputs, *op.outputs))
        largest = np.abs(weight).max()
        of_w = params_from_range(-largest, largest, symmetric=True, narrow_range=True)
        assert (x.params, y.params) == (params_from_range(*into), params_from_range(0, 6))
        assert (w.scale, w.zero_point, b.zero_point) == (of_w.scale, 0, 0)
        assert b.scale == x.scale * w.scale
        np.testing.assert_array_equal(w.data, np.moveaxis(quantize(weight, of_w), -1, 0))
        np.testing.assert_array_equal(b.data, np.rint(bias / b.scale))


@pytest.mark.parametrize(("lo", "hi"), [(0, 1), (-3, 5), (-0.7, 0.1), (0, 6), (-1, 127 / 128)])
def test_any_range_of_an_activation_arrives(lo, hi):
    net = function(lambda x: fake_quant(fake_quant(x, -1, 1) * 3.0, lo, hi), 1, 4)
    graph = read(convert_stated(net))
    assert graph.tensors[graph.outputs[0]].params == params_from_range(lo, hi)


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("kernels", ["reference", "optimized", "xnnpack"])
def test_file_and_graph_differ_by_one_step_in_one_percent_at_most(kernels, per_channel):
    function = network(Placement(per_channel=per_channel), size=SIZE)
    file = nets.convert(function, "int8")
    graph = read(file)
    result = nets.run_tflite(file, X, kernels=kernels).outputs[0]
    expected = quantize(function(np.float32(X) / 128).numpy(), params_from_range(0, 6))
    off = np.abs(result.astype(int) - expected)
    assert off.max() <= 1 and (off > 0).mean() < 0.01
    np.testing.assert_array_equal(engine.run(graph, X, kernels=kernels).outputs[0], result)


@pytest.mark.parametrize("io", ["int8", "uint8", "float32"])
def test_io_is_the_type_of_inputs_and_outputs_alone(io):
    file = convert(io=io)
    graph = read(file)
    ends = [graph.tensors[i] for i in (*graph.inputs, *graph.outputs)]
    assert {t.dtype.name for t in ends} == {io}
    x = np.float32(X) / 128
    given = x if io == "float32" else quantize(x, ends[0].params)
    result = nets.run_tflite(file, given, kernels="reference").outputs[0]
    expected = nets.run_tflite(convert(), X, kernels="reference").outputs[0].astype(int)
    if io == "float32":
        result = quantize(result, params_from_range(0, 6))
    np.testing.assert_array_equal(result.astype(int) - 128 * (io == "uint8"), expected)


def test_an_operator_is_integer_if_ranges_stand_before_and_behind_it():
    for places in itertools.product([True, False], repeat=5):
        where = dict(zip(PLACES, places, strict=True))
        graph = read(convert_stated(network(Placement(**where), size=8), io="float32"))
        floats = {op.index for op in nets.float_operators(graph)}
        integer = [op.index not in floats for op in graph.operators if op.name == "CONV_2D"]
        behind = where["after_relu"] or where["before_relu"]
        between = where["after_relu"]
        ranges = [where["image"] and behind, between and behind]
        assert integer == [each and not where["bias"] for each in ranges], where


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (
            {"image": False},
            "operator 0, CONV_2D, stays in float: no fake quantizer states the range"
            " of 'image'. To get the file as it is, ask for io='float32'",
        ),
        ({"after_relu": False}, "range of '.*'; operator 3, CONV_2D, stays in float"),
        ({"bias": True}, "fake quantizer on its bias, which takes none"),
        ({"image": False, "after_relu": False}, "range of 'image' or '"),
    ],
)
def test_what_is_missing_is_named(where, message):
    with pytest.raises(ValueError, match=message):
        convert(**where)
    assert nets.float_operators(read(convert(io="float32", **where)))


def test_without_any_fake_quantizer_calibration_is_asked_for():
    nothing = Placement(image=False, weights=False, after_relu=False)
    assert not states_ranges(network(nothing))
    with pytest.raises(ValueError, match="'int8' needs calibration"):
        nets.convert(network(nothing), "int8")
    for field in fields(Placement)[:5]:
        assert states_ranges(network(replace(nothing, **{field.name: True}))), field.name


@pytest.mark.parametrize(
    "options", [{"ranges": np.ptp}, {"keep_float": ["image"]}, {"per_channel": False}]
)
def test_options_of_calibration_are_refused(options):
    with pytest.raises(ValueError, match="belong to calibration"):
        nets.convert(network(Placement()), "int8", **options)


def test_a_fake_quantizer_before_the_activation_leaves_no_trace():
    plain, extra = read(convert()), read(convert(before_relu=True))
    for ours, theirs in zip(plain.tensors, extra.tensors, strict=True):
        assert (ours.scale, ours.zero_point) == (theirs.scale, theirs.zero_point)
        np.testing.assert_array_equal(ours.data, theirs.data)


@pytest.mark.parametrize("where", [{"symmetric": False}, {"narrow": False, "per_channel": True}])
def test_weights_with_a_zero_point_convert_and_cannot_be_loaded(where):
    file = convert(**where)
    assert any(np.any(w.zero_point) for w in weights(read(file)))
    for kernels in ("reference", "optimized", "xnnpack"):
        with pytest.raises(ValueError, match="cannot load this model"):
            nets.run_tflite(file, X[:1], kernels=kernels)


def test_weights_without_a_fake_quantizer_get_a_symmetric_narrow_one_for_each_filter():
    graph = read(convert(weights=False))
    for stored, (weight, _) in zip(weights(graph), random_layers(), strict=True):
        largest = np.abs(weight).max(axis=(0, 1, 2))
        np.testing.assert_allclose(stored.scale, largest / 127, rtol=1e-6)
        assert not np.any(stored.zero_point) and np.abs(stored.data.astype(int)).max() == 127


def test_an_operator_that_fixes_its_range_needs_no_fake_quantizer():
    w = np.float32(np.random.default_rng(0).normal(0, 1, (8, 3)))
    a = np.abs(w).max()

    def classify(x):
        scores = fake_quant(x, -1, 1) @ fake_quant(w, -a, a, narrow=True)
        return tf.nn.softmax(fake_quant(scores, -8, 8))

    graph = read(nets.convert(function(classify, 1, 8), "int8"))
    out = graph.tensors[graph.outputs[0]]
    assert (out.scale, out.zero_point) == (1 / 256, -128)


def test_a_keras_model_converts_as_a_function_does():
    class Rounded(keras.layers.Layer):
        def call(self, x):
            return fake_quant(x, 0, 6)

    keras.utils.set_random_seed(0)
    image = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(4, 3, activation="relu6")(Rounded()(image))
    model = keras.Model(image, Rounded()(x))
    graph = read(nets.convert(model, "int8"))
    assert [op.name for op in graph.operators] == ["CONV_2D"]
    assert graph.tensors[graph.outputs[0]].params == params_from_range(0, 6)


def test_a_dense_layer_takes_no_scale_per_channel_and_the_message_names_no_file():
    w = np.float32(np.random.default_rng(0).normal(0, 1, (8, 4)))
    a = np.abs(w).max(axis=0)

    def dense(x):
        per_channel = tf.quantization.fake_quant_with_min_max_vars_per_channel
        return fake_quant(fake_quant(x, -1, 1) @ per_channel(w, -a, a, narrow_range=True), -8, 8)

    with pytest.raises(ValueError, match="mismatched quantized axes") as caught:
        nets.convert(function(dense, 1, 8), "int8")
    assert ".py" not in str(caught.value)


def test_converting_says_nothing(capfd, caplog):
    convert()
    assert capfd.readouterr() == ("", "") and not caplog.records
