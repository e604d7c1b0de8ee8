"""Reading saved models: files, folders, and what is neither."""

import gc
import shutil
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


@pytest.fixture
def several(tmp_path):
    """A function that saves a SavedModel of these signatures: each multiplies by its number."""
    tf = load_tensorflow()

    def save(**factors):
        module, spec = tf.Module(), tf.TensorSpec((None, 2), name="x")
        module.calls = {
            name: tf.function(lambda x, k=k: x * k, input_signature=[spec])
            for name, k in factors.items()
        }
        tf.saved_model.save(module, tmp_path, signatures=module.calls)
        return tmp_path

    return save


def test_a_signature_is_chosen_by_name_or_is_the_only_one(several):
    x = np.ones((1, 2), np.float32)
    folder = several(double=2.0, triple=3.0)
    for name, factor in {"double": 2, "triple": 3}.items():
        content = convert(load_model(folder, signature=name), "float32")
        np.testing.assert_array_equal(run_tflite(content, x).outputs[0], factor * x)
    content = convert(load_model(several(double=2.0)), "float32")
    np.testing.assert_array_equal(run_tflite(content, x).outputs[0], 2 * x)


def test_a_signature_that_is_not_there_or_not_chosen_is_refused(several):
    folder = several(double=2.0, triple=3.0)
    with pytest.raises(ValueError, match="'double', 'triple'. Choose one by signature="):
        load_model(folder)
    with pytest.raises(ValueError, match="no signature 'half'; there are 'double', 'triple'"):
        load_model(folder, signature="half")
    with pytest.raises(ValueError, match="has no signatures"):
        load_model(asset("digits.keras"), signature="double")


@pytest.mark.parametrize("name", ["saved_model.pb", "variables/variables.data-00000-of-00001"])
@pytest.mark.parametrize("size", [0, 10, None])
def test_a_damaged_saved_model_is_refused(name, size, saved, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(saved / "digits", folder)
    whole = (folder / name).read_bytes()
    (folder / name).unlink()
    if size is not None:
        (folder / name).write_bytes(whole[:size])
    with pytest.raises(ValueError, match="cannot load|without saved_model.pb"):
        load_model(folder)


@pytest.mark.parametrize("path", [None, 3, b"model.keras"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(ValueError, match="expected a path, got"):
        load_model(path)


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
