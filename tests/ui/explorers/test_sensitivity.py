"""The sensitivity explorer, against files that `nets` makes of the same network by hand."""

from functools import cache

import numpy as np
import pytest

from qnn_edu import data, metrics, nets
from qnn_edu.nets.quiet import load_keras
from qnn_edu.ui import explorers, numbers
from tests.ui.explorers.laws import Laws

X, Y = data.digits("test")
OPTIONS = {"int8 per tensor": {"per_channel": False}, "int16x8": {"recipe": "int16x8"}}


@cache
def calibrated():
    return nets.calibrate(numbers.recipe.network("stretched"), data.digits("train")[0][:100])


class TestSensitivity(Laws):
    ever_idle, rows, draws, remembers = True, 4, 1, True

    def is_right(self, values, found):
        """The file is the one that a reader makes with these options."""
        recipe = values["recipe"]
        kept = [name for name, chosen in values.items() if chosen is True and recipe != "int16x8"]
        options = OPTIONS.get(recipe, {}) | {"keep_float": kept}
        file = nets.quantize_calibrated(calibrated(), io="float32", **options)
        (row,) = nets.compare({recipe: file}, (X, Y), repeats=1)
        assert (found["size"], found["accuracy"]) == (row.size, row.accuracy)
        assert found["integer_share"] == row.integer_share
        assert np.count_nonzero(found["floats"]) == len(kept)

    def test_one_layer_in_float_mends_the_network_and_no_other_does(self, explorer):
        names = [name for name in explorer.controls if name != "recipe"]
        found = {name: explorer.at(**{name: True})["accuracy"] for name in names}
        assert [name for name in names if found[name] > 50] == ["block2_depthwise_relu"]

    def test_the_mean_does_not_see_what_the_worst_channel_shows(self, explorer):
        found = explorer.at(recipe="int8 per channel")
        assert found["sqnr"][3] > 30 and found["worst"][3] < 5


def test_the_losses_of_layers_are_those_of_the_layer_report_and_of_single_channels():
    subject = numbers.sensitivity.subject()
    found = numbers.sensitivity.tried(subject, recipe="int8 per tensor", dense=True)
    file = nets.quantize_calibrated(
        subject.calibrated, io="float32", per_channel=False, keep_float=["dense"]
    )
    report = nets.layer_report(subject.real, file, X)
    assert subject.layers == tuple(row.name for row in report)
    np.testing.assert_allclose(found["sqnr"], [row.sqnr_db for row in report], atol=1e-6)
    row, real = report[-2], nets.run_tflite(subject.real, X, keep=True).tensors
    values = nets.run_tflite(file, X, keep=True).tensors[row.index]
    each = [metrics.sqnr_db(*pair) for pair in zip(real[row.float_index].T, values.T, strict=True)]
    assert found["worst"][-2] == pytest.approx(min(each))
    assert found["channel"][-2] == np.argmin(each) and found["floats"][-2]


@pytest.mark.slow
def test_a_readers_own_network_opens_per_channel_with_the_layers_that_err_most():
    keras = load_keras()
    keras.utils.set_random_seed(0)
    image = keras.Input((6, 6, 2))
    x = image
    for number in range(14):
        x = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name=f"c{number}")(x)
    model = keras.Model(image, keras.layers.Dense(3, name="scores")(keras.layers.Flatten()(x)))
    rng = np.random.default_rng(0)
    seen, labels = rng.random((40, 6, 6, 2), np.float32), rng.integers(0, 3, 40)
    explorer = explorers.sensitivity(model, (seen, labels))
    assert explorer.values["size"] == len(
        nets.convert(model, "int8", calibration=seen, io="float32")
    )
    assert len(explorer.controls) == 1 + numbers.sensitivity.MOST
    assert not explorer.at()["floats"].any()
    some = explorers.sensitivity(model, (seen, labels), layers=["c3"])
    assert list(some.controls) == ["recipe", "c3"]


def test_what_it_cannot_try_is_said():
    model = numbers.recipe.network("digits")
    with pytest.raises(ValueError, match=r"needs data=\(x, y\)"):
        explorers.sensitivity(model)
    with pytest.raises(ValueError, match="no layer block9; there are conv_relu, block1"):
        explorers.sensitivity(layers=["block9"])
    with pytest.raises(ValueError, match=r"labels \(n,\), n at least 1"):
        explorers.sensitivity(model, (X, np.eye(10)[Y]))
    keras = load_keras()
    named = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.ReLU(name="recipe")])
    with pytest.raises(ValueError, match="rename the layer"):
        explorers.sensitivity(keras.Sequential([named, keras.layers.Flatten()]), (X, Y))
    with pytest.raises(ValueError, match="no recipe 'int4'"):
        numbers.sensitivity.tried(numbers.sensitivity.subject(), recipe="int4")


def test_chance_holds_where_no_answer_is_wrong():
    low, high = numbers.sensitivity.chance(100.0, 355)
    assert 98 < low < 99 and high == pytest.approx(100)
