"""`qnn-edu inspect`: its JSON is what LiteRT's own interpreter says, to the last bit."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from typer.testing import CliRunner

from qnn_edu.cli import app
from qnn_edu.cli.contents import how_quantized, options_text, size_of
from qnn_edu.data import asset
from qnn_edu.tflite import read

MODELS = ["digits_float32.tflite", "digits_int8.tflite"]
REAL_MODELS = [
    "kws_dscnn_int8.tflite",
    "mobilenet_v1_0.25_128_uint8.tflite",
    "mobilenet_v1_0.5_160_uint8.tflite",
    "resnet8_cifar10_float.tflite",
    "resnet8_cifar10_int8.tflite",
]


def inspected(file, *options):
    done = CliRunner().invoke(app, ["inspect", str(file), *options])
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    return done.stdout


def assert_json_says_what_litert_says(file):
    plain = json.loads(inspected(file, "--json"))
    (main,) = plain["subgraphs"]
    oracle = Interpreter(model_path=str(file))
    details = oracle.get_tensor_details()  # before allocate_tensors, which changes dense layers
    assert [t["index"] for t in main["tensors"]] == [d["index"] for d in details]
    for tensor, detail in zip(main["tensors"], details, strict=True):
        quantization = detail["quantization_parameters"]
        assert tensor["name"] == detail["name"]
        assert tensor["shape"] == detail["shape"].tolist()
        assert tensor["type"].lower() == np.dtype(detail["dtype"]).name
        assert (tensor["scale"] or []) == quantization["scales"].tolist()
        assert (tensor["zero_point"] or []) == quantization["zero_points"].tolist()
        if tensor["axis"] is not None:
            assert tensor["axis"] == quantization["quantized_dimension"]
        assert tensor["bytes"] == detail["shape"].prod() * np.dtype(detail["dtype"]).itemsize
    assert main["inputs"] == [d["index"] for d in oracle.get_input_details()]
    assert main["outputs"] == [d["index"] for d in oracle.get_output_details()]
    for operator, detail in zip(main["operators"], oracle._get_ops_details(), strict=True):
        assert (operator["index"], operator["name"]) == (detail["index"], detail["op_name"])
        assert operator["inputs"] == detail["inputs"].tolist()
        assert operator["outputs"] == detail["outputs"].tolist()
    return plain


def assert_sizes_add_up(plain, file):
    size = plain["sizes"]
    constants = [t for t in plain["subgraphs"][0]["tensors"] if t["constant"]]
    assert sum(size["constants"].values()) == sum(t["bytes"] for t in constants)
    assert size["file"] == file.stat().st_size
    assert size["overhead"] == size["file"] - sum(size["constants"].values()) > 0


@pytest.mark.parametrize("name", MODELS)
def test_json_of_our_models_says_what_litert_says(name):
    assert_sizes_add_up(assert_json_says_what_litert_says(asset(name)), asset(name))


@pytest.mark.parametrize("name", REAL_MODELS)
def test_json_of_real_models_says_what_litert_says(name, real_data):
    file = real_data / "models" / name
    assert_sizes_add_up(assert_json_says_what_litert_says(file), file)


@pytest.mark.parametrize("name", MODELS)
def test_json_has_every_option_as_the_reader_has_it(name):
    operators = json.loads(inspected(asset(name), "--json"))["subgraphs"][0]["operators"]
    for plain, operator in zip(operators, read(asset(name)).operators, strict=True):
        assert plain["options"] == operator.options
        assert plain["version"] == operator.version


def test_text_has_a_row_for_each_operator_and_each_tensor():
    graph, lines = read(asset("digits_int8.tflite")), inspected(asset("digits_int8.tflite"))
    first, second = lines.split("Tensors")
    for op in graph.operators:
        row = next(line.split() for line in first.splitlines() if line.startswith(f" {op.index} "))
        assert row[1] == op.name
        assert row[-1] == str(op.outputs[-1])
    roles = {row[0]: row[-1] for row in map(str.split, second.splitlines()) if len(row) > 4}
    assert (roles["0"], roles["1"], roles["18"], roles["27"]) == (
        "input",
        "constant",
        "computed",
        "output",
    )


def test_text_sums_up_quantization_and_sizes():
    text = inspected(asset("digits_int8.tflite"), "--no-tensors")
    assert "Tensors" not in text
    assert [row.split() for row in text.splitlines() if "per channel" in row] == [
        ["INT8", "per", "channel", "0", "8", "8,448"],
        ["INT32", "per", "channel", "0", "8", "1,192"],
    ]
    size = asset("digits_int8.tflite").stat().st_size
    assert f"{size:,} bytes = 8,448 in INT8 constants + 1,200 in INT32" in text


def test_names_with_brackets_are_not_taken_for_markup(tmp_path):
    content = asset("digits_int8.tflite").read_bytes()
    named = content.replace(b"serving_default_image:0", b"[red]ng_default_image:0")
    assert named != content and len(named) == len(content)
    (tmp_path / "m.tflite").write_bytes(named)
    assert "[red]ng" in inspected(tmp_path / "m.tflite")


@pytest.mark.parametrize(
    ("bits", "shape", "expected"), [(4, (3, 3), 5), (8, (3, 3), 9), (32, (), 4)]
)
def test_bytes_are_those_of_packed_bits(bits, shape, expected):
    assert size_of(SimpleNamespace(bits=bits, shape=shape)) == expected


def test_usual_options_are_left_out_of_the_text_and_others_are_not():
    options = {"stride_w": 1, "stride_h": 2, "axis": 1, "keep_dims": False, "padding": "SAME"}
    assert options_text(SimpleNamespace(options=options)) == "stride_h=2 axis=1 padding=SAME"


@pytest.mark.parametrize(
    ("scale", "axis", "words"),
    [(None, None, "no"), (0.5, None, "per tensor"), ([1], 0, "per channel")],
)
def test_words_for_quantization(scale, axis, words):
    assert how_quantized(SimpleNamespace(scale=scale, axis=axis)) == words
