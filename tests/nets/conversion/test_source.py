"""One conversion traces a network once and reads the calibration data once, whatever it is for."""

import keras
import numpy as np
import pytest

from qnn_edu import ranges
from qnn_edu.nets import convert, tensorflow_graph
from qnn_edu.nets.conversion.source import source
from qnn_edu.nets.conversion.stated_ranges import convert_stated, states_ranges
from qnn_edu.nets.models.placement import fake_quant
from qnn_edu.nets.qat.layers import FakeQuantActivation
from qnn_edu.tflite import read

X = np.random.default_rng(0).uniform(-1, 1, (20, 4)).astype(np.float32)


class Counted(FakeQuantActivation):
    """A fake quantizer that counts its calls: a model that holds one counts as prepared."""

    calls = 0

    def call(self, x, training=False):
        self.calls += 1
        return super().call(x, training)


class Doubled(keras.layers.Layer):
    """A plain layer that counts its calls, with a fake quantizer of TensorFlow's where asked."""

    calls = 0

    def __init__(self, *, states=False):
        super().__init__()
        self.states = states

    def call(self, x):
        self.calls += 1
        return fake_quant(2 * x, -2, 2) if self.states else 2 * x


class Batches:
    """20 batches of one example, which count how often the whole and each of them is read."""

    def __init__(self):
        self.times, self.read = 0, [0] * len(X)

    def __iter__(self):
        self.times += 1
        return iter([Batch(self, k) for k in range(len(X))])


class Batch:
    def __init__(self, batches, k):
        self.batches, self.k = batches, k

    def __array__(self, dtype=None, copy=None):
        self.batches.read[self.k] += 1
        return X[self.k : self.k + 1]


def counting(layer):
    """A model of this layer alone; the calls that built it do not count."""
    x = keras.Input((4,), name="x")
    model = keras.Model(x, layer(x))
    layer.calls = 0
    return model


def prepared():
    layer = Counted(8, ranges="fixed", between=(-1.0, 1.0))
    return counting(layer), layer


@pytest.mark.parametrize("recipe", ["float32", "float16", "dynamic", "int8"])
@pytest.mark.parametrize("method", [None, ranges.percentile])
def test_a_prepared_model_is_traced_once_by_every_recipe(recipe, method):
    model, layer = prepared()
    options = {"calibration": X, "ranges": method} if recipe == "int8" else {}
    convert(model, recipe, **options)
    assert layer.calls == 1


def test_a_prepared_model_has_no_16_bits():
    with pytest.raises(ValueError, match="fake quantizers of 8 bits.*Choose 'int8'"):
        convert(prepared()[0], "int16x8", calibration=X)


def test_ranges_that_a_prepared_model_states_need_no_second_trace():
    model, layer = prepared()
    assert convert(model, "int8")[4:8] == b"TFL3" and layer.calls == 1


def test_whoever_has_a_source_hands_it_down_and_nothing_is_traced_again():
    model, layer = prepared()
    origin = source(model).of_batch(1)
    assert source(origin) is origin
    assert states_ranges(origin) and tensorflow_graph(origin).operators
    assert convert_stated(origin) == convert(origin, "int8") and layer.calls == 1


@pytest.mark.parametrize("recipe", ["float32", "int8"])
def test_a_keras_model_is_traced_once(recipe):
    layer = Doubled()
    convert(counting(layer), recipe, calibration=X if recipe == "int8" else None)
    assert layer.calls == 1


def test_what_ranges_a_keras_model_states_is_seen_in_the_same_trace():
    layer = Doubled(states=True)
    convert(counting(layer), "int8", io="float32")
    assert layer.calls == 1


@pytest.mark.parametrize("recipe", ["int8", "int16x8"])
@pytest.mark.parametrize("method", [None, ranges.min_max, ranges.percentile])
def test_the_calibration_data_is_read_once(recipe, method):
    model, batches = counting(Doubled()), Batches()
    file = convert(model, recipe, calibration=batches, ranges=method)
    assert batches.times == 1 and set(batches.read) == {1}
    assert file == convert(model, recipe, calibration=X, ranges=method)


@pytest.mark.parametrize("method", [None, ranges.min_max])
@pytest.mark.parametrize("batch", [1, None])
def test_sizes_that_the_model_left_open_are_those_of_the_first_example(method, batch):
    image = keras.Input((None, 3), name="image")
    model = keras.Model(image, keras.layers.GlobalAveragePooling1D()(image))
    data = [np.ones((2, 5, 3), np.float32)]
    graph = read(convert(model, "int8", calibration=data, ranges=method, batch=batch))
    assert graph.tensors[graph.inputs[0]].shape == (1, 5, 3)
    data.append(np.ones((1, 6, 3), np.float32))
    with pytest.raises(ValueError, match=r"example 2 .* \(1, 6, 3\) .* the first example"):
        convert(model, "int8", calibration=data, ranges=method, batch=batch)


def test_sizes_that_nobody_states_are_asked_for():
    image = keras.Input((None, 3), name="image")
    model = keras.Model(image, keras.layers.GlobalAveragePooling1D()(image))
    with pytest.raises(ValueError, match=r"'image' leaves sizes open, \(None, 3\).*State it"):
        convert(model, "float32")
    assert read(convert(model, "float32", batch=None)).inputs
