"""The same runs with JAX in TensorFlow's place: layers are written in `keras.ops`."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
pytestmark = [
    pytest.mark.more,
    pytest.mark.skipif(
        importlib.util.find_spec("jax") is None, reason="needs JAX: the extra 'jax'"
    ),
]
GRADIENTS = """
import json, sys
import numpy as np
import keras
from qnn_edu.nets.qat.prepare import quantize_aware

keras.utils.set_random_seed(0)
image = keras.Input((8, 8, 1), name="image")
x = keras.layers.DepthwiseConv2D(3, depth_multiplier=4, use_bias=False)(image)
x = keras.layers.Conv2D(6, 3, use_bias=False)(keras.layers.ReLU()(x))
x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
x = keras.layers.Dense(10, activation="softmax")(keras.layers.Flatten()(x))
net = quantize_aware(keras.Model(image, x), weight_bits=3, activation_bits=3, ranges="learned")
x = np.random.default_rng(0).random((32, 8, 8, 1), np.float32)
y = np.arange(32) % 10
net(x, training=True)  # learned ranges begin
for layer in net.layers:  # those of weights with the largest on the last level, where slopes jump
    if hasattr(layer, "step"):
        layer.step.assign(1.01 * layer.step)
start = [w.tolist() for w in net.get_weights()]
if len(sys.argv) > 1:
    start = json.load(open(sys.argv[1]))["start"]
    net.set_weights([np.array(w, v.dtype) for w, v in zip(start, net.get_weights())])
net.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
net.fit(x, y, batch_size=32, epochs=1, shuffle=False, verbose=0)
print(json.dumps({"start": start, "after": [w.tolist() for w in net.get_weights()]}))
"""
DISTILLED = """
import json
import numpy as np
import keras
from qnn_edu import nets

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

def net(filters):
    image = keras.Input((8, 8, 1), name="image")
    x = keras.layers.ReLU()(keras.layers.Conv2D(filters, 3, name="conv")(image))
    x = keras.layers.Dense(5, activation="softmax", name="dense")(keras.layers.Flatten()(x))
    model = keras.Model(image, x)
    model.set_weights([rng.normal(0, 0.1, w.shape) for w in model.get_weights()])
    return model

student = nets.quantize_aware(net(4), weight_bits=8, activation_bits=8)
taught = nets.distill(student, net(6), weight=0.5)
taught.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
x, y = rng.random((32, 8, 8, 1), np.float32), np.arange(32) % 5
losses = taught.fit(x, y, batch_size=8, epochs=4, shuffle=False, verbose=0).history["loss"]
print(json.dumps(losses + [taught.evaluate(x, y, verbose=0)]))
"""
SWEEP = """
import json, pathlib, sys
from qnn_edu.nets.runs import sweeping

runs = sweeping.grid(
    "digits", "digits_net", methods=["qat"], bits=[4], seeds=[1], ranges=[sys.argv[2]],
    common={"backend": "jax"},
    by_method={"float": {"epochs": 4, "batch": 16}, "qat": {"epochs": 3, "batch": 32}},
)
outcomes = list(sweeping.sweep(runs, pathlib.Path(sys.argv[1])))
print(json.dumps([outcome.result or outcome.reason for outcome in outcomes]))
"""


def python(code, backend, *arguments):
    """What a process of its own with this backend prints last."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | {"KERAS_BACKEND": backend},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_step_of_training_is_the_same_on_both(tmp_path):
    """But for values so near the middle of two levels that the last bit of a sum decides."""
    on_tensorflow = python(GRADIENTS, "tensorflow")
    (tmp_path / "start.json").write_text(json.dumps(on_tensorflow))
    on_jax = python(GRADIENTS, "jax", tmp_path / "start.json")
    moved = 0.0
    for start, one, other in zip(
        on_tensorflow["start"], on_tensorflow["after"], on_jax["after"], strict=True
    ):
        way = np.abs(np.subtract(one, start)).max()
        assert np.abs(np.subtract(other, one)).max() <= 0.08 * way + 1e-5
        moved += way if np.ndim(one) else 0  # a counter of batches moves by 1 anyway
    assert moved > 0.1


def test_a_teacher_teaches_the_same_on_both():
    one, other = (python(DISTILLED, backend) for backend in ("tensorflow", "jax"))
    np.testing.assert_allclose(one, other, rtol=0.005)
    assert one[-1] < one[0]


@pytest.mark.parametrize("ranges", ["ema", "learned"])
def test_a_network_is_trained_and_its_file_is_as_right(tmp_path, ranges):
    _, result = python(SWEEP, "jax", tmp_path, ranges)
    assert result["run"]["backend"] == "jax" and result["accuracy"] > 75
    for accuracy in result["file"]["accuracy"].values():
        assert abs(accuracy - result["accuracy"]) < 1.5
