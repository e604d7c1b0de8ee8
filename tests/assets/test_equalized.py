"""What is kept of the equalized MobileNet, and the networks that it was measured on."""

import numpy as np
import pytest

from qnn_edu.data import recorded_equalization
from qnn_edu.nets.quiet import load_keras
from tools.assets.equalized import variants

keras = load_keras()


@pytest.fixture(scope="module")
def net():
    """Two layers that ReLU6 cuts, of channels that differ in size."""
    keras.utils.set_random_seed(0)
    x = keras.Input((8, 8, 3))
    y = keras.layers.ReLU(6.0)(keras.layers.Conv2D(8, 3, name="first")(x))
    net = keras.Model(x, keras.layers.Conv2D(4, 1, name="second")(y))
    for name, scale in {"first": np.geomspace(1, 300, 8), "second": np.ones((8, 1))}.items():
        layer = net.get_layer(name)
        kernel, bias = layer.get_weights()
        layer.set_weights([kernel * scale, bias])
    return net


def test_a_cap_for_each_channel_alone_keeps_the_answers(net):
    x = np.random.default_rng(0).normal(size=(16, 8, 8, 3)).astype(np.float32)
    answers = {name: np.asarray(each(x)) for name, each in variants(net).items()}
    trained, six, none, caps = answers.values()
    largest = np.abs(trained).max()
    np.testing.assert_allclose(caps, trained, atol=1e-5 * largest)
    assert np.abs(six - trained).max() > 0.1 * largest
    assert np.abs(none - trained).max() > 0.1 * largest
    assert np.abs(none - six).max() > 0.1 * largest


def test_the_record_has_a_row_for_each(net):
    found = recorded_equalization()
    assert list(found) == list(variants(net))
    assert found["as trained"]["float"] == found["equalized, a cap for each channel"]["float"]
