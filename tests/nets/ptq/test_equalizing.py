"""Equalized networks: the same answers, one fixed point, and int8 won back."""

import numpy as np
import pytest

from qnn_edu import nets
from qnn_edu.data import asset, digits
from qnn_edu.nets.models.stretching import stretch_factors
from qnn_edu.nets.ptq.equalizing import equalize
from qnn_edu.nets.ptq.pairs import pairs
from qnn_edu.nets.qat.wiring import wiring_of
from qnn_edu.nets.quiet import load_keras
from qnn_edu.nets.runs.result import file_accuracy

keras = load_keras()
K = keras.layers


@pytest.fixture(scope="module")
def net():
    return nets.load_model(asset("digits.keras"))


def scaled(net, spread, seed):
    """The folded network, every channel between two layers scaled at random by up to `spread`."""
    net = nets.fold(net)
    for number, pair in enumerate(pairs(wiring_of(net))):
        first, second = net.get_layer(pair.first), net.get_layer(pair.second)
        kernel, bias = first.get_weights()
        s = stretch_factors(len(bias), spread=spread, seed=100 * seed + number)
        depthwise = isinstance(first, K.DepthwiseConv2D)
        first.set_weights([kernel * (s[:, np.newaxis] if depthwise else s), bias * s])
        kernel, *rest = second.get_weights()
        second.set_weights([kernel / s[:, np.newaxis], *rest])
    return net


def int8(net, per_channel):
    few = digits("train")[0][:200]
    content = nets.convert(net, "int8", calibration=few, per_channel=per_channel)
    return file_accuracy(content, digits("test"), "reference")


@pytest.mark.parametrize("decades", [2, 3])
def test_a_network_broken_without_changing_what_it_computes_is_won_back(net, decades):
    x, ends = digits("test")[0], []
    for seed in range(3):
        odd = scaled(net, 10**decades, seed)
        found = equalize(odd)
        np.testing.assert_allclose(found(x), odd(x), atol=1e-5)
        ends.append(found.get_weights())
        if seed == 0:
            assert int8(odd, per_channel=False) < 30
            assert int8(found, per_channel=False) > 99.4
    for end in ends[1:]:
        for a, b in zip(end, ends[0], strict=True):
            np.testing.assert_allclose(a, b, atol=1e-3 * np.abs(b).max())


def capped(kind):
    """Layers with caps between: layers of their own, or the name of an activation."""
    keras.utils.set_random_seed(3)
    if kind == "sequential":
        return keras.Sequential(
            [
                keras.Input((6, 6, 2)),
                K.Conv2D(5, 3, activation="relu6"),
                K.DepthwiseConv2D(3),
                K.ReLU(6.0),
                K.Conv2D(4, 1, activation="relu6"),
                K.GlobalAveragePooling2D(),
                K.Dense(3),
            ]
        )
    x = keras.Input((6, 6, 2))
    y = K.ReLU(6.0)(K.BatchNormalization()(K.Conv2D(5, 3)(x)))
    y = K.Activation("relu6")(K.DepthwiseConv2D(3, depth_multiplier=2)(K.ZeroPadding2D()(y)))
    y = K.MaxPooling2D()(y)
    y = K.ReLU(2.5)(K.Conv2D(4, 1)(y))
    return keras.Model(x, K.Dense(3)(K.GlobalMaxPooling2D()(y)))


@pytest.mark.parametrize("kind", ["sequential", "functional"])
def test_a_cap_for_each_channel_keeps_the_answers(kind):
    net, rng = capped(kind), np.random.default_rng(0)
    for layer in net.layers:
        layer.set_weights([rng.normal(0, 1.5, w.shape) ** 2 for w in layer.get_weights()])
    x = rng.normal(size=(200, 6, 6, 2)).astype(np.float32)
    found = equalize(net)
    expected = np.asarray(net(x))
    np.testing.assert_allclose(found(x), expected, atol=1e-5 * np.abs(expected).max())
    caps = [layer for layer in found.layers if layer.name.endswith("_caps")]
    assert caps and all(np.ptp(np.asarray(c.constant)) > 0 for c in caps)
    hot = np.asarray(keras.Model(found.inputs[0], caps[0].output)(x))
    assert (hot == np.asarray(caps[0].constant)).any()  # the caps are felt
    prepared = nets.quantize_aware(found)
    prepared(x, training=True)
    content = nets.convert(prepared, "int8", io="float32")
    answers = nets.run_tflite(content, [x], kernels="reference").outputs[0]
    simulated = np.asarray(prepared(x))
    # One step is the most by which the file's sums may be rounded to the other side.
    assert np.abs(answers - simulated).max() <= 2.01 * np.ptp(simulated) / 255
    assert np.abs(answers - expected).max() < 0.15 * np.ptp(expected)


@pytest.mark.filterwarnings("ignore:__array__")  # of Keras to numpy
def test_an_equalized_network_saves_loads_and_stays_as_it_is(tmp_path):
    found = equalize(capped("functional"))
    found.save(tmp_path / "model.keras")
    again = equalize(nets.load_model(tmp_path / "model.keras"))
    x = np.random.default_rng(0).normal(size=(20, 6, 6, 2)).astype(np.float32)
    np.testing.assert_allclose(again(x), found(x), atol=1e-5)


def test_what_a_residual_connection_reads_stays():
    x = keras.Input((8, 8, 3))
    y = K.Conv2D(4, 3, padding="same", activation="relu", name="first")(x)
    z = K.Conv2D(4, 3, padding="same", activation="relu", name="second")(y)
    z = K.Conv2D(4, 3, padding="same", name="third")(z)
    z = K.Dense(2, name="last")(K.GlobalAveragePooling2D()(K.Add()([y, z])))
    found = pairs(wiring_of(keras.Model(x, z)))
    assert [(pair.first, pair.second) for pair in found] == [("second", "third")]


@pytest.mark.parametrize(
    "between", [K.Activation("tanh"), K.ReLU(threshold=1.0), K.Softmax(), K.Flatten()]
)
def test_no_factor_goes_through_what_bends(between):
    x = keras.Input((4, 4, 3))
    y = K.Dense(2)(between(K.Conv2D(4, 3)(x)))
    assert pairs(wiring_of(keras.Model(x, y))) == []
