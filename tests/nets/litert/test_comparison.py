"""Files side by side: accuracy, size, time and integer operators of each, and refusals."""

import numpy as np
import pytest

from qnn_edu import quantize
from qnn_edu.data import asset, digits
from qnn_edu.engine import KERNEL_SETS
from qnn_edu.nets import compare, convert, run_tflite
from qnn_edu.nets.litert.comparison import Comparison, integer_share
from qnn_edu.nets.litert.interpreter import time_in_turns
from qnn_edu.nets.quiet import load_keras
from qnn_edu.tflite import Graph, Operator, Subgraph, Tensor, read

FILES = {name: asset(f"digits_{name}.tflite") for name in ("float32", "int8")}
X, Y = digits("test")
INPUT = read(FILES["int8"]).tensors[0].params


@pytest.fixture(scope="module")
def made():
    """Files of the digits network by other recipes."""
    model, x = load_keras().models.load_model(asset("digits.keras")), digits("train")[0][:20]
    return {
        "float io": convert(model, "int8", calibration=x, io="float32"),
        "int16x8": convert(model, "int16x8", calibration=x),
        "float16": convert(model, "float16"),
        "dynamic": convert(model, "dynamic"),
        "one in float": convert(model, "int8", calibration=x, keep_float=["block2_depthwise_relu"]),
    }


@pytest.mark.parametrize("kernels", KERNEL_SETS)
def test_a_row_says_what_each_measure_says_alone(kernels):
    rows = compare(FILES, (X, Y), kernels=kernels, repeats=1)
    inputs = {"float32": X, "int8": quantize(X, INPUT)}
    assert [row.name for row in rows] == list(FILES)
    for row in rows:
        scores = run_tflite(FILES[row.name], inputs[row.name], kernels=kernels).outputs[0]
        assert row.accuracy == 100 * (scores.argmax(axis=1) == Y).mean()
        assert row.size == FILES[row.name].stat().st_size
        assert row.time > 0


def test_bytes_serve_as_well_as_paths():
    models = {"file": FILES["int8"], "bytes": FILES["int8"].read_bytes()}
    (file, content) = compare(models, (X[:50], Y[:50]), repeats=1)
    assert (file.size, file.accuracy) == (content.size, content.accuracy)


def test_the_share_of_integer_operators_of_each_recipe(made):
    """QUANTIZE and DEQUANTIZE do not count, nor do weights: hybrid operators are float."""
    share = {name: integer_share(read(content)) for name, content in made.items()}
    assert share == {
        "float io": 1.0,
        "int16x8": 1.0,
        "float16": 0.0,
        "dynamic": 0.0,
        "one in float": 0.9,
    }


def test_operators_that_work_out_shapes_do_not_count():
    image = Tensor(0, "image", (1, 8), np.dtype(np.int8), np.float32(1), 0)
    shape, place = (Tensor(i, str(i), (2,), np.dtype(np.int32)) for i in (1, 2))
    scores = Tensor(3, "scores", (1, 8), np.dtype(np.float32))
    operators = [("SHAPE", 0, 1), ("SOFTMAX", 0, 3), ("ARG_MAX", 3, 2)]
    main = Subgraph(
        name="main",
        tensors=(image, shape, place, scores),
        operators=tuple(Operator(i, op, 1, (a,), (b,)) for i, (op, a, b) in enumerate(operators)),
        inputs=(0,),
        outputs=(2,),
    )
    # SOFTMAX alone counts, and it puts out float32.
    assert integer_share(Graph((main,), size=0)) == 0.0


def test_a_row_has_a_heading_and_a_format_for_every_field():
    row = Comparison("a", size=42_528, accuracy=99.718, time=3.21e-6, integer_share=0.9)
    shown = {}
    for name, field in Comparison.__dataclass_fields__.items():
        form, value = field.metadata.get("format", ""), getattr(row, name)
        shown[field.metadata["heading"]] = form(value) if callable(form) else format(value, form)
    assert shown == {
        "model": "a",
        "size (bytes)": "42,528",
        "accuracy (%)": "99.72",
        "time (µs)": "3.2",
        "integer operators": "90%",
    }


def test_models_that_take_turns_each_get_their_time():
    times = time_in_turns([(FILES["float32"], X), (FILES["int8"], quantize(X, INPUT))], repeats=3)
    assert len(times) == 2 and min(times) > 0


@pytest.mark.parametrize(
    ("models", "data", "message"),
    [
        ({}, (X, Y), "no model given"),
        (FILES, (X, Y[:-1]), r"got \(355, 8, 8, 1\) and \(354,\)"),
        (FILES, (X[:0], Y[:0]), "n at least 1"),
        (FILES, (X, np.eye(10)[Y]), r"labels \(n,\).*and \(355, 10\)"),
        (FILES, (X, Y - 1.5), "class numbers 0, 1, 2, ...; got float64"),
        (FILES, (X, Y.astype(int) - 1), "class numbers"),
        (FILES, (X, Y.astype(int) + 1), "label 10 for a model of 10 classes"),
        (FILES, (X[..., 0], Y), r"has shape \(1, 8, 8, 1\)"),
        (FILES, (quantize(X, INPUT), Y), "real numbers.*got int8"),
        ({"a": b"no model"}, (X, Y), "Not a LiteRT model"),
    ],
)
def test_what_does_not_fit_is_refused(models, data, message):
    with pytest.raises(ValueError, match=message):
        compare(models, data, repeats=1)


@pytest.mark.parametrize("repeats", [0, 1.5])
def test_repeats_must_be_a_count(repeats):
    with pytest.raises(ValueError, match="repeats must be a whole number of at least 1"):
        compare(FILES, (X, Y), repeats=repeats)
