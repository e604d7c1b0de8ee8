"""`qnn-edu export-c`: the header it writes, what it says of it, and what it refuses."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from qnn_edu import chip
from qnn_edu.cli import app
from qnn_edu.core.affine import quantize
from qnn_edu.data import asset, digits
from qnn_edu.tflite import read
from tests.chip.compiled import Compiled, assert_equals_engine

INT8 = asset("digits_int8.tflite")


def export_c(*arguments):
    return CliRunner().invoke(app, ["export-c", *map(str, arguments)])


def test_it_writes_the_header_and_says_its_sizes(tmp_path):
    done = export_c(INT8, "-o", tmp_path / "model.h")
    assert (done.exit_code, done.stderr) == (0, "")
    assert (tmp_path / "model.h").read_text() == chip.export_c(read(INT8))
    assert done.stdout.endswith(
        "model.h: model_run, 11,986 bytes of constants, 3,072 bytes of arena\n"
    )


def test_the_header_that_it_writes_equals_the_engine(tmp_path):
    assert export_c(INT8, "-o", tmp_path / "m.h", "--name", "m0").exit_code == 0
    graph = read(INT8)
    program = Compiled([graph], tmp_path, headers=[(tmp_path / "m.h").read_text()])
    images = quantize(digits("test")[0][:20], graph.tensors[graph.inputs[0]].params)
    assert assert_equals_engine(program, 0, images[:, np.newaxis]) == 200


def test_json_has_what_a_script_wants(tmp_path):
    done = export_c(INT8, "-o", tmp_path / "d.h", "--name", "digits", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["function"] == "digits_run"
    assert told["sizes"] == {"constants": 11986, "arena": 3072}
    (image,), (scores,) = told["inputs"], told["outputs"]
    assert (image["type"], image["shape"], image["bytes"]) == ("INT8", [1, 8, 8, 1], 64)
    assert (image["zero_point"], scores["zero_point"]) == (-128, -128)
    assert np.float32(scores["scale"]) == np.float32(1 / 256)


def test_it_writes_to_a_pipe():
    done = export_c(INT8, "-o", "/dev/null")
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((asset("digits_float32.tflite"),), "10 of 10 operators cannot be exported"),
        ((INT8, "--name", "my-model"), "'my-model' is no name for C; expected a letter"),
        ((INT8, "-o", "none/model.h"), "there is no folder 'none'"),
        (("none.tflite",), "none.tflite is not there"),
        ((__file__,), "Not a LiteRT model"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_no_file(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = export_c("-o", "model.h", *arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("qnn-edu: ") and message in line
    assert list(tmp_path.iterdir()) == []


def test_an_output_is_needed():
    done = export_c(INT8)
    assert done.exit_code == 2 and "--output" in done.stderr
