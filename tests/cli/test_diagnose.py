"""`qnn-edu diagnose`: what it prints, its exit codes, and the data that it takes."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from qnn_edu.cli import app
from qnn_edu.data import asset, digits
from qnn_edu.nets.quiet import load_keras

pytest.importorskip("tensorflow", reason="needs TensorFlow: the extra 'full'")

MODEL = asset("digits.keras")


def diagnose(*arguments):
    return CliRunner().invoke(app, ["diagnose", *map(str, arguments)])


@pytest.fixture
def data(tmp_path):
    x, y = digits("test")

    def write(**arrays):
        np.savez(tmp_path / "data.npz", **{"x": x[:100], "y": y[:100]} | arrays)
        return tmp_path / "data.npz"

    return write


@pytest.mark.slow
def test_a_healthy_network_ends_with_0(data):
    done = diagnose(MODEL, "--data", data(calibration=digits("train")[0][:50]))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Diagnosis of digits_net: nothing is wrong\n")


@pytest.mark.slow
def test_a_finding_ends_with_1_and_json_has_all_of_it(data):
    spoiled = digits("train")[0][:50]
    spoiled[3] *= 255
    done = diagnose(MODEL, "--data", data(calibration=spoiled), "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    (finding,) = told["findings"]
    assert not told["healthy"] and finding["where"] == "calibration example 3"


def test_arrays_of_other_names_are_refused(data):
    done = diagnose(MODEL, "--data", data(images=np.zeros(3)))
    assert done.exit_code == 1
    assert "holds images, x, y; expected x, and if there are any, y and calibration" in done.stderr


@pytest.fixture
def two_inputs(tmp_path):
    keras = load_keras()

    images = [keras.Input((4,), name=name) for name in ("left", "right")]
    keras.Model(images, keras.layers.Dense(3)(keras.layers.Add()(images))).save(
        tmp_path / "two.keras"
    )
    return tmp_path / "two.keras"


# Keras saves by an __array__ of TensorFlow that does not know the argument copy.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.slow
def test_several_inputs_are_read_by_name(two_inputs, tmp_path):
    rng = np.random.default_rng(0)
    x = {name: rng.normal(size=(200, 4)) for name in ("left", "right")}
    calibration = {f"calibration_{name}": values for name, values in x.items()}
    np.savez(tmp_path / "two.npz", **x, **calibration)
    done = diagnose(two_inputs, "--data", tmp_path / "two.npz", "--tolerance", "50")
    assert (done.exit_code, done.stderr) == (0, "")
    np.savez(tmp_path / "one.npz", x=x["left"])
    done = diagnose(two_inputs, "--data", tmp_path / "one.npz")
    assert "holds x; expected left, right, and if there are any, y and calibration_left" in (
        done.stderr
    )
