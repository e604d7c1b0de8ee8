"""Loops, branches and states are refused before TensorFlow's calibrator, which dies of them."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from qnn_edu.nets import calibrate, convert, load_model, run_tflite, tensorflow_graph
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite import read

X = np.random.default_rng(0).uniform(-1, 1, (6, 5, 3)).astype(np.float32)
LAYERS = {
    "LSTM": keras.layers.LSTM,
    "GRU": keras.layers.GRU,
    "SimpleRNN": keras.layers.SimpleRNN,
}


def network(kind, batch=None, **options):
    x = keras.Input(batch_shape=(batch, 5, 3), name="x")
    return keras.Model(x, LAYERS[kind](4, name="memory", **options)(x))


@pytest.mark.parametrize("recipe", ["int8", "int16x8"])
@pytest.mark.parametrize("batch", [None, 1])
@pytest.mark.parametrize("kind", LAYERS)
def test_a_loop_is_refused_and_the_way_out_is_named(kind, batch, recipe):
    with pytest.raises(ValueError, match="'memory' holds a loop .*unroll=True"):
        convert(network(kind, batch), recipe, calibration=X)


def test_calibration_alone_refuses_it_too():
    with pytest.raises(ValueError, match="'memory' holds a loop"):
        calibrate(network("LSTM"), X)


@pytest.mark.parametrize("kind", LAYERS)
def test_a_loop_unrolled_is_converted_and_takes_over_the_weights(kind):
    looped, unrolled = network(kind), network(kind, unroll=True)
    unrolled.set_weights(looped.get_weights())
    expected = np.asarray(looped(X))
    for model in (looped, unrolled):
        found = run_tflite(convert(model, "float32"), X).outputs[0]
        np.testing.assert_allclose(found, expected, atol=1e-5)
    content = convert(unrolled, "int8", calibration=X, io="float32")
    assert "WHILE" not in {op.name for op in read(content).operators}
    assert np.abs(run_tflite(content, X).outputs[0] - expected).max() < 0.1


def test_a_branch_is_refused():
    tf = load_tensorflow()

    @tf.function(input_signature=[tf.TensorSpec((None, 3), name="x")])
    def bent(x):
        return tf.cond(tf.reduce_sum(x) > 0, lambda: x, lambda: 2 * x)

    with pytest.raises(ValueError, match="holds a loop or a branch"):
        convert(bent, "int8", calibration=X[:, 0])


def test_a_state_is_refused():
    model = network("LSTM", 1, stateful=True, unroll=True)
    with pytest.raises(ValueError, match="'memory' writes to a variable .*stateful=True"):
        convert(model, "int8", calibration=X)
    with pytest.raises(ValueError, match="writes to a variable"):
        tensorflow_graph(model)


def test_a_loop_in_a_saved_model_is_refused(tmp_path):
    network("GRU").export(tmp_path, verbose=False)
    with pytest.raises(ValueError, match="holds a loop"):
        convert(load_model(tmp_path), "int8", calibration=X)


CASES = """
import keras, numpy as np
from qnn_edu.nets import convert

X = np.random.default_rng(0).uniform(-1, 1, (6, 5, 3)).astype(np.float32)
TOKENS = np.full((6, 5), 77, np.int32)
layers = keras.layers


def of(shape, *stack, **options):
    return keras.Sequential([keras.Input(shape, **options), *stack])


cases = {
    "LSTM": (of((5, 3), layers.LSTM(4), batch_size=1), X),
    "GRU": (of((5, 3), layers.GRU(4), batch_size=1), X),
    "both ways": (of((5, 3), layers.Bidirectional(layers.LSTM(4))), X),
    "stateful": (of((5, 3), layers.LSTM(4, stateful=True), batch_size=1), X),
    "no row": (of((5,), layers.Embedding(9, 4), dtype="int32"), TOKENS),
    "negative row": (of((5,), layers.Embedding(9, 4), dtype="int32"), -TOKENS),
    "text": (of((1,), layers.StringLookup(vocabulary=["a"]), dtype="string"), TOKENS),
    "table": (of((5,), layers.IntegerLookup(vocabulary=[1]), dtype="int32"), TOKENS),
    "nothing": (keras.Sequential([]), X),
    "no layer": (of((5, 3)), X),
    "no values": (of((0,), layers.Dense(3)), np.zeros((6, 0), np.float32)),
    "random": (of((5, 3), layers.GaussianNoise(1.0), layers.Dense(2)), X),
    "not finite": (of((5, 3), layers.Activation("log_softmax"), layers.Dense(2)), np.nan * X),
}
for name, (model, data) in cases.items():
    for recipe in ("float32", "int8", "int16x8"):
        try:
            convert(model, recipe, calibration=data if recipe != "float32" else None)
        except ValueError:
            pass
    print(name, flush=True)
"""


@pytest.mark.slow
def test_nothing_ends_the_process_and_no_error_is_foreign():
    line = [sys.executable, "-c", CASES]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout, done.stderr[-2000:])
    assert len(done.stdout.splitlines()) == 13
