"""From calibrated float files to integer ones: our two steps, TensorFlow's one, and the choices."""

import functools
import re
import warnings

import keras
import numpy as np
import pytest

from qnn_edu import clipping, metrics, ranges
from qnn_edu.data import asset, digits
from qnn_edu.nets import (
    calibrate,
    convert,
    elementary,
    float_operators,
    measure_ranges,
    models,
    quantize_calibrated,
    read_ranges,
    run_tflite,
)
from qnn_edu.nets.quiet import load_tensorflow, quiet_stderr
from qnn_edu.tflite import read

RNG = np.random.default_rng


@pytest.fixture(scope="module")
def model():
    return keras.models.load_model(asset("digits.keras"))


@pytest.fixture(scope="module")
def x():
    return digits("train")[0][:100]


@pytest.fixture(scope="module")
def calibrated(model, x):
    return calibrate(model, x)


def assert_same(ours, theirs):
    """Every tensor and operator of two files, bit for bit."""
    one, other = read(ours), read(theirs)
    assert (one.inputs, one.outputs) == (other.inputs, other.outputs)
    for a, b in zip(one.tensors, other.tensors, strict=True):
        names = [re.sub(r"(StatefulPartitionedCall)_1", r"\1", each.name) for each in (a, b)]
        assert names[0] == names[1] and (a.shape, a.dtype, a.axis) == (b.shape, b.dtype, b.axis)
        for what in ("scale", "zero_point", "data"):
            np.testing.assert_array_equal(getattr(a, what), getattr(b, what))
    for a, b in zip(one.operators, other.operators, strict=True):
        assert (a.name, a.version, a.inputs, a.outputs) == (b.name, b.version, b.inputs, b.outputs)
        assert a.options == b.options


def standard(model, x, recipe, io, per_channel=True):
    """What `tf.lite.TFLiteConverter` makes in one step, as its guide says."""
    tf = load_tensorflow()
    int16 = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([image[None]] for image in x)
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.TFLITE_BUILTINS_INT8 if recipe == "int8" else int16
    ]
    converter.inference_input_type = converter.inference_output_type = tf.as_dtype(io)
    converter._experimental_disable_per_channel = not per_channel
    converter._experimental_disable_per_channel_quantization_for_dense_layers = not per_channel
    with warnings.catch_warnings(), quiet_stderr():
        warnings.simplefilter("ignore")
        return converter.convert()


@pytest.mark.parametrize("network", ["digits", "resnet"])
@pytest.mark.parametrize(
    ("recipe", "io", "per_channel"),
    [
        ("int8", "int8", True),
        ("int8", "uint8", True),
        ("int8", "float32", False),
        ("int16x8", "int16", True),
        ("int16x8", "float32", True),
    ],
)
def test_two_steps_make_what_the_converter_makes_in_one(network, recipe, io, per_channel, model, x):
    if network == "resnet":
        keras.utils.set_random_seed(0)
        model, x = models.resnet(8), RNG(0).uniform(0, 1, (3, 32, 32, 3)).astype(np.float32)
    options = {} if per_channel else {"per_channel": False}
    ours = convert(model, recipe, calibration=x, io=io, batch=None, **options)
    assert_same(ours, standard(model, x, recipe, io, per_channel))


@pytest.mark.parametrize("recipe", ["int8", "int16x8"])
def test_min_max_chooses_what_the_converter_chooses(model, calibrated, x, recipe):
    """But for the last bit of a float sum, which another build of the kernels may round apart."""
    measured, recorded = measure_ranges(calibrated, x, ranges.min_max), read_ranges(calibrated)
    assert measured.keys() == recorded.keys()
    for index, found in recorded.items():
        np.testing.assert_allclose(measured[index], found, rtol=1e-6, atol=1e-20)
    ours = read(convert(model, recipe, calibration=x, ranges=ranges.min_max))
    theirs = read(convert(model, recipe, calibration=x))
    for a, b in zip(ours.tensors, theirs.tensors, strict=True):
        if a.scale is not None:
            np.testing.assert_allclose(a.scale, b.scale, rtol=1e-6)
            np.testing.assert_array_equal(a.zero_point, b.zero_point)
        if a.dtype == np.int8 or a.data is None:
            np.testing.assert_array_equal(a.data, b.data)


def test_the_recorded_ranges_written_again_change_nothing(calibrated):
    again = quantize_calibrated(calibrated, ranges=read_ranges(calibrated))
    assert again == quantize_calibrated(calibrated)


@pytest.mark.parametrize(
    "method",
    [functools.partial(ranges.percentile, percent=99), clipping.mse, clipping.kl],
    ids=["percentile", "mse", "kl"],
)
def test_activations_get_the_range_that_the_method_chose(model, calibrated, x, method):
    chosen = measure_ranges(calibrated, x, method)
    graph, made = read(calibrated), read(convert(model, "int8", calibration=x, ranges=method))
    outputs = zip(graph.operators, made.operators, strict=True)
    relus = [(a.outputs[0], b.outputs[0]) for a, b in outputs if "CONV" in a.name]
    assert len(relus) == 7
    for before, after in relus:
        lo, hi = chosen[before]
        assert made.tensors[after].scale == np.float32((float(np.float32(hi)) - min(lo, 0)) / 255)


def test_a_method_that_ignores_an_outlier_rescues_the_scores(model, x):
    """One broken image makes min-max waste nearly all levels; a percentile does not see it."""
    options = {"calibration": np.concatenate([x, 100 * x[:1]]), "io": "float32"}
    percentile = functools.partial(ranges.percentile, percent=98)
    real = scores(convert(model, "float32"), x)
    low = metrics.sqnr_db(real, scores(convert(model, "int8", **options), x))
    high = metrics.sqnr_db(real, scores(convert(model, "int8", ranges=percentile, **options), x))
    assert low < 3 and high > 20, (low, high)


def scores(content, x):
    return run_tflite(content, x).outputs[0]


@pytest.mark.parametrize("name", ["full", "short", "index"])
def test_one_range_can_be_set_by_hand(calibrated, name):
    graph = read(calibrated)
    relu = graph.tensors[graph.operators[0].outputs[0]]
    key = {"full": relu.name, "short": relu.short_name, "index": relu.index}[name]
    made = read(quantize_calibrated(calibrated, ranges={key: (0, 4)}))
    before = read(quantize_calibrated(calibrated))
    changed = [
        i
        for i, (a, b) in enumerate(zip(made.tensors, before.tensors, strict=True))
        if not np.array_equal(a.scale, b.scale)
    ]
    output = made.operators[0].outputs[0]
    assert made.tensors[output].scale == np.float32(4 / 255)
    assert changed == sorted([output, made.operators[1].inputs[2]])  # and the next one's bias


@pytest.mark.parametrize("io", ["int8", "float32"])
def test_an_operator_kept_in_float_stands_between_dequantize_and_quantize(model, x, io):
    names = ["block1_pointwise_relu", "average"]
    graph = read(convert(model, "int8", calibration=x, io=io, keep_float=names))
    floats = [op for op in graph.operators if graph.tensors[op.outputs[0]].dtype == np.float32]
    kept = [op for op in floats if op.name not in ("DEQUANTIZE", "QUANTIZE")]
    assert [graph.tensors[op.outputs[0]].short_name for op in kept] == names
    for op in kept:
        around = [graph.operators[op.index - 1].name, graph.operators[op.index + 1].name]
        assert around == ["DEQUANTIZE", "QUANTIZE"]
    (weight,) = (graph.tensors[i] for i in kept[0].inputs[1:2])
    assert weight.dtype == np.float32
    full = [graph.tensors[op.outputs[0]].name for op in kept]
    again = read(convert(model, "int8", calibration=x, io=io, keep_float=full))
    assert [op.name for op in again.operators] == [op.name for op in graph.operators]


def test_the_last_operator_is_kept_in_float_by_the_name_of_its_layer(calibrated):
    """The converter calls its output after a call, not after a layer."""
    kept = read(quantize_calibrated(calibrated, keep_float=["softmax"]))
    softmax = next(op for op in kept.operators if op.name == "SOFTMAX")
    assert kept.tensors[softmax.outputs[0]].dtype == np.float32


def dense_around(function):
    inputs = keras.Input((8,), name="x")
    middle = keras.layers.Lambda(function, name="middle")(keras.layers.Dense(8)(inputs))
    return keras.Model(inputs, keras.layers.Dense(3)(middle))


X8 = RNG(0).normal(0, 1, (20, 8)).astype(np.float32)


def test_an_operator_without_an_integer_form_is_named(capfd):
    model = dense_around(lambda x: load_tensorflow().math.cumsum(x, axis=1))
    with pytest.raises(ValueError, match="'int8' found no .* operator 2, CUMSUM, .*keep_float"):
        convert(model, "int8", calibration=X8)
    with pytest.raises(ValueError, match="16x8-bit not yet supported for op: 'CUMSUM'"):
        convert(model, "int16x8", calibration=X8)
    assert capfd.readouterr() == ("", "")


def test_a_layer_without_an_integer_form_has_one_in_other_words():
    image = keras.Input((4, 4, 3), name="image")
    model = keras.Model(image, keras.layers.LayerNormalization()(image))
    x = RNG(0).normal(size=(20, 4, 4, 3)).astype(np.float32)
    with pytest.raises(ValueError, match=r"no .* form of operator .*NEG, .*nets\.elementary"):
        convert(model, "int8", calibration=x)
    assert not float_operators(read(convert(elementary(model), "int8", calibration=x)))


@pytest.mark.parametrize("recipe", ["int8", "int16x8"])
def test_float_inputs_and_outputs_allow_float_between(recipe):
    model = dense_around(lambda x: load_tensorflow().math.cumsum(x, axis=1))
    content = convert(model, recipe, calibration=X8, io="float32")
    assert "CUMSUM" in [op.name for op in read(content).operators]
    real = model.predict(X8, verbose=0)
    assert metrics.sqnr_db(real, run_tflite(content, X8).outputs[0]) > 25


def test_what_the_converter_cannot_do_is_said_in_a_sentence(capfd):
    with pytest.raises(ValueError) as raised:
        convert(dense_around(lambda x: load_tensorflow().math.erf(x)), "float32")
    assert str(raised.value) == (
        "convert: TensorFlow's converter gave up: LiteRT has no such operator, or not for its "
        "types: Erf, in 'middle'. Write that layer with other operators, in float32, or leave its "
        "work to what stands before or behind the model."
    )
    assert type(raised.value.__cause__).__name__ == "ConverterError"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("limits", [(-0.3, 0.3), (-0.2, 0.3)])
def test_fake_quantizers_keep_their_ranges_and_weights_need_the_zero_point_0(limits):
    tf = load_tensorflow()
    kernel = tf.constant(RNG(0).normal(0, 0.1, (3, 3, 3, 4)).astype(np.float32))

    @tf.function(input_signature=[tf.TensorSpec((None, 8, 8, 3), name="x")])
    def network(x):
        fake_quant = tf.quantization.fake_quant_with_min_max_args
        weight = fake_quant(kernel, *limits, narrow_range=True)
        return fake_quant(tf.nn.conv2d(fake_quant(x, 0, 2), weight, 1, "SAME"), -1, 1)

    x = RNG(1).uniform(0, 1, (4, 8, 8, 3))
    if limits == (-0.3, 0.3):
        graph = read(convert(network, "int8", calibration=x))
        scales = [graph.tensors[i].scale for i in graph.operators[0].inputs[:2] + graph.outputs]
        np.testing.assert_allclose(scales, [2 / 255, 0.6 / 254, 2 / 255], rtol=1e-6)
    else:  # LiteRT runs the network to calibrate it, and refuses to
        with pytest.raises(ValueError, match="zero_point.* != 0"):
            convert(network, "int8", calibration=x)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"recipe": "dynamic"}, "No integer recipe 'dynamic'; choose one of int8, int16x8"),
        ({"io": "int16"}, "got io='int16'"),
        ({"ranges": {"conv9": (0, 1)}}, "No calibrated tensor 'conv9'; there are 0 .*'conv_relu'"),
        ({"ranges": {1: (0, 1)}}, "No calibrated tensor 1"),  # a constant
        ({"ranges": {0: (1, 0)}}, "lo must not be above hi"),
        ({"ranges": {0: (0, np.inf)}}, "finite"),
        ({"keep_float": ["conv9"]}, "no operator puts out 'conv9'; there are 'conv_relu', "),
        ({"recipe": "int16x8", "keep_float": ["conv_relu"]}, "no use for keep_float"),
        ({"recipe": "int16x8", "per_channel": False}, "no use for keep_float or per_channel"),
    ],
)
def test_what_is_not_there_is_refused(calibrated, options, message):
    with pytest.raises(ValueError, match=message):
        quantize_calibrated(calibrated, **options)


def test_a_file_without_ranges_is_refused():
    with pytest.raises(ValueError, match="carries no ranges"):
        quantize_calibrated(asset("digits_float32.tflite"))
