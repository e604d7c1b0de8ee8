"""Calibration data: the forms it may come in, and what is said of data that does not fit."""

import keras
import numpy as np
import pytest

from qnn_edu.data import asset, digits
from qnn_edu.nets import calibrate, convert, measure_ranges, read_ranges
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite import read

RNG = np.random.default_rng


@pytest.fixture(scope="module")
def model():
    return keras.models.load_model(asset("digits.keras"))


@pytest.fixture(scope="module")
def x():
    return digits("train")[0][:50]


def test_the_form_of_the_data_does_not_matter(model, x):
    tf = load_tensorflow()
    once = calibrate(model, x)
    forms = [
        [x[:20], x[20:49], x[49:]],
        (x[k : k + 1] for k in range(50)),
        [(x,)],
        [{"image": x}],
        {"image": x},
        x.astype(np.float64),
        tf.constant(x),
        tf.data.Dataset.from_tensor_slices(x).batch(16),
    ]
    assert all(calibrate(model, form) == once for form in forms)


def test_the_range_of_an_activation_is_what_it_took(model, x):
    ranges = read_ranges(calibrate(model, x))
    graph = read(calibrate(model, x))
    computed = {*graph.inputs, *(i for op in graph.operators for i in op.outputs)}
    assert set(ranges) == computed and ranges[graph.inputs[0]] == (0, 1)
    before_softmax = keras.Model(model.inputs, model.get_layer("dense").output)
    logits = before_softmax.predict(x, verbose=0)
    lo, hi = ranges[graph.operators[-1].inputs[0]]
    np.testing.assert_allclose((lo, hi), (logits.min(), logits.max()), rtol=1e-5)


def test_what_nobody_reads_keeps_the_range_that_was_found():
    """A part of a SPLIT, of which LiteRT keeps no values."""
    image = keras.Input((3, 2))
    model = keras.Model(image, keras.layers.LSTM(2, unroll=True)(image))
    x = RNG(0).normal(size=(4, 3, 2)).astype(np.float32)
    calibrated = calibrate(model, x)
    found = measure_ranges(calibrated, x, lambda x: (x.min(), x.max()))
    assert found.keys() == read_ranges(calibrated).keys()


def two_inputs(*, names):
    first, second = keras.Input((4,), name=names[0]), keras.Input((3,), name=names[1])
    each = [keras.layers.Dense(3)(tensor) for tensor in (first, second)]
    return keras.Model([first, second], keras.layers.Add()(each))


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("ranges", [None, lambda x: (x.min(), x.max())])
def test_several_inputs_keep_apart_whatever_their_order_in_the_file(names, ranges):
    model = two_inputs(names=names)
    fours, threes = 4 * np.ones((6, 4), np.float32), 3 * np.ones((6, 3), np.float32)
    by_name = dict(zip(names, (fours, threes), strict=True))
    for data in ([(fours, threes)], [[fours[:2], threes[:2]]] * 2, [by_name], by_name):
        graph = read(convert(model, "int8", calibration=data, ranges=ranges))
        found = {t.shape[1]: 255 * float(t.scale) for t in (graph.tensors[i] for i in graph.inputs)}
        assert {size: round(top, 4) for size, top in found.items()} == {4: 4.0, 3: 3.0}


def test_a_function_of_several_inputs_keeps_their_order():
    tf = load_tensorflow()
    specs = [tf.TensorSpec((None, 4), name="b"), tf.TensorSpec((None, 3), name="a")]
    function = tf.function(lambda p, q: (p * 2, q * 2), input_signature=specs)
    fours, threes = 4 * np.ones((6, 4), np.float32), 3 * np.ones((6, 3), np.float32)
    for data in ([(fours, threes)], {"a": threes, "b": fours}):
        graph = read(convert(function, "int8", calibration=data))
        tops = [255 * float(graph.tensors[i].scale) for i in graph.inputs]
        np.testing.assert_allclose(tops, [4, 3], rtol=1e-6)


def test_a_fixed_batch_is_one_example():
    tf = load_tensorflow()
    spec = tf.TensorSpec((4, 3), name="x")
    function = tf.function(lambda x: x * 2, input_signature=[spec])
    calibrated = calibrate(function, RNG(0).uniform(-1, 1, (12, 3)))
    assert read(calibrated).tensors[0].shape == (4, 3)
    with pytest.raises(
        ValueError, match=r"shape \(5, 3\) for input 'x'; expected \(n, 3\), n a multiple of 4"
    ):
        calibrate(function, np.zeros((5, 3)))


def test_whole_numbers_are_for_inputs_that_take_them():
    tokens = keras.Input((5,), dtype="int32", name="tokens")
    model = keras.Model(tokens, keras.layers.Embedding(10, 4)(tokens))
    calibrate(model, RNG(0).integers(0, 10, (8, 5), dtype=np.int32))
    with pytest.raises(ValueError, match="finite int32 numbers .* got float64"):
        calibrate(model, np.zeros((8, 5)))


IMAGES = np.zeros((5, 8, 8, 1), np.float32)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (IMAGES[..., 0], r"batch 0 .* shape \(5, 8, 8\) .* expected \(n, 8, 8, 1\)"),
        (IMAGES[0], r"batch 0 .* shape \(8, 8, 1\) .* expected \(n, 8, 8, 1\)"),
        (IMAGES[:0], "n at least 1"),
        ([], "holds no batch"),
        (iter([IMAGES, IMAGES[:, :4]]), r"batch 1 .* shape \(5, 4, 8, 1\)"),
        ([IMAGES, IMAGES, IMAGES.astype(np.uint8)], "batch 2 .* finite float32.*got uint8"),
        (IMAGES.astype(complex), "finite float32 numbers .* got complex128"),
        ([IMAGES, np.nan * IMAGES], "batch 1 .* finite float32 .* got NaN or infinity"),
        (np.full((5, 8, 8, 1), "black"), "batch 0 .* finite float32 numbers .* got <U5"),
        (IMAGES.astype(np.float64) + 1e300, "finite float32 numbers"),
        ([(IMAGES, IMAGES)], r"batch 0 .* 2 array\(s\), the model 1 input\(s\) \(image\)"),
        ([{"picture": IMAGES}], r"inputs \['picture'\], the model \['image'\]"),
        (5, "iterable of batches, got int"),
    ],
)
def test_data_that_does_not_fit_is_refused_by_its_batch(model, data, message, capfd):
    with pytest.raises(ValueError, match=message):
        convert(model, "int8", calibration=data)
    assert capfd.readouterr() == ("", "")


def test_inputs_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"\[5, 4\] examples"):
        calibrate(two_inputs(names="ab"), [(np.zeros((5, 4)), np.zeros((4, 3)))])


def test_a_model_that_never_said_what_it_takes_is_not_calibrated():
    with pytest.raises(ValueError, match="has not been told its inputs"):
        calibrate(keras.Sequential([keras.layers.Dense(2)]), np.zeros((1, 3)))
