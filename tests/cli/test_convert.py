"""`qnn-edu convert`: the file is what `nets.convert` makes, whole or not there."""

import warnings

import numpy as np
import pytest
from typer.testing import CliRunner

from qnn_edu import nets, ranges
from qnn_edu.cli import app
from qnn_edu.cli.convert import CONVERTERS_OWN
from qnn_edu.core.range_methods import RANGE_METHODS
from qnn_edu.data import asset, digits
from qnn_edu.nets.quiet import load_keras, load_tensorflow
from qnn_edu.tflite import read

KERAS = asset("digits.keras")
X = digits("train")[0][:50]


@pytest.fixture
def place(tmp_path):
    """A folder with calibration data."""
    np.save(tmp_path / "images.npy", X)
    np.savez(tmp_path / "images.npz", image=X)
    np.save(tmp_path / "flat.npy", X.reshape(50, 64))
    return tmp_path


def convert(place, *options, source=KERAS):
    line = ["convert", str(source), "-o", str(place / "made.tflite"), *options]
    return CliRunner().invoke(app, [word.replace("@", f"{place}/") for word in line])


def made(place, *options, source=KERAS):
    done = convert(place, *options, source=source)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    content = (place / "made.tflite").read_bytes()
    assert f"{len(content):,} bytes" in done.stdout
    return content


def assert_same(content, expected):
    for one, other in zip(read(content).tensors, read(expected).tensors, strict=True):
        assert (one.type, one.axis, one.shape) == (other.type, other.axis, other.shape)
        for a, b in ((one.scale, other.scale), (one.zero_point, other.zero_point)):
            np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(one.data, other.data)


@pytest.mark.parametrize("recipe", ["float32", "float16", "dynamic"])
def test_recipes_without_data(place, recipe):
    model = nets.load_model(KERAS)
    assert_same(made(place, "--recipe", recipe), nets.convert(model, recipe))


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ((), {}),
        (("--io", "uint8", "--per-tensor"), {"io": "uint8", "per_channel": False}),
        (("--ranges", "percentile"), {"ranges": ranges.percentile}),
        (
            ("--keep-float", "dense", "--keep-float", "average", "--io", "float32"),
            {"keep_float": ["dense", "average"], "io": "float32"},
        ),
    ],
)
def test_options_reach_the_converter(place, options, arguments):
    content = made(place, "--calibration", "@images.npy", *options)
    model = nets.load_model(KERAS)
    assert_same(content, nets.convert(model, "int8", calibration=X, **arguments))


def test_int16x8_takes_data_by_name_too(place):
    options = ["--recipe", "int16x8", "--calibration"]
    alone, named = (made(place, *options, f"@images.{end}") for end in ("npy", "npz"))
    assert_same(alone, named)
    assert {"INT16", "INT8"} <= {tensor.type for tensor in read(alone).tensors}


def test_several_inputs_take_an_array_each_by_name(place):
    keras = load_keras()
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    joined = keras.layers.Concatenate()([keras.layers.Dense(2)(a), b])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Keras to numpy
        keras.Model([a, b], joined).save(place / "two.keras")
    rng = np.random.default_rng(0)
    np.savez(place / "two.npz", b=rng.uniform(-4, 4, (9, 2)), a=rng.uniform(-1, 1, (9, 4)))
    graph = read(made(place, "--calibration", "@two.npz", source=place / "two.keras"))
    scales = {graph.tensors[i].shape: graph.tensors[i].scale for i in graph.inputs}
    assert scales[1, 2] > 3 * scales[1, 4]


def test_a_saved_model_folder_is_converted(place):
    load_tensorflow().saved_model.save(nets.load_model(KERAS), str(place / "saved"))
    content = made(place, "--calibration", "@images.npy", source=place / "saved")
    assert [op.name for op in read(content).operators][-1] == "SOFTMAX"
    assert {read(content).tensors[i].type for i in read(content).inputs} == {"INT8"}


def test_graphs_before_and_after_are_written_on_request(place):
    content = made(place, "--calibration", "@images.npy", "--dump-graphviz", "@new/graphs")
    folder = place / "new" / "graphs"
    names = ["after.dot", "after.svg", "before.dot", "before.svg"]
    assert sorted(file.name for file in folder.iterdir()) == names
    after, before = ((folder / f"{name}.dot").read_text() for name in ("after", "before"))
    assert all(operator.name in after for operator in read(content).operators)
    assert "Conv2D" in before and "CONV_2D" not in before


def test_without_dot_the_graphs_are_written_undrawn_and_a_note_says_so(place, monkeypatch):
    monkeypatch.setenv("PATH", str(place))
    done = convert(place, "--recipe", "float32", "--dump-graphviz", "@graphs")
    assert done.exit_code == 0
    (line,) = done.stderr.splitlines()
    assert "install Graphviz" in line
    names = sorted(file.name for file in (place / "graphs").iterdir())
    assert names == ["after.dot", "before.dot"]


def test_a_graph_that_dot_cannot_draw_does_not_keep_a_model_from_being_converted(
    place, monkeypatch
):
    (place / "dot").write_text("#!/bin/sh\nexit 1\n")
    (place / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", str(place))
    done = convert(place, "--recipe", "float32", "--dump-graphviz", "@graphs")
    assert done.exit_code == 0 and (place / "made.tflite").exists()
    notes = done.stderr.splitlines()  # of each that was not drawn here before, and is remembered
    assert notes and all("cannot draw this network" in note for note in notes)
    assert len(list((place / "graphs").glob("*.svg"))) == 2 - len(notes)


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of Keras to numpy
def test_a_file_is_for_one_image_or_for_as_many_as_asked(place):
    keras = load_keras()
    flat = [keras.layers.Flatten(), keras.layers.Dense(2)]
    keras.Sequential([keras.Input((8, 8, 1)), *flat]).save(place / "flat.keras")
    for option, count, counts in (
        ([], 1, False),
        (["--batch", "3"], 3, False),
        (["--batch", "0"], 1, True),
    ):
        graph = read(made(place, "--recipe", "float32", *option, source=place / "flat.keras"))
        assert graph.tensors[graph.inputs[0]].shape[0] == count
        assert ("SHAPE" in {op.name for op in graph.operators}) is counts


def test_one_of_several_signatures_is_chosen_by_name(place):
    tf = load_tensorflow()
    module, spec = tf.Module(), tf.TensorSpec((None, 2), name="x")
    double, half = (
        tf.function(f, input_signature=[spec]) for f in (lambda x: x + x, lambda x: x / 2)
    )
    tf.saved_model.save(module, str(place / "saved"), signatures={"double": double, "half": half})
    options = ["--recipe", "float32"]
    graph = read(made(place, *options, "--signature", "double", source=place / "saved"))
    assert [op.name for op in graph.operators] == ["ADD"]
    done = convert(place, *options, source=place / "saved")
    assert done.exit_code == 1 and "'double', 'half'" in done.stderr


def test_what_cannot_be_drawn_leaves_no_file(place, monkeypatch):
    def refuse(model):
        raise ValueError("no graph of constants")

    monkeypatch.setattr("qnn_edu.nets.conversion.tracing.tensorflow_graph", refuse)
    done = convert(place, "--recipe", "float32", "--dump-graphviz", "@graphs")
    assert done.exit_code == 1 and "no graph of constants" in done.stderr
    assert not (place / "made.tflite").exists() and not (place / "graphs").exists()


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of Keras to numpy
@pytest.mark.parametrize("kind", ["called", "built"])
def test_a_sequential_model_is_drawn_and_converted(place, kind):
    keras = load_keras()
    model = keras.Sequential([keras.layers.Conv2D(2, 3), keras.layers.Flatten()])
    model(X[:2]) if kind == "called" else model.build((None, 8, 8, 1))
    model.save(place / "model.keras")
    options = ["--calibration", "@images.npy", "--dump-graphviz", "@graphs"]
    assert made(place, *options, source=place / "model.keras")
    assert (place / "graphs" / "before.dot").is_file()


MISTAKES = {
    "no calibration": (["--recipe", "int8"], "recipe 'int8' needs calibration"),
    "unknown recipe": (["--recipe", "int9"], "no recipe 'int9'; choose one of float32, float16"),
    "unknown ranges": (["--ranges", "widest"], "No ranges 'widest'; choose one of min_max, perc"),
    "missing data": (["--calibration", "@none.npy"], "none.npy is not there"),
    "data of a wrong shape": (["--calibration", "@flat.npy"], "has shape (50, 64)"),
    "data without use": (["--recipe", "dynamic", "--calibration", "@images.npy"], "no use for cal"),
    "unknown operator": (
        ["--calibration", "@images.npy", "--keep-float", "surprise"],
        "no operator puts out 'surprise'",
    ),
    "unknown type": (["--calibration", "@images.npy", "--io", "int3"], "int3"),
    "missing folder": (["-o", "@none/made.tflite"], "there is no folder"),
    "folder as output": (["-o", "@"], "it is a folder"),
}


@pytest.mark.parametrize(("options", "message"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_leaves_the_old_file_and_one_line(place, options, message):
    (place / "made.tflite").write_bytes(b"old")
    before = sorted(place.rglob("*"))
    done = convert(place, *options)
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("qnn-edu: ") and message in line
    assert sorted(place.rglob("*")) == before
    assert (place / "made.tflite").read_bytes() == b"old"


@pytest.mark.parametrize("source", ["none.keras", "images.npy", ""])
def test_what_is_no_trained_model_is_refused(place, source):
    done = convert(place, "--recipe", "float32", source=place / source)
    assert done.exit_code == 1 and len(done.stderr.splitlines()) == 1
    assert "SavedModel" in done.stderr
    assert not (place / "made.tflite").exists()


@pytest.mark.parametrize("name", RANGE_METHODS)
def test_every_range_method_of_the_package_is_offered_by_its_name(place, name):
    method = RANGE_METHODS[name]
    done = convert(place, "--calibration", "@images.npy", "--ranges", name)
    assert (done.exit_code == 0) is not method.in_order
    if done.exit_code == 0 and name != CONVERTERS_OWN:
        model = nets.load_model(KERAS)
        wanted = nets.convert(model, "int8", calibration=X, ranges=method)
        assert_same((place / "made.tflite").read_bytes(), wanted)
