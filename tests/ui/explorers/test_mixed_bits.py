"""The explorer of mixed bits, against `nets.mixed_bits` and, for bytes, against real files."""

import numpy as np
import pytest

from qnn_edu import data, nets, tflite
from qnn_edu.nets.quiet import load_keras
from qnn_edu.ui import explorers, numbers
from tests.ui.explorers.laws import Laws

SUBJECT = numbers.mixed_bits.subject
X, Y = data.digits("test")


class TestMixedBits(Laws):
    rows, draws = 4, 1

    def is_right(self, values, found):
        """The KL and the accuracy of the float network with the weights rounded so."""
        given = SUBJECT().given
        net = nets.fold(numbers.recipe.network("digits"))
        seen = data.digits("train")[0][: numbers.mixed_bits.IMAGES]
        expected = np.float64(net(seen))
        for name, bits in values.items():
            net.get_layer(name).set_weights(given.candidates[bits][name])
        there = np.float64(net(seen))
        kl = (expected * np.log(expected / there)).sum(axis=1).mean()
        assert found["kl"] == pytest.approx(kl, rel=1e-3, abs=1e-6)
        right = np.argmax(net(X), axis=1) == Y
        assert found["accuracy"] == pytest.approx(100 * right.mean())
        assert found["bits"].tolist() == list(values.values())

    def test_fewer_bits_take_less_and_change_more(self, explorer):
        widths, before = numbers.mixed_bits.WIDTHS, None
        for bits in widths:
            found = explorer.at(**dict.fromkeys(explorer.controls, bits))
            assert found["average"] == bits
            if before:
                assert found["bytes"] < before["bytes"] and found["kl"] > before["kl"]
                assert found["int4"] <= before["int4"] and found["int8"] == before["int8"]
            before = found

    def test_eight_bits_change_nearly_nothing(self, explorer):
        found = explorer.at(**dict.fromkeys(explorer.controls, 8))
        assert abs(found["kl"]) < 1e-3 and found["bytes"] == found["int4"] == found["int8"]
        assert found["accuracy"] == pytest.approx(SUBJECT().accuracy, abs=0.3)

    def test_the_greedy_mix_is_no_worse_than_itself(self, explorer):
        mix = dict.fromkeys(explorer.controls, 8)
        for step in SUBJECT().steps:
            mix[step.layer] = step.bits
            found = explorer.at(**mix)
            assert (found["average"], found["kl"]) == (step.average, step.kl)
            assert found["greedy"] <= step.kl


def test_the_path_is_that_of_mixed_bits():
    seen = data.digits("train")[0][: numbers.mixed_bits.IMAGES]
    net, widths = numbers.recipe.network("digits"), numbers.mixed_bits.WIDTHS
    found = nets.mixed_bits(net, seen, 2, choices=widths)
    assert found.path == SUBJECT().steps
    assert SUBJECT().path[1:] == [(step.average, step.kl) for step in found.path]
    assert list(found.bits) == list(SUBJECT().sizes)


def test_bytes_are_those_of_real_files():
    """Of all weights but the biases, which are int32: as converted, and as packed."""
    bits = dict(zip(SUBJECT().sizes, (4, 3, 8, 4, 2, 4), strict=True))
    found = numbers.mixed_bits.tried(SUBJECT(), **bits)
    prepared = nets.quantize_trained(
        numbers.recipe.network("digits"), X[:20], weight_bits=bits, rounding="nearest"
    )
    file = nets.convert(prepared, "int8")
    assert found["int8"] == _bytes(file, INT8=8)
    assert found["int4"] == _bytes(tflite.pack_int4(file), INT8=8, INT4=4)


def _bytes(file, **widths):
    weights = [t for t in tflite.read(file).tensors if t.data is not None and t.type in widths]
    return sum(t.data.size * widths[t.type] // 8 for t in weights)


@pytest.mark.slow
def test_a_readers_own_network_has_its_largest_layers_or_those_named():
    keras = load_keras()
    keras.utils.set_random_seed(0)
    x = image = keras.Input((6, 6, 2))
    for number in range(15):
        width = 3 + number % 3
        x = keras.layers.Conv2D(width, 3, padding="same", activation="relu", name=f"c{number}")(x)
    model = keras.Model(image, keras.layers.Dense(3, name="scores")(keras.layers.Flatten()(x)))
    rng = np.random.default_rng(0)
    x, y = rng.random((30, 6, 6, 2), np.float32), rng.integers(0, 3, 30)
    found = explorers.mixed_bits(model, (x, y), layers=["c7", "c2"])
    assert list(found.controls) == ["c2", "c7"] and found.values["average"] == 3
    found = SUBJECT(model, (x, y), calibration=x[:10])
    largest = sorted(found.sizes.values())
    assert len(largest) == numbers.mixed_bits.MOST and largest[0] > 3 * 3 * 3 * 3
    assert found.accuracy == pytest.approx(100 * np.mean(np.argmax(model(x), axis=1) == y))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"data": None}, r"needs data=\(x, y\)"),
        ({"data": (X[:5], Y[:4])}, r"labels are 5 class numbers, of shape \(5,\); got \(4,\)"),
        ({"data": (X[:5], np.eye(10)[Y[:5]])}, r"got \(5, 10\)"),
        ({"data": (X[:5, :4], Y[:5])}, "shape"),
        ({"layers": ["block9"]}, "no layer block9; there are block1_depthwise"),
    ],
)
def test_what_it_cannot_try_is_said(options, said):
    given = {"data": (X[:5], Y[:5])} | options
    with pytest.raises(ValueError, match=said):
        explorers.mixed_bits(numbers.recipe.network("digits"), **given)


def test_bits_that_no_layer_has_are_refused():
    with pytest.raises(ValueError, match="a layer has 8, 4, 3, 2 bits; got"):
        numbers.mixed_bits.tried(SUBJECT(), **dict.fromkeys(SUBJECT().sizes, 5))
