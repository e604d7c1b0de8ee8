"""`qnn-edu run`: images and arrays into models, classes and probabilities out."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from typer.testing import CliRunner

from qnn_edu import dequantize, quantize
from qnn_edu.cli import app
from qnn_edu.cli.classes import probabilities, softmax, top_classes
from qnn_edu.cli.pixels import pixels_to_input, read_image
from qnn_edu.data import PHOTOS, asset, digits, photo
from qnn_edu.data.photos import package_file
from qnn_edu.nets import convert, run_tflite
from qnn_edu.nets.quiet import load_keras
from qnn_edu.tflite import Tensor, read
from qnn_edu.tflite.feeding import input_names
from tests.nets.litert.stateful import deadly

FLOAT, INT8 = asset("digits_float32.tflite"), asset("digits_int8.tflite")
X, Y = digits("test")


def run(file, source, *options):
    done = CliRunner().invoke(app, ["run", str(file), "--input", str(source), *options, "--json"])
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    return json.loads(done.stdout)["top"]


@pytest.fixture
def batch(tmp_path):
    np.save(tmp_path / "x.npy", X[:20])
    return tmp_path / "x.npy"


@pytest.mark.parametrize("kernels", ["reference", "optimized", "xnnpack"])
def test_real_numbers_in_an_npy_file_go_through_both_models(batch, kernels):
    for file in (FLOAT, INT8):
        graph = read(file)
        into, out = (graph.tensors[i[0]].params for i in (graph.inputs, graph.outputs))
        x = X[:20] if into is None else quantize(X[:20], into)
        p = run_tflite(file, x, kernels=kernels).outputs[0]
        p = p if out is None else dequantize(p, out)
        for row, answers in zip(p, run(file, batch, "--kernels", kernels), strict=True):
            assert [a["class"] for a in answers] == list(np.argsort(-row, kind="stable")[:3])
            assert [a["probability"] for a in answers] == [row[a["class"]] for a in answers]


def test_integers_of_the_models_own_type_are_taken_as_they_are(tmp_path, batch):
    np.save(tmp_path / "q.npy", quantize(X[:20], read(INT8).tensors[0].params))
    assert run(INT8, tmp_path / "q.npy") == run(INT8, batch)


def test_double_precision_and_an_npz_of_one_array_are_taken_too(tmp_path, batch):
    np.savez(tmp_path / "x64.npz", X[:20].astype(np.float64))
    for file in (FLOAT, INT8):
        assert run(file, tmp_path / "x64.npz") == run(file, batch)


@pytest.fixture(scope="module")
def two_inputs(tmp_path_factory):
    """A file of two inputs, and examples for each by name."""
    keras = load_keras()
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    joined = keras.layers.Concatenate()([keras.layers.Dense(2)(a), b])
    rng = np.random.default_rng(0)
    x = {"b": rng.uniform(-4, 4, (9, 2)), "a": rng.uniform(-1, 1, (9, 4))}
    file = tmp_path_factory.mktemp("two") / "two.tflite"
    file.write_bytes(convert(keras.Model([a, b], joined), "int8", calibration=x))
    return file, x


def test_several_inputs_take_an_array_each_by_name(tmp_path, two_inputs):
    file, x = two_inputs
    np.savez(tmp_path / "x.npz", **x)
    graph = read(file)
    names = input_names(graph)
    params = {n: graph.tensors[i].params for n, i in zip(names, graph.inputs, strict=True)}
    scores = run_tflite(file, {name: quantize(x[name], params[name]) for name in x}).outputs[0]
    answers = run(file, tmp_path / "x.npz", "--top", "1")
    assert [each[0]["class"] for each in answers] == list(scores.argmax(axis=1))


@pytest.mark.parametrize("source", ["b.npz", "x.npy", "x.png"])
def test_several_inputs_without_their_names_are_told_them(tmp_path, two_inputs, source):
    file, x = two_inputs
    np.savez(tmp_path / "b.npz", b=x["b"])
    np.save(tmp_path / "x.npy", x["a"])
    done = CliRunner().invoke(app, ["run", str(file), "--input", str(tmp_path / source)])
    assert done.exit_code == 1
    names = ", ".join(input_names(read(file)))
    assert f": {names}; " in done.stderr and "Give .npz" in done.stderr


def test_what_is_no_classes_is_refused_with_a_way_to_see_it(tmp_path, batch):
    keras = load_keras()
    x = keras.Input((8, 8, 1))
    image = keras.layers.Conv2D(2, 3)(x)
    for model in (keras.Model(x, image), keras.Model(x, [image, keras.layers.Flatten()(image)])):
        (tmp_path / "m.tflite").write_bytes(convert(model, "float32"))
        line = ["run", str(tmp_path / "m.tflite"), "--input", str(batch)]
        done = CliRunner().invoke(app, line)
        assert done.exit_code == 1
        assert "nets.run_tflite(file, inputs).outputs" in done.stderr


def test_a_file_of_which_litert_dies_ends_with_1_and_one_line(tmp_path):
    (tmp_path / "m.tflite").write_bytes(deadly())
    np.save(tmp_path / "x.npy", np.zeros((1, 3)))
    line = ["run", str(tmp_path / "m.tflite"), "--input", str(tmp_path / "x.npy")]
    done = CliRunner().invoke(app, line)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("qnn-edu: LiteRT died while it ran this model")
    assert len(done.stderr.splitlines()) == 1


def test_ends_below_zero_are_no_options(tmp_path):
    pixels = np.round(X[0, :, :, 0] * 255).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "digit.png")
    np.save(tmp_path / "x.npy", -1 + 2.0 * pixels.reshape(1, 8, 8, 1) / 255)
    image = run(FLOAT, tmp_path / "digit.png", "--range", "-1", "1")
    assert image == run(FLOAT, tmp_path / "x.npy") != run(FLOAT, tmp_path / "digit.png")


@pytest.mark.slow  # each is run in a process of its own
@pytest.mark.parametrize("file", [FLOAT, INT8])
def test_an_image_of_a_digit_is_that_digit(tmp_path, file):
    for k in range(10):
        pixels = np.round(X[k, :, :, 0] * 255).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "digit.png")
        assert run(file, tmp_path / "digit.png", "--top", "1")[0][0]["class"] == Y[k]


@pytest.mark.parametrize(("size", "name"), [(128, "0.25_128"), (160, "0.5_160")])
def test_mobilenets_see_in_photographs_what_they_see_in_their_pixels(
    size, name, real_data, tmp_path
):
    file = real_data / "models" / f"mobilenet_v1_{name}_uint8.tflite"
    for photograph in PHOTOS:
        Image.fromarray(photo(photograph)).save(tmp_path / "photo.png")
        (answers,) = run(file, tmp_path / "photo.png", "--top", "5")
        p = run_tflite(file, photo(photograph, size)[None]).outputs[0][0] / 256
        assert [a["class"] for a in answers] == list(np.argsort(-p, kind="stable")[:5])
        assert [a["probability"] for a in answers] == [p[a["class"]] for a in answers]


@pytest.mark.parametrize("name", ["0.25_128", "0.5_160"])
@pytest.mark.parametrize(("image", "label"), [("chelsea", "Egyptian cat"), ("coffee", "espresso")])
def test_mobilenets_know_a_cat_and_a_cup(name, image, label, real_data):
    file = real_data / "models" / f"mobilenet_v1_{name}_uint8.tflite"
    source = package_file("skimage", f"data/{image}.png")
    labels = real_data / "imagenet_labels.txt"
    (answers,) = run(file, source, "--labels", str(labels))
    assert answers[0]["label"] == label == labels.read_text().splitlines()[answers[0]["class"]]


def test_resnet8_takes_pixels_0_to_255_as_floats_or_as_integers(real_data, tmp_path):
    Image.fromarray(photo("chelsea", 32)).save(tmp_path / "cat.png")
    models = real_data / "models"
    real = run(models / "resnet8_cifar10_float.tflite", tmp_path / "cat.png", "--range", "0", "255")
    int8 = run(models / "resnet8_cifar10_int8.tflite", tmp_path / "cat.png")
    assert [a["class"] for a in real[0]][:1] == [a["class"] for a in int8[0]][:1]
    assert real[0][0]["probability"] == pytest.approx(int8[0][0]["probability"], abs=0.1)


def test_text_names_the_most_likely_classes_in_order(tmp_path, batch):
    (tmp_path / "labels.txt").write_text("\n".join(f"digit {k}" for k in range(10)) + "\n")
    options = ["--labels", str(tmp_path / "labels.txt"), "--top", "2"]
    done = CliRunner().invoke(app, ["run", str(INT8), "--input", str(batch), *options])
    rows = [line.split() for line in done.stdout.splitlines() if " digit " in line]
    assert [int(row[0]) for row in rows] == [k for k in range(20) for _ in range(2)]
    assert [int(row[3]) for row in rows[::2]] == list(Y[:20])
    p = np.reshape([float(row[4]) for row in rows], (20, 2))
    assert np.all(p[:, 0] >= p[:, 1])


@given(st.floats(1e-6, 1e4), st.sampled_from([np.int8, np.uint8]), st.integers(0, 255))
def test_pixels_become_the_integers_of_an_8_bit_grid_one_by_one(scale, dtype, zero):
    lowest = np.iinfo(dtype).min
    tensor = Tensor(0, "x", (1,), np.dtype(dtype), np.float32(scale), lowest + zero)
    pixels = np.arange(256, dtype=np.uint8)
    expected = (np.arange(256) + lowest).astype(dtype)
    np.testing.assert_array_equal(pixels_to_input(pixels, tensor, None), expected)


def test_pixels_of_a_float_input_lie_between_the_given_ends():
    tensor, pixels = Tensor(0, "x", (1,), np.dtype(np.float32)), np.uint8([0, 51, 255])
    np.testing.assert_array_equal(pixels_to_input(pixels, tensor, None), np.float32([0, 0.2, 1]))
    np.testing.assert_array_equal(
        pixels_to_input(pixels, tensor, (-1, 1)), np.float32([-1, -0.6, 1])
    )


def test_given_ends_are_quantized_with_the_input_s_own_scale():
    tensor = read(INT8).tensors[0]
    pixels = pixels_to_input(np.uint8([0, 255]), tensor, (0.0, 0.5))
    np.testing.assert_array_equal(pixels, quantize([0.0, 0.5], tensor.params))


def test_the_middle_of_an_image_is_taken_in_the_model_s_proportions(tmp_path):
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = (255, 0, 0)  # the square in the middle is red
    Image.fromarray(wide).save(tmp_path / "wide.png")
    assert np.all(read_image(tmp_path / "wide.png", 10, 10, 3) == (255, 0, 0))
    assert np.all(read_image(tmp_path / "wide.png", 10, 10, 1) == 76)  # red's part of grey


def test_an_image_is_turned_as_its_camera_says(tmp_path):
    image = Image.fromarray(np.uint8([[0, 255], [0, 255]]))
    turned = image.getexif()
    turned[0x0112] = 3  # upside down
    image.save(tmp_path / "turned.png", exif=turned)
    np.testing.assert_array_equal(
        read_image(tmp_path / "turned.png", 2, 2, 1)[0, :, :, 0], [[255, 0], [255, 0]]
    )


@given(arrays(np.float64, (3, 5), elements=st.floats(-50, 50)))
def test_softmax_is_a_distribution_that_keeps_the_order(scores):
    p = softmax(scores)
    np.testing.assert_allclose(p.sum(axis=-1), 1)
    assert np.all(np.diff(np.take_along_axis(p, scores.argsort(axis=-1), -1)) >= 0)
    np.testing.assert_allclose(softmax(scores + 7), p)


def test_softmax_is_taken_once_and_only_where_the_model_did_not():
    graph, scores = read(FLOAT), np.float32([[0.25, 0.75]])
    np.testing.assert_array_equal(probabilities(graph, scores), scores)
    main, last = graph.subgraphs[0], graph.operators[-1]
    logits = replace(main, operators=graph.operators[:-1], outputs=last.inputs)
    without = replace(graph, subgraphs=(logits,))
    np.testing.assert_allclose(probabilities(without, scores), softmax(scores))


def test_of_equal_probabilities_the_lower_class_comes_first():
    p = np.array([[0.25, 0.5, 0.25], [0.5, 0.0, 0.5]])
    assert [[a["class"] for a in row] for row in top_classes(p, 9, None)] == [[1, 0, 2], [0, 2, 1]]
