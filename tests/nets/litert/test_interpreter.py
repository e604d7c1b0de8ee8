"""Running model files: batches, kernels, intermediate tensors, refusals."""

import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest

from qnn_edu import quantize
from qnn_edu.data import asset, digits
from qnn_edu.engine import KERNEL_SETS
from qnn_edu.nets import convert, run_tflite, time_tflite
from qnn_edu.nets.quiet import load_keras
from qnn_edu.tflite import read
from qnn_edu.tflite.flatbuffer import pack, parse
from tests.oracle.one_operator import Spec, model

FLOAT, INT8 = asset("digits_float32.tflite"), asset("digits_int8.tflite")
GRAPH = read(INT8)
PARAMS = GRAPH.tensors[GRAPH.inputs[0]].params
X, Y = digits("test")
X_I8 = quantize(X, PARAMS)


@pytest.mark.parametrize("kernels", KERNEL_SETS)
@pytest.mark.parametrize(("model", "x"), [(FLOAT, X), (INT8, X_I8)], ids=["float32", "int8"])
def test_a_batch_is_its_images_one_by_one(kernels, model, x):
    graph = read(model)
    batch = run_tflite(model, x[:5], kernels=kernels, keep=True)
    for k in range(5):
        one = run_tflite(model, x[k : k + 1], kernels=kernels, keep=True)
        assert one.tensors.keys() == batch.tensors.keys()
        for index, value in one.tensors.items():
            constant = graph.tensors[index].data is not None
            image = batch.tensors[index] if constant else batch.tensors[index][k : k + 1]
            np.testing.assert_array_equal(image, value)


@pytest.mark.parametrize("kernels", KERNEL_SETS)
def test_keeping_tensors_changes_no_output(kernels):
    kept = run_tflite(INT8, X_I8[:50], kernels=kernels, keep=True)
    plain = run_tflite(INT8, X_I8[:50], kernels=kernels)
    np.testing.assert_array_equal(kept.outputs[0], plain.outputs[0])
    assert plain.tensors == {}
    assert list(kept.tensors) == list(range(len(GRAPH.tensors)))
    np.testing.assert_array_equal(kept.tensors[GRAPH.inputs[0]], X_I8[:50])
    np.testing.assert_array_equal(kept.tensors[GRAPH.outputs[0]], kept.outputs[0])
    for tensor in GRAPH.tensors:
        assert kept.tensors[tensor.index].dtype == tensor.dtype
        if tensor.data is not None:
            np.testing.assert_array_equal(kept.tensors[tensor.index], tensor.data)


def test_each_word_for_the_kernels_reaches_kernels_of_its_own():
    """They add the same products in another order, so the last bits of float sums tell them."""
    runs = [run_tflite(FLOAT, X, kernels=kernels).outputs[0] for kernels in KERNEL_SETS]
    for a, b in combinations(runs, 2):
        assert np.any(a != b)
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_the_integer_kernels_round_alike_and_xnnpack_does_not():
    runs = {k: run_tflite(INT8, X_I8, kernels=k, keep=True).tensors for k in KERNEL_SETS}
    convolutions = [op.outputs[0] for op in GRAPH.operators[:7]]
    for i in convolutions:
        np.testing.assert_array_equal(runs["reference"][i], runs["optimized"][i])
    assert any(np.any(runs["reference"][i] != runs["xnnpack"][i]) for i in convolutions)


def test_a_list_is_one_array_an_input():
    alone, listed = run_tflite(FLOAT, X[:3]), run_tflite(str(FLOAT), [X[:3]])
    np.testing.assert_array_equal(alone.outputs[0], listed.outputs[0])


@pytest.mark.parametrize(
    ("model", "inputs", "message"),
    [
        (INT8, X, r"takes int8; got float32. Quantize it first: q = qnn_edu.quantize"),
        (FLOAT, X_I8, r"takes float32; got int8"),
        (FLOAT, X[..., 0], r"has shape \(1, 8, 8, 1\); got \(355, 8, 8\)"),
        (FLOAT, X[:0], r"or a batch \(n, 8, 8, 1\)"),
        (FLOAT, np.float32(1), r"got \(\)"),
        (FLOAT, [X, X], r"has 1 input\(s\); 2 were given"),
        (b"no model", X, "Not a LiteRT model"),
    ],
)
def test_a_wrong_input_is_refused(model, inputs, message):
    with pytest.raises(ValueError, match=message):
        run_tflite(model, inputs)


def test_unknown_kernels_are_refused():
    with pytest.raises(ValueError, match="No kernels 'fast'; choose one of reference, optimized"):
        run_tflite(FLOAT, X, kernels="fast")


@pytest.mark.parametrize("kernels", ["reference", "optimized"])
def test_a_model_that_litert_refuses_is_refused_with_its_words(kernels):
    """int8 weights must have zero point 0: this file says 3."""
    model = parse(INT8.read_bytes())
    weight = model.subgraphs[0].tensors[GRAPH.operators[0].inputs[1]]
    weight.quantization.zero_point = np.full_like(weight.quantization.zero_point, 3)
    with pytest.raises(ValueError, match=f"cannot load this model with {kernels} kernels: .*conv"):
        run_tflite(pack(model), X_I8, kernels=kernels)


def test_a_time_is_a_positive_number_of_seconds():
    assert time_tflite(FLOAT, X[:1], repeats=3) > 0


def test_running_a_model_loads_no_tensorflow_and_writes_nothing():
    code = (
        "import sys; from qnn_edu.data import asset, digits; from qnn_edu.nets import run_tflite;"
        "run_tflite(asset('digits_float32.tflite'), digits('test')[0][:2], keep=True);"
        "print('tensorflow' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("False\n", "")


def test_a_scale_of_which_litert_would_die_is_refused():
    """Softmax of all but nothing: reference kernels end the process, the others answer."""
    model = parse(INT8.read_bytes())
    scores = model.subgraphs[0].tensors[GRAPH.operators[-1].inputs[0]]
    scores.quantization.scale = np.float32([2.0**-27])
    with pytest.raises(ValueError, match="would abort at operator 9, SOFTMAX: its input has the"):
        run_tflite(pack(model), X_I8, kernels="reference")
    assert run_tflite(pack(model), X_I8[:1], kernels="optimized").outputs[0].shape == (1, 10)


@pytest.mark.parametrize("kernels", KERNEL_SETS)
@pytest.mark.parametrize(("dtype", "places"), [(np.int8, 20), (np.int16, 15)])
def test_a_sum_of_which_litert_would_die_is_refused(dtype, places, kernels):
    """Its output is so fine that the multiplier of a sum is 1; a little coarser, and it runs."""
    x = [np.ones((1, 2), dtype)] * 2
    for scale, dies in ((2.0 ** (1 - places), True), (2.0 ** (1 - places) * 1.001, False)):
        terms, output = [Spec((1, 2), dtype, 1.0)] * 2, Spec((1, 2), dtype, scale)
        options = {"potScaleInt16": False, "version": 2 if dtype == np.int8 else 4}
        content = model("ADD", terms, output, "AddOptions", **options)
        if dies:
            with pytest.raises(ValueError, match="would abort at operator 0, ADD: its output has"):
                run_tflite(content, x, kernels=kernels)
        else:
            assert run_tflite(content, x, kernels=kernels).outputs[0].min() > 100


def test_an_operator_that_stops_is_named():
    """A place beyond the table of an embedding."""
    keras = load_keras()
    x = keras.Input((3,), dtype="int32")
    content = convert(keras.Model(x, keras.layers.Embedding(5, 2)(x)), "float32")
    with pytest.raises(ValueError, match=r"cannot run this model with reference kernels: .*GATHER"):
        run_tflite(content, np.full((1, 3), 99, np.int32), kernels="reference")


def test_a_recurrent_network_forgets_between_images():
    keras = load_keras()
    x = keras.Input((4, 3))
    content = convert(keras.Model(x, keras.layers.LSTM(2)(x)), "float32")
    sequences = np.random.default_rng(0).normal(size=(3, 4, 3)).astype(np.float32)
    together = run_tflite(content, sequences).outputs[0]
    for one, sequence in zip(together, sequences, strict=True):
        np.testing.assert_array_equal(run_tflite(content, sequence[None]).outputs[0][0], one)
