"""Prepared models: where they round, what they export, what they refuse."""

import warnings

import numpy as np
import pytest

from qnn_edu import data, dequantize, engine, nets, quantize, tflite
from qnn_edu.data import asset
from qnn_edu.nets import models
from qnn_edu.nets.qat.layers import FakeQuantActivation, keras
from qnn_edu.nets.qat.prepare import quantize_aware
from qnn_edu.nets.qat.prepared import (
    export_graph,
    freeze,
    is_prepared,
    measure_norms,
    take_weights,
)
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer

layers = keras.layers
FEW_BITS = {"weight_bits": 3, "activation_bits": 3}


@pytest.fixture(scope="module")
def digits():
    return nets.load_model(asset("digits.keras"))


@pytest.fixture(scope="module")
def x_train():
    return data.digits("train")[0][:256]


def trained(model, x, epochs=1, rate=1e-4):
    """A few steps, so that ranges settle; labels are what the model itself says."""
    y = np.arange(len(x)) % model.output_shape[-1]
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=64, epochs=epochs, verbose=0)
    return model


def quantizers(model):
    return {x.name: x.bits for x in model.layers if isinstance(x, FakeQuantActivation)}


def test_weights_are_taken_over_and_not_shared(digits):
    prepared = quantize_aware(digits)
    conv = prepared.get_layer("conv").layer
    np.testing.assert_array_equal(conv.kernel, digits.get_layer("conv").kernel)
    conv.kernel.assign(0 * conv.kernel)
    assert np.asarray(digits.get_layer("conv").kernel).any()


def test_rounding_stands_after_relus_and_sums_and_nowhere_else(digits):
    prepared = quantize_aware(digits, activation_bits=4)
    names = quantizers(prepared)
    relus = [name for name in (x.name for x in digits.layers) if name.endswith("_relu")]
    assert set(names) == {f"{name}_quant" for name in ["image", *relus, "average", "dense"]}
    assert names["image_quant"] == names["average_quant"] == names["dense_quant"] == 8
    assert {names[f"{name}_quant"] for name in relus} == {4}


def test_a_sum_is_rounded_before_it_and_after_its_relu():
    names = quantizers(quantize_aware(models.resnet(8), **FEW_BITS))
    assert names["stage1_block1_conv2_quant"] == 8  # what goes into the sum, and has no ReLU
    assert names["stage2_block1_shortcut_quant"] == 8
    assert names["stage1_block1_relu_quant"] == 3
    assert "stage1_block1_add_quant" not in names


def test_first_and_last_layer_keep_more_bits(digits):
    prepared = quantize_aware(digits, weight_bits=2, activation_bits=2)
    bits = {x.name: x.bits for x in prepared.layers if isinstance(x, QuantizedLayer)}
    assert bits["conv"] == bits["dense"] == 8
    assert {bits[name] for name in bits if name not in ("conv", "dense")} == {2}


def test_in_eight_bits_a_prepared_model_is_nearly_the_model(digits, x_train):
    prepared = trained(quantize_aware(digits), x_train, rate=0.0)
    freeze(prepared)
    difference = prepared.predict(x_train, verbose=0) - digits.predict(x_train, verbose=0)
    assert np.abs(difference).mean() < 0.01


@pytest.mark.parametrize(
    ("bits", "ranges"), [(8, "ema"), (4, "ema"), (3, "learned"), (2, "learned")]
)
def test_the_file_has_the_levels_that_were_trained_and_no_more(digits, x_train, bits, ranges):
    options = {"weight_bits": bits, "activation_bits": bits, "ranges": ranges}
    prepared = trained(quantize_aware(digits, **options), x_train)
    content = nets.convert(prepared, "int8")
    graph = tflite.read(content)
    q = quantize(x_train, graph.tensors[graph.inputs[0]].params)
    values = engine.run(graph, q, keep=True).tensors
    weighted = [op for op in graph.operators if len(op.inputs) == 3]
    kept = {x.name: x for x in prepared.layers if isinstance(x, QuantizedLayer)}
    for op, layer in zip(weighted, kept.values(), strict=True):
        stored = graph.tensors[op.inputs[1]].data
        levels = layer.exported_weights()[0] * layer.spread
        assert np.array_equal(np.sort(stored.ravel()), np.sort(levels.ravel()))
        assert len(np.unique(stored)) <= 2**layer.bits - 1
        if layer.name not in ("block3_pointwise", "dense"):
            assert len(np.unique(values[op.outputs[0]])) <= 2**bits
    assert all(t.dtype.kind == "i" for t in graph.tensors)


@pytest.mark.parametrize(("per_channel", "fold"), [(True, True), (False, True), (False, False)])
def test_the_file_answers_as_the_trained_model(digits, x_train, per_channel, fold):
    options = {"per_channel": per_channel, "fold_batch_norm": fold}
    prepared = trained(quantize_aware(digits, **options), x_train)
    real = prepared.predict(x_train, verbose=0)
    content = nets.convert(prepared, "int8")
    graph = tflite.read(content)
    q = quantize(x_train, graph.tensors[graph.inputs[0]].params)
    for kernels in engine.KERNEL_SETS:
        out = nets.run_tflite(content, q, kernels=kernels).outputs[0]
        found = (out.astype(np.float32) + 128) / 256
        assert np.abs(found - real).mean() < 0.01
        assert (found.argmax(axis=1) == real.argmax(axis=1)).mean() > 0.97


@pytest.mark.parametrize("ranges", ["ema", "learned"])
@pytest.mark.parametrize("per_channel", [True, False])
def test_an_idle_channel_costs_nothing(x_train, per_channel, ranges):
    """Behind a channel that is always 0 weights have no role, and grow as large as they like."""
    keras.utils.set_random_seed(3)
    model = models.digits_net()
    first, second = model.get_layer("conv_norm"), model.get_layer("block1_depthwise_norm")
    gamma, beta, mean, variance = first.get_weights()
    beta[2] = -9
    first.set_weights([gamma, beta, mean, variance])
    gamma, beta, mean, variance = second.get_weights()
    beta[2], variance[2] = 0.21, 0
    second.set_weights([gamma, beta, mean, variance])
    wide = model.get_layer("block1_depthwise").get_weights()[0]
    wide[:, :, 2] *= 100
    model.get_layer("block1_depthwise").set_weights([wide])
    options = {"per_channel": per_channel, "ranges": ranges, **FEW_BITS}
    prepared = trained(quantize_aware(model, **options), x_train, rate=0.0)
    levels, scale, bias = prepared.get_layer("block1_depthwise").exported_weights()
    assert not levels[:, :, 2].any() and bias[2] == pytest.approx(0.21)
    assert (levels[:, :, [0, 1, 3]] != 0).any(axis=(0, 1)).all()
    assert scale.max() < 1
    inner = keras.Model(prepared.inputs, prepared.get_layer("block1_depthwise_relu_quant").output)
    graph = tflite.read(nets.convert(prepared, "int8"))
    q = quantize(x_train, graph.tensors[graph.inputs[0]].params)
    (op,) = [op for op in graph.operators if op.name == "DEPTHWISE_CONV_2D"][:1]
    tensor = graph.tensors[op.outputs[0]]
    found = dequantize(engine.run(graph, q, keep=True).tensors[tensor.index], tensor.params)
    apart = np.abs(found - inner.predict(x_train, verbose=0))
    assert (apart > tensor.scale / 2).mean() < 0.01


def test_a_prepared_model_is_saved_and_loaded(digits, x_train, tmp_path):
    prepared = trained(quantize_aware(digits, **FEW_BITS, ranges="learned"), x_train)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Keras to numpy
        prepared.save(tmp_path / "prepared.keras")
    loaded = keras.models.load_model(tmp_path / "prepared.keras")
    assert is_prepared(loaded)
    np.testing.assert_array_equal(
        loaded.predict(x_train, verbose=0), prepared.predict(x_train, verbose=0)
    )
    assert nets.convert(loaded, "int8") == nets.convert(prepared, "int8")


def test_ranges_move_in_training_alone_and_stand_still_once_frozen(digits, x_train):
    prepared = quantize_aware(digits)
    range_ = prepared.get_layer("conv_relu_quant")
    trained(prepared, x_train, rate=0.0)
    moved = range_.grid()
    prepared.predict(3 * x_train, verbose=0)
    assert range_.grid() == moved
    freeze(prepared)
    trained(prepared, 3 * x_train, rate=0.0)
    assert range_.grid() == moved


def test_a_moving_average_begins_at_the_first_batch_and_follows():
    quant = FakeQuantActivation(8, positive=True, momentum=0.9)
    quant(np.float32([[4.0]]), training=True)
    assert quant.grid()[1] == pytest.approx(4.0)
    quant(np.float32([[8.0]]), training=True)
    assert quant.grid()[1] == pytest.approx(4.0 + 0.1 * 4.0)


def test_delay_lets_batches_pass_unrounded():
    quant = FakeQuantActivation(2, positive=True, delay=2)
    x = np.float32([[0.1, 0.7, 3.0]])
    outs = [np.asarray(quant(x, training=True)) for _ in range(3)]
    np.testing.assert_array_equal(outs[0], x)
    np.testing.assert_array_equal(outs[1], x)
    np.testing.assert_array_equal(outs[2], np.float32([[0, 1, 3]]))


def test_a_dense_layer_with_its_own_softmax_is_taken_apart():
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(10, activation="softmax")]
    )
    prepared = quantize_aware(model)
    assert [type(x).__name__ for x in prepared.layers][-3:] == [
        "QuantizedLayer",
        "FakeQuantActivation",
        "Softmax",
    ]
    graph = tflite.read(nets.convert(trained(prepared, np.ones((64, 8, 8, 1))), "int8"))
    assert [op.name for op in graph.operators] == ["RESHAPE", "FULLY_CONNECTED", "SOFTMAX"]


def chain(*middle):
    image = x = keras.Input((8, 8, 3), name="image")
    for layer in middle:
        x = layer(x)
    return keras.Model(image, x)


class Sine(layers.Layer):
    """A layer of the reader's own, for which no integer kernel is."""

    def call(self, x):
        return keras.ops.sin(x)


@pytest.mark.parametrize(
    ("middle", "message"),
    [
        ([Sine(name="sine")], r"'sin\w*', a Sin, has no integer form .* leave_float"),
        (
            [layers.Conv2D(2, 1), layers.ReLU(), layers.BatchNormalization(1, name="norm")],
            "layer 'norm' is a BatchNormalization, .* leave_float=\\['norm'\\]",
        ),
        ([layers.Flatten()], "no convolution and no dense layer"),
    ],
)
def test_what_cannot_be_prepared_is_named(middle, message):
    with pytest.raises(ValueError, match=message):
        quantize_aware(chain(*middle))


def test_what_has_no_integer_form_is_refused_before_it_is_trained():
    nets.register(Sine, nets.Rule("own"))
    model = chain(layers.Conv2D(2, 1), Sine(name="my sine"), layers.Conv2D(2, 1))
    with pytest.raises(ValueError, match="in float: SIN of layer 'my_sine'.*leave_float"):
        quantize_aware(model)
    prepared = quantize_aware(model, leave_float=["my sine"])
    assert nets.left_float(prepared) == ["my_sine"]


def test_a_subclassed_model_is_refused_with_a_way_out():
    class Own(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match=r"Own.*build it with keras.Model\(inputs, outputs\)"):
        quantize_aware(Own())


def test_what_is_quantized_already_is_refused(digits):
    with pytest.raises(ValueError, match="is prepared already: .*give the float model"):
        quantize_aware(quantize_aware(digits))
    model = chain(layers.Conv2D(2, 1), layers.Flatten(), layers.Dense(3, name="last"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Keras, which leaves the convolution as it is
        model.quantize("int8")
    with pytest.raises(ValueError, match="layer 'last' was quantized to int8 by Keras's own"):
        quantize_aware(model)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused_by_the_layer_s_name(value):
    inner = chain(layers.Conv2D(2, 1), layers.BatchNormalization(name="norm"))
    inner.get_layer("norm").moving_variance.assign([1, value])
    image = keras.Input((8, 8, 3))
    with pytest.raises(ValueError, match="moving_variance' of layer 'norm' .* not finite"):
        quantize_aware(keras.Model(image, inner(image)))


def test_a_layer_used_twice_has_its_weights_once_and_a_quantizer_for_each_call():
    conv, image = layers.Conv2D(3, 1, name="twice"), keras.Input((8, 8, 3), name="image")
    model = keras.Model(image, conv(conv(image)))
    prepared = quantize_aware(model)
    assert set(quantizers(prepared)) == {"image_quant", "twice_quant", "twice_quant_2"}
    assert len([x for x in prepared.layers if isinstance(x, QuantizedLayer)]) == 1
    graph = tflite.read(nets.convert(prepared, "int8"))
    assert [op.name for op in graph.operators] == ["CONV_2D", "CONV_2D"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ranges": "fixed"}, "ranges is one of ema, learned; got 'fixed'"),
        ({"weight_bits": 1}, "bits must be 2 to 8"),
        ({"activation_bits": 9}, "bits must be 2 to 8"),
    ],
)
def test_options_that_are_none(digits, options, message):
    with pytest.raises(ValueError, match=message):
        quantize_aware(digits, **options)


@pytest.mark.parametrize(
    "options",
    [{"bits": 1}, {"ranges": "x"}, {"ranges": "fixed"}, {"between": (0, 1)}, {"ranges": "clipped"}],
)
def test_activation_quantizers_that_are_none(options):
    with pytest.raises(ValueError, match="FakeQuantActivation"):
        FakeQuantActivation(**options)


def test_batch_norm_keeps_its_batch_statistics_in_training(digits, x_train):
    """With a scale a channel and eight bits, a step of training is nearly the float one."""
    prepared = quantize_aware(digits)
    before = np.asarray(prepared.get_layer("conv").norm.moving_variance).copy()
    trained(prepared, x_train, rate=0.0)
    after = np.asarray(prepared.get_layer("conv").norm.moving_variance)
    assert not np.array_equal(before, after)
    freeze(prepared)
    trained(prepared, 2 * x_train, rate=0.0)
    np.testing.assert_array_equal(prepared.get_layer("conv").norm.moving_variance, after)


def test_export_states_a_range_for_every_tensor(digits, x_train):
    function = export_graph(trained(quantize_aware(digits), x_train))
    kinds = [op.type for op in function.graph.get_operations()]
    assert (
        kinds.count("FakeQuantWithMinMaxVars") == 11
    )  # input, 7 ReLUs, mean, scores, dense weights
    assert kinds.count("FakeQuantWithMinMaxVarsPerChannel") == 7
    assert not {"Rsqrt", "ReadVariableOp"} & set(kinds)


def test_statistics_are_measured_anew_with_the_weights_as_they_are(digits, x_train):
    """The average over the batches of what the first convolution, rounded, puts out."""
    prepared = trained(quantize_aware(digits, ranges="learned", **FEW_BITS), x_train, rate=0.01)
    conv, before = prepared.get_layer("conv"), [v.numpy() for v in prepared.trainable_variables]
    inputs = prepared.get_layer("image_quant")
    y = [conv._linear(inputs(x), conv._rounded()).numpy() for x in np.split(x_train, 4)]
    assert abs(conv.norm.moving_mean - np.mean(y, axis=(0, 1, 2, 3))).numpy().max() > 1e-3
    measure_norms(prepared, np.split(x_train, 4))
    np.testing.assert_allclose(conv.norm.moving_mean, np.mean(y, axis=(0, 1, 2, 3)), 1e-4, 1e-6)
    variances = np.mean([np.var(part, axis=(0, 1, 2)) for part in y], axis=0)
    np.testing.assert_allclose(conv.norm.moving_variance, variances, rtol=1e-4)
    assert conv.norm.momentum == digits.get_layer("conv_norm").momentum
    for one, other in zip(before, prepared.trainable_variables, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_float_model_takes_what_its_copy_learned(digits, x_train):
    prepared = trained(quantize_aware(digits, ranges="learned"), x_train, rate=0.01)
    model = take_weights(models.digits_net(), prepared)
    for name in ("conv", "block2_depthwise", "dense"):
        one, other = model.get_layer(name), prepared.get_layer(name).layer
        for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    norm = prepared.get_layer("conv").norm.get_weights()
    for a, b in zip(model.get_layer("conv_norm").get_weights(), norm, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("bits", [2, 3, 4])
def test_a_learned_grid_begins_as_in_lsq_and_no_wider_than_the_weights(digits, bits):
    prepared = quantize_aware(digits, weight_bits=bits, ranges="learned", first_last_bits=bits)
    narrower = 0
    for name in ("conv", "block1_depthwise", "block1_pointwise"):
        layer = prepared.get_layer(name)
        size = np.abs(layer.kernel)
        usual = 2 * size.mean(axis=layer._shared, keepdims=True) / layer.highest**0.5
        widest = size.max(axis=layer._shared, keepdims=True) / layer.highest
        np.testing.assert_allclose(layer.step, np.minimum(usual, widest), rtol=1e-5)
        narrower += (widest < usual).sum()
    assert narrower > 0


def test_with_8_bits_ranges_are_the_extremes_even_where_others_learn(digits):
    prepared = quantize_aware(digits, weight_bits=4, activation_bits=4, ranges="learned")
    ranges = {layer.name: getattr(layer, "ranges", None) for layer in prepared.layers}
    bits = {layer.name: getattr(layer, "bits", None) for layer in prepared.layers}
    found = {(bits[name], ranges[name]) for name in ranges if bits[name]}
    assert found == {(4, "learned"), (8, "ema"), (8, "min_max")}
