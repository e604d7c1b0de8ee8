"""Every class that the package registers with Keras is known to a process that only loads."""

import ast
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import qnn_edu
from qnn_edu.nets import quantize_aware
from qnn_edu.nets.quiet import load_tensorflow

PACKAGE = Path(qnn_edu.__file__).parent
RNG = np.random.default_rng(0)


def fresh(code, *arguments):
    """What a new process prints."""
    line = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, text=True, cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


def registered():
    """The names under which classes of the package are registered, read from its sources."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            marks = getattr(node, "decorator_list", [])
            if any("register_keras_serializable" in ast.unparse(mark) for mark in marks):
                yield f"qnn_edu>{node.name}"


@pytest.mark.slow
def test_a_new_process_knows_every_registered_class():
    code = (
        "import sys; from qnn_edu.nets.models.load import register; register()\n"
        "import keras; print(*(name for name in sys.argv[1:]"
        " if keras.saving.get_registered_object(name) is None))"
    )
    names = list(registered())
    assert "qnn_edu>FakeQuantActivation" in names
    assert fresh(code, *names) == []


@pytest.fixture(scope="module")
def prepared():
    image = keras.Input((8, 8, 1), name="image")
    x = keras.layers.ReLU()(keras.layers.Conv2D(4, 3)(image))
    return quantize_aware(keras.Model(image, keras.layers.Dense(3)(keras.layers.Flatten()(x))))


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of Keras to numpy
def test_a_prepared_model_is_loaded_and_converted_in_a_new_process(prepared, suffix, tmp_path):
    x = RNG.uniform(0, 1, (4, 8, 8, 1)).astype(np.float32)
    prepared(x, training=True)
    prepared.save(tmp_path / f"prepared{suffix}")
    np.save(tmp_path / "x.npy", x)
    code = (
        "import sys, numpy as np; from qnn_edu import nets\n"
        "model = nets.load_model(sys.argv[1])\n"
        "np.save(sys.argv[2], model(np.load(sys.argv[2]), training=False))\n"
        "print(nets.convert(model, 'int8')[4:8].decode())"
    )
    assert fresh(code, tmp_path / f"prepared{suffix}", tmp_path / "x.npy") == ["TFL3"]
    found = np.load(tmp_path / "x.npy")
    np.testing.assert_array_equal(found, np.asarray(prepared(x, training=False)))


def test_a_saved_model_of_a_prepared_one_needs_no_class(prepared, tmp_path):
    prepared.export(tmp_path, verbose=False)
    loaded = load_tensorflow().saved_model.load(tmp_path)
    assert "serving_default" in loaded.signatures
