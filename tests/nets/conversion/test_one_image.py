"""A file is made for one image unless asked otherwise: nothing in it only counts images."""

import keras
import numpy as np
import pytest

from qnn_edu import engine
from qnn_edu.nets import convert, load_model, quantize_aware, run_tflite
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite import read
from qnn_edu.tflite.flatbuffer import parse

RNG = np.random.default_rng(0)
COUNTING = {"SHAPE", "STRIDED_SLICE", "PACK"}
layers = keras.layers

COUNTERS = {
    "flatten": (layers.Flatten, (4, 4, 3)),
    "reshape": (lambda: layers.Reshape((8, -1)), (4, 4, 3)),
    "dense on a sequence": (lambda: layers.Dense(3), (5, 4)),
    "dilated": (lambda: layers.Conv2D(4, 3, dilation_rate=2, padding="same"), (8, 8, 3)),
    "transposed": (lambda: layers.Conv2DTranspose(4, 3, strides=2), (4, 4, 3)),
}


def network(name):
    make, shape = COUNTERS[name]
    x = keras.Input(shape, name="x")
    data = RNG.uniform(-1, 1, (6, *shape)).astype(np.float32)
    return keras.Model(x, make()(x)), data


def names(content):
    return {op.name for op in read(content).operators}


def batch_of(content):
    """The first size of the input, -1 where the file leaves it open."""
    (tensor,) = (parse(content).subgraphs[0].tensors[i] for i in read(content).inputs)
    signature = tensor.shape_signature
    return int((tensor.shape if signature is None else signature)[0])


@pytest.mark.parametrize("name", COUNTERS)
def test_nothing_counts_images_in_a_file_for_one(name):
    model, data = network(name)
    content = convert(model, "int8", calibration=data)
    assert batch_of(content) == 1 and not COUNTING & names(content)
    assert batch_of(convert(model, "int8", calibration=data, batch=None)) == -1
    graph = read(content)
    q = RNG.integers(-128, 128, data.shape, dtype=np.int8)
    expected = run_tflite(content, q, kernels="reference").outputs[0]
    if name != "transposed":  # an operator that the engine does not have
        np.testing.assert_array_equal(engine.run(graph, q).outputs[0], expected)
    assert len(expected) == len(q)


def test_an_open_batch_is_there_on_request():
    model, data = network("flatten")
    assert COUNTING <= names(convert(model, "int8", calibration=data, batch=None))


@pytest.mark.parametrize("recipe", ["float32", "float16", "dynamic", "int8", "int16x8"])
def test_a_number_of_images_is_held(recipe):
    model, data = network("flatten")
    options = {"calibration": data} if "int" in recipe else {}
    content = convert(model, recipe, batch=3, **options)
    assert batch_of(content) == 3 and not COUNTING & names(content)


def test_ranges_are_measured_on_as_many_images():
    model, data = network("flatten")
    extremes = lambda x: (float(x.min()), float(x.max()))  # noqa: E731
    files = [
        read(convert(model, "int8", calibration=data, ranges=method, batch=3))
        for method in (None, extremes)
    ]
    one, other = (graph.tensors[graph.inputs[0]].scale for graph in files)
    np.testing.assert_allclose(one, other, rtol=1e-6)
    with pytest.raises(ValueError, match="n a multiple of 4"):
        convert(model, "int8", calibration=data, batch=4)


@pytest.mark.parametrize("batch", [0, -1, 1.5, True, "1"])
def test_a_batch_is_a_number_of_images(batch):
    with pytest.raises(ValueError, match="batch is a whole number of at least 1, or None"):
        convert(network("flatten")[0], "float32", batch=batch)


def test_an_input_that_states_its_batch_keeps_it():
    x = keras.Input(batch_shape=(2, 4), name="x")
    model = keras.Model(x, layers.Dense(3)(x))
    assert batch_of(convert(model, "float32")) == 2
    with pytest.raises(ValueError, match=r"batch=3, but input 'x' states its shape, \(2, 4\)"):
        convert(model, "float32", batch=3)


def test_a_prepared_model_is_always_for_one_image():
    model, _ = network("flatten")
    prepared = quantize_aware(keras.Model(model.input, layers.Dense(2)(model.output)))
    prepared(np.ones((2, 4, 4, 3), np.float32), training=True)
    for batch in (1, None):
        assert batch_of(convert(prepared, "int8", batch=batch)) == 1
    with pytest.raises(ValueError, match=r"states its shape, \(1, 4, 4, 3\)"):
        convert(prepared, "int8", batch=3)


def test_a_saved_model_and_a_function_are_for_one_image_too(tmp_path):
    tf = load_tensorflow()
    model, data = network("flatten")
    model.export(tmp_path, verbose=False)
    spec = tf.TensorSpec((None, 4, 4, 3), name="x")
    flat = tf.function(lambda x: tf.reshape(2 * x, (tf.shape(x)[0], -1)), input_signature=[spec])
    for origin in (load_model(tmp_path), flat, flat.get_concrete_function()):
        content = convert(origin, "int8", calibration=data)
        assert batch_of(content) == 1 and not COUNTING & names(content)
        assert COUNTING <= names(convert(origin, "int8", calibration=data, batch=None))
        assert batch_of(convert(origin, "float32", batch=3)) == 3


def test_sizes_that_do_not_go_through_a_function_are_refused():
    tf = load_tensorflow()
    spec = tf.TensorSpec((None, 5), name="x")
    four = tf.function(lambda x: tf.reshape(x, (4, 5)), input_signature=[spec])
    with pytest.raises(ValueError, match=r"does not go with inputs 'x' \(1, 5\)"):
        convert(four, "float32")
