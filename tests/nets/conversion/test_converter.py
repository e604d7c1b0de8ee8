"""From models to LiteRT files: what each recipe makes, how well it computes, what is refused."""

import keras
import numpy as np
import pytest

from qnn_edu import dequantize, quantize
from qnn_edu.data import asset, digits
from qnn_edu.nets import convert, models, run_tflite
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite import read

RECIPES = ("float32", "float16", "dynamic", "int8", "int16x8")


@pytest.fixture(scope="module")
def model():
    return keras.models.load_model(asset("digits.keras"))


@pytest.fixture(scope="module")
def x():
    return digits("train")[0]


@pytest.fixture(scope="module")
def files(model, x):
    return {r: convert(model, r, calibration=x if "int" in r else None) for r in RECIPES}


def scores(content, x, kernels="xnnpack"):
    """Real scores of real images, whatever the model computes in."""
    graph = read(content)
    into, out = (graph.tensors[i[0]].params for i in (graph.inputs, graph.outputs))
    result = run_tflite(content, x if into is None else quantize(x, into), kernels=kernels)
    return result.outputs[0] if out is None else dequantize(result.outputs[0], out)


def points(content):
    """Percent of the test digits named rightly."""
    x, y = digits("test")
    return 100 * (scores(content, x).argmax(axis=1) == y).mean()


def scale_counts(content):
    """How many scales each quantized convolution or dense weight has."""
    weights = (t for t in read(content).tensors if t.data is not None and t.data.ndim > 1)
    return [np.size(weight.scale) for weight in weights if weight.scale is not None]


def test_float32_computes_what_keras_computes(model, files, x):
    for kernels in ("reference", "xnnpack"):
        outputs = scores(files["float32"], x, kernels)
        np.testing.assert_allclose(outputs, model.predict(x, verbose=0), atol=1e-5)
    assert all(tensor.scale is None for tensor in read(files["float32"]).tensors)


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_reads_digits_as_well_as_float(recipe, files):
    assert points(files[recipe]) >= points(files["float32"]) - 0.5


def test_one_scale_for_a_whole_weight_costs_less_than_a_point_here(model, files, x):
    per_tensor = convert(model, "int8", calibration=x, per_channel=False)
    assert set(scale_counts(per_tensor)) == {1} and len(scale_counts(per_tensor)) == 8
    assert points(files["float32"]) - 1 <= points(per_tensor) < points(files["int8"])


def test_sizes_follow_the_bits_of_the_weights(files):
    sizes = {recipe: len(content) for recipe, content in files.items()}
    assert sizes["float32"] > sizes["float16"] > sizes["dynamic"] > sizes["int8"]
    assert sizes["int16x8"] > sizes["int8"]  # biases of 64 bits


def test_float16_stores_halves_and_computes_in_single_precision(files):
    graph = read(files["float16"])
    halves = [op for op in graph.operators if graph.tensors[op.inputs[0]].dtype == np.float16]
    assert len(halves) == 16 and {op.name for op in halves} == {"DEQUANTIZE"}
    assert all(graph.tensors[i].dtype == np.float32 for op in graph.operators for i in op.outputs)


@pytest.mark.parametrize("per_channel", [True, False])
def test_dynamic_quantizes_the_large_weights_alone(model, per_channel):
    """1024 values or more; `per_channel` reaches the dense layer, too, if it is as large."""
    wide = keras.Sequential([keras.Input((64,)), keras.layers.Dense(32)])
    for net in (model, wide):
        content = convert(net, "dynamic", per_channel=per_channel)
        sizes = {t.dtype: [] for t in read(content).tensors}
        for tensor in read(content).tensors:
            if tensor.data is not None and tensor.data.ndim > 1:
                sizes[tensor.dtype].append(tensor.data.size)
        assert min(sizes[np.dtype(np.int8)]) >= 1024
        assert max(sizes[np.dtype(np.float32)], default=0) < 1024
        assert all((count > 1) == per_channel for count in scale_counts(content))


def test_int8_is_integer_everywhere_by_the_litert_scheme(files):
    graph = read(files["int8"])
    for operator in graph.operators:
        assert all(graph.tensors[i].dtype == np.int8 for i in operator.outputs)
    for operator in graph.operators[:7]:
        image, weight, bias = (graph.tensors[i] for i in operator.inputs)
        assert image.params.axis is None
        assert weight.axis == (3 if operator.name == "DEPTHWISE_CONV_2D" else 0)
        assert not np.any(weight.zero_point) and np.abs(weight.data.astype(int)).max() == 127
        assert bias.dtype == np.int32
    softmax = graph.tensors[graph.outputs[0]].params
    assert (softmax.scale, softmax.zero_point) == (1 / 256, -128)


def test_int16x8_has_symmetric_activations_and_wide_biases(files):
    graph = read(files["int16x8"])
    for operator in graph.operators:
        outputs = [graph.tensors[i] for i in operator.outputs]
        assert all(t.dtype == np.int16 and t.zero_point == 0 for t in outputs)
    for operator in graph.operators[:7]:
        _, weight, bias = (graph.tensors[i] for i in operator.inputs)
        assert (weight.dtype, bias.dtype) == (np.int8, np.int64)


@pytest.mark.parametrize(
    ("recipe", "io"),
    [("int8", "int8"), ("int8", "uint8"), ("int8", "float32")]
    + [("int16x8", "int16"), ("int16x8", "float32"), ("dynamic", "float32")],
)
def test_io_is_the_type_of_inputs_and_outputs_alone(model, files, x, recipe, io):
    options = {} if recipe == "dynamic" else {"calibration": x}
    content = convert(model, recipe, io=io, **options)
    graph = read(content)
    assert {graph.tensors[i].dtype.name for i in graph.inputs + graph.outputs} == {io}
    np.testing.assert_array_equal(scores(content, x[:50]), scores(files[recipe], x[:50]))


def test_the_stored_files_are_what_the_recipes_make(model, x):
    """Near, not equal: another processor may fold batch normalisation with other last bits."""
    for recipe in ("float32", "int8"):
        data = x if recipe == "int8" else None
        stored = read(asset(f"digits_{recipe}.tflite"))
        made = read(convert(model, recipe, calibration=data, batch=None))
        assert [t.short_name for t in stored.tensors[:-1]] == [
            t.short_name for t in made.tensors[:-1]
        ]
        for ours, again in zip(stored.tensors, made.tensors, strict=True):
            if ours.data is not None:
                step = 0 if ours.scale is None else np.max(ours.scale)
                np.testing.assert_allclose(again.real, ours.real, rtol=1e-4, atol=1e-6 + step)


def test_a_function_converts_like_a_model(model, files, x):
    tf = load_tensorflow()
    spec = tf.TensorSpec((None, 8, 8, 1), name="image")
    function = tf.function(lambda image: model(image, training=False), input_signature=[spec])
    for each in (function, function.get_concrete_function()):
        content = convert(each, "int8", calibration=x)
        assert [t.name for t in (read(content).tensors[i] for i in read(content).inputs)] == [
            "image"
        ]
        np.testing.assert_array_equal(scores(content, x[:50]), scores(files["int8"], x[:50]))


@pytest.mark.parametrize("recipe", RECIPES)
def test_converting_says_nothing(recipe, model, x, capfd, caplog):
    tf = load_tensorflow()
    function = tf.function(lambda image: model(image, training=False))
    for each in (model, function.get_concrete_function(tf.TensorSpec((None, 8, 8, 1)))):
        convert(each, recipe, calibration=x[:5] if "int" in recipe else None)
    assert capfd.readouterr() == ("", "") and not caplog.records


def test_the_digits_net_has_the_shapes_it_promises():
    net = models.digits_net(classes=3)
    assert net.input_shape == (None, 8, 8, 1) and net.output_shape == (None, 3)
    assert models.digits_net().count_params() == 9_610


IMAGE = np.zeros((1, 8, 8, 1), np.float32)


@pytest.mark.parametrize(
    ("recipe", "options", "message"),
    [
        ("int4", {}, "no recipe 'int4'; choose one of float32, float16, dynamic, int8, int16x8"),
        ("int8", {}, "'int8' needs calibration"),
        ("int16x8", {}, "'int16x8' needs calibration"),
        ("float32", {"calibration": IMAGE}, "no use for calibration; .* 'int8' or 'int16x8'"),
        ("dynamic", {"calibration": IMAGE}, "no use for calibration"),
        ("float16", {"per_channel": False}, "no use for per_channel; .* 'dynamic' or 'int8'"),
        ("int16x8", {"calibration": IMAGE, "per_channel": False}, "no use for per_channel"),
        ("int8", {"calibration": IMAGE, "ranges": "mse"}, "ranges is a function.*got 'mse'"),
        ("dynamic", {"ranges": np.ptp}, "no use for ranges"),
        ("float32", {"keep_float": ["dense"]}, "no use for keep_float; .* 'int8'"),
        ("int16x8", {"calibration": IMAGE, "keep_float": ["dense"]}, "no use for keep_float"),
        ("float32", {"io": "int8"}, "inputs and outputs float32; got io='int8'"),
        ("int8", {"calibration": IMAGE, "io": "int16"}, "int8 or uint8 or float32; got io='int16'"),
        ("int16x8", {"calibration": IMAGE, "io": "int8"}, "int16 or float32; got io='int8'"),
    ],
)
def test_what_a_recipe_cannot_use_is_refused(model, recipe, options, message):
    with pytest.raises(ValueError, match=message):
        convert(model, recipe, **options)


def test_only_models_and_functions_of_known_inputs_are_converted():
    with pytest.raises(ValueError, match="expected a Keras model .* got PosixPath"):
        convert(asset("digits.keras"), "float32")
    with pytest.raises(ValueError, match="Give it an input_signature"):
        convert(load_tensorflow().function(lambda x: x), "float32")
