"""Quantized without training: better than rounding to nearest, in the file too."""

import numpy as np
import pytest

from qnn_edu import nets
from qnn_edu.data import asset, digits
from qnn_edu.nets.ptq.methods import METHODS
from qnn_edu.nets.ptq.trained import quantize_trained
from qnn_edu.nets.qat.layers import FakeQuantActivation
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.nets.quiet import load_keras
from qnn_edu.nets.runs.result import accuracy, file_accuracy
from qnn_edu.tflite import read

keras = load_keras()
FEW = digits("train")[0][:300]


@pytest.fixture(scope="module")
def net():
    return nets.load_model(asset("digits.keras"))


@pytest.fixture(scope="module")
def rounded(net):
    """The digits' network in 3 bits, by every method."""
    few = {"weight_bits": 3, "activation_bits": 3}
    return {name: quantize_trained(net, FEW, rounding=name, **few) for name in METHODS}


def test_a_ladder_from_the_nearest_up(rounded):
    found = {name: accuracy(model, digits("test")) for name, model in rounded.items()}
    assert found["nearest"] < 70
    assert all(found[name] > 96 for name in ("gptq", "descend", "adaround", "distill"))
    assert found["nearest"] < found["mse"] < found["gptq"]


@pytest.mark.parametrize("name", METHODS)
def test_the_file_keeps_what_was_gained_and_has_the_levels_that_were_chosen(rounded, name):
    content = nets.convert(rounded[name], "int8", io="float32")
    there = file_accuracy(content, digits("test"), "reference")
    apart = 1.5 if METHODS[name].corrects else 6  # a network that guesses guesses otherwise
    assert abs(there - accuracy(rounded[name], digits("test"))) < apart
    graph = read(content)
    weights = [t for t in graph.tensors if t.data is not None and t.type == "INT8"]
    widths = sorted(len(np.unique(t.data)) for t in weights)
    assert widths[-3] <= 7 < widths[-2]  # all but the first and the last layer


def test_nothing_of_the_given_model_changes(net):
    before = net.get_weights()
    quantize_trained(net, FEW, rounding="gptq")
    for a, b in zip(net.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_levels_are_the_whole_multiples_of_the_step_that_were_chosen(rounded):
    for layer in rounded["gptq"].layers:
        if isinstance(layer, QuantizedLayer) and layer.ranges == "learned":
            levels = np.asarray(layer.kernel) / np.asarray(layer.step)
            np.testing.assert_allclose(levels, np.rint(levels), atol=1e-5)
            assert np.abs(np.rint(levels)).max() <= 3


@pytest.mark.parametrize("name", METHODS)
def test_other_data_gives_another_result(net, rounded, name):
    other = quantize_trained(
        net, digits("train")[0][300:600], rounding=name, weight_bits=3, activation_bits=3
    )
    pairs = zip(other.get_weights(), rounded[name].get_weights(), strict=True)
    assert any((a != b).any() for a, b in pairs)


def test_the_mean_of_each_layer_stays(net):
    """Behind the correction, what each channel puts out before its ReLU has the float mean."""
    prepared = quantize_trained(net, FEW, weight_bits=3, activation_bits=3, rounding="bias")
    folded = nets.fold(net)

    def means(model, name):
        layer = model.get_layer(name)
        y = keras.Model(model.input, layer.output)(FEW)
        return np.asarray(y).mean(axis=(0, 1, 2))

    for name in ("conv", "block1_depthwise", "block2_pointwise", "block3_pointwise"):
        np.testing.assert_allclose(means(prepared, name), means(folded, name), atol=1e-3)


def test_a_copy_goes_on_training(net):
    copy = quantize_trained(net, FEW, weight_bits=2, activation_bits=2, rounding="mse")
    copy.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    x, y = digits("train")
    before = copy.evaluate(x, y, verbose=0)
    copy.fit(x, y, epochs=2, verbose=0)
    assert copy.evaluate(x, y, verbose=0) < 0.8 * before


def test_progress_is_told_layer_by_layer(net):
    told = []
    quantize_trained(net, FEW[:20], progress=lambda done, of: told.append((done, of)))
    assert told == [(i, 8) for i in range(1, 9)]


def residual():
    """A network with a shared sum, joined tensors, two inputs, and what has no bias."""
    one, two = keras.Input((8, 8, 3), name="one"), keras.Input((8, 8, 3), name="two")
    conv = keras.layers.Conv2D(4, 3, padding="same", use_bias=False, activation="relu")
    x, y = conv(one), conv(two)
    x = keras.layers.Concatenate()([x, y])
    z = keras.layers.Conv2DTranspose(8, 3, padding="same")(x)
    z = keras.layers.ReLU()(keras.layers.Add()([x, z]))
    z = keras.layers.Conv2D(8, 3, groups=2, padding="same", activation="relu6")(z)
    z = keras.layers.GlobalAveragePooling2D()(z)
    return keras.Model([one, two], keras.layers.Dense(3)(keras.layers.Dense(5, "relu")(z)))


@pytest.mark.parametrize("per_channel", [True, False])
@pytest.mark.parametrize("name", METHODS)
def test_networks_of_every_wiring(name, per_channel):
    keras.utils.set_random_seed(1)
    net, rng = residual(), np.random.default_rng(0)
    x = {name: rng.uniform(size=(60, 8, 8, 3)).astype(np.float32) for name in ("one", "two")}
    how = {"weight_bits": 5, "activation_bits": 6, "per_channel": per_channel}
    prepared = quantize_trained(net, x, rounding=name, **how)
    expected = np.asarray(net([*x.values()]))
    error = np.abs(np.asarray(prepared([*x.values()])) - expected).mean() / np.ptp(expected)
    assert error < 0.2
    content = nets.convert(prepared, "int8", io="float32")
    answers = nets.run_tflite(content, [*x.values()], kernels="reference").outputs[0]
    assert np.abs(answers - np.asarray(prepared([*x.values()]))).mean() < 0.05 * np.ptp(expected)
    for layer in prepared.layers:
        if isinstance(layer, FakeQuantActivation):
            assert np.asarray(layer.seen).min() >= 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rounding": "best"}, "rounding is one of nearest, mse, bias, gptq"),
        ({"weight_bits": 1}, "weight_bits must be 2 to 8, got 1"),
        ({"progress": 3}, "progress is a function"),
        ({"data": np.zeros((3, 9, 9, 1), np.float32)}, r"shape \(3, 9, 9, 1\) for input 'image'"),
        ({"data": np.zeros((0, 8, 8, 1), np.float32)}, "shape"),
        ({"data": np.full((1, 8, 8, 1), np.nan, np.float32)}, "NaN or infinity"),
        ({"data": 3}, "quantize_trained: calibration must be an array"),
    ],
)
def test_what_is_refused(net, options, said):
    with pytest.raises(ValueError, match=said):
        quantize_trained(net, **{"data": FEW} | options)
