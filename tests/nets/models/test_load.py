"""Reading saved models: files, folders, and what is neither."""

import gc
import warnings

import keras
import numpy as np
import pytest

from qnn_edu.data import asset, digits
from qnn_edu.nets import convert, load_model, run_tflite
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite import read


@pytest.fixture(scope="module")
def model():
    return keras.models.load_model(asset("digits.keras"))


@pytest.fixture(scope="module")
def saved(model, tmp_path_factory):
    """The same network in the three forms, by name."""
    folder = tmp_path_factory.mktemp("saved")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Keras to numpy
        model.save(folder / "digits.h5")
        model.save(folder / "digits.keras")
    model.export(folder / "digits", verbose=False)
    return folder


@pytest.mark.parametrize("name", ["digits.keras", "digits.h5", "digits"])
def test_every_form_converts_to_the_same_network(name, model, saved, capfd, caplog):
    x = digits("train")[0][:100]
    loaded = load_model(saved / name)
    assert capfd.readouterr() == ("", "") and not caplog.records
    gc.collect()  # a SavedModel's variables must live on
    for recipe, options in {"float32": {}, "int8": {"calibration": x}}.items():
        ours, again = convert(model, recipe, **options), convert(loaded, recipe, **options)
        assert len(again) == len(ours)
        image = x[:50] if recipe == "float32" else (255 * x[:50] - 128).round().astype(np.int8)
        results = [run_tflite(content, image).outputs[0] for content in (ours, again)]
        np.testing.assert_array_equal(*results)


def test_a_saved_model_of_several_inputs_is_called_by_name(tmp_path):
    tf = load_tensorflow()
    module = tf.Module()
    module.w = tf.Variable(np.eye(4, 3, dtype=np.float32))
    specs = [tf.TensorSpec((None, 4), name="z"), tf.TensorSpec((None, 3), name="a")]
    module.call = tf.function(lambda z, a: {"y": z @ module.w + a}, input_signature=specs)
    tf.saved_model.save(module, tmp_path, signatures=module.call)
    loaded = load_model(tmp_path)
    data = {"z": 4 * np.ones((5, 4), np.float32), "a": 3 * np.ones((5, 3), np.float32)}
    for ranges in (None, lambda x: (x.min(), x.max())):
        graph = read(convert(loaded, "int8", calibration=data, ranges=ranges))
        tops = {t.shape[1]: 255 * float(t.scale) for t in (graph.tensors[i] for i in graph.inputs)}
        assert {size: round(top, 4) for size, top in tops.items()} == {4: 4.0, 3: 3.0}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing.keras", "'.*nothing.keras' is not there. Expected a .keras or .h5 file"),
        ("model.tflite", "is a file of another kind"),
        ("", "is a folder without saved_model.pb"),
    ],
)
def test_what_is_no_saved_model_is_refused(name, message, tmp_path):
    (tmp_path / "model.tflite").write_bytes(b"TFL3")
    with pytest.raises(ValueError, match=message):
        load_model(tmp_path / name)


def test_a_saved_model_without_the_signature_is_refused(tmp_path):
    tf = load_tensorflow()
    module = tf.Module()
    spec = tf.TensorSpec((None, 2), name="x")
    module.call = tf.function(lambda x: x * 2, input_signature=[spec])
    tf.saved_model.save(module, tmp_path, signatures={"double": module.call})
    with pytest.raises(ValueError, match="no signature 'serving_default'; there are 'double'"):
        load_model(tmp_path)


class Tripled(keras.layers.Layer):
    def call(self, x):
        return 3 * x


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_layer_that_keras_does_not_know_is_named(suffix, tmp_path):
    image = keras.Input((2,))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Keras to numpy
        keras.Model(image, Tripled()(image)).save(tmp_path / f"model{suffix}")
    with pytest.raises(ValueError, match="Keras cannot load .*Tripled"):
        load_model(tmp_path / f"model{suffix}")


@pytest.mark.parametrize(("name", "message"), [("a.keras", "is damaged"), ("a.h5", "cannot load")])
@pytest.mark.parametrize("size", [0, 1000, -1000])
def test_a_damaged_file_is_refused(name, message, size, saved, tmp_path):
    whole = (saved / f"digits{name[1:]}").read_bytes()
    (tmp_path / name).write_bytes(whole[:size])
    with pytest.raises(ValueError, match=message):
        load_model(tmp_path / name)
