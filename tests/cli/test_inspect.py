"""`qnn-edu inspect`: its JSON is what LiteRT's own interpreter says, to the last bit."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from typer.testing import CliRunner

from qnn_edu.cli import app, takers
from qnn_edu.cli.contents import how_quantized, options_text, size_of
from qnn_edu.data import asset
from qnn_edu.engine import KERNEL_SETS, Blocker
from qnn_edu.tflite import Tensor, read
from qnn_edu.tflite.flatbuffer import pack, parse
from tests.calls import at_most
from tests.tflite.blockwise import drawn, table_of_rows
from tests.tflite.sparse import two_by_four

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


def test_shapes_that_a_file_leaves_empty_are_worked_out(tmp_path):
    model = parse(asset("digits_int8.tflite").read_bytes())
    (main,) = model.subgraphs
    for operator in main.operators:
        for i in operator.outputs:
            main.tensors[i].shape = main.tensors[i].shape_signature = None
    (tmp_path / "m.tflite").write_bytes(pack(model))
    found, whole = (
        json.loads(inspected(file, "--json"))["subgraphs"][0]["tensors"]
        for file in (tmp_path / "m.tflite", asset("digits_int8.tflite"))
    )
    assert [t["shape"] for t in found] == [t["shape"] for t in whole]


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
    ("kind", "shape", "expected"), [("INT4", (3, 3), 5), ("INT8", (3, 3), 9), ("INT32", (), 4)]
)
def test_bytes_are_those_of_packed_bits(kind, shape, expected):
    assert size_of(Tensor(0, "x", shape, np.dtype("int8"), type=kind)) == expected


def test_bytes_of_a_sparse_constant_are_those_that_are_stored():
    (sparse, dense) = read(two_by_four()).tensors
    assert (size_of(sparse), size_of(dense)) == (8, 32)


def test_usual_options_are_left_out_of_the_text_and_others_are_not():
    options = {"stride_w": 1, "stride_h": 2, "axis": 1, "keep_dims": False, "padding": "SAME"}
    assert options_text(SimpleNamespace(options=options)) == "stride_h=2 axis=1 padding=SAME"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "no"),
        ({"scale": np.float32(0.5)}, "per tensor"),
        ({"scale": np.float32([1]), "axis": 0}, "per channel"),
        ({"scale": np.float32([1]), "block": 4}, "in blocks of 4"),
    ],
)
def test_words_for_quantization(fields, words):
    assert how_quantized(Tensor(0, "x", (1, 4), np.dtype("int8"), **fields)) == words


def test_blocks_and_sparse_constants_are_told(tmp_path):
    (tmp_path / "blocks.tflite").write_bytes(table_of_rows(*drawn()))
    (tmp_path / "sparse.tflite").write_bytes(two_by_four())
    blocks = inspected(tmp_path / "blocks.tflite")
    assert "12 blocks of 32" in blocks and "in blocks of 32" in blocks
    assert "constant, 2 of 8 stored" in inspected(tmp_path / "sparse.tflite")
    table = json.loads(inspected(tmp_path / "blocks.tflite", "--json"))
    assert table["subgraphs"][0]["tensors"][1]["block"] == 32
    tree = json.loads(inspected(tmp_path / "sparse.tflite", "--json"))["subgraphs"][0]
    assert tree["tensors"][0]["sparsity"] == {
        "order": [0, 1, 2],
        "formats": ["DENSE", "SPARSE_CSR", "DENSE"],
        "block": [1, 2],
        "stored": 2,
    }


def test_bytes_are_counted_and_never_printed(tmp_path):
    """As a compiled network's one operator has them: 2.7 million, most of them zero."""
    model = parse(asset("digits_int8.tflite").read_bytes())
    model.subgraphs[0].operators[0].custom_options = np.zeros(2_700_000, np.uint8)
    (tmp_path / "m.tflite").write_bytes(pack(model))
    text = inspected(tmp_path / "m.tflite")
    assert "custom_options=2,700,000 bytes" in text and len(text) < 20_000
    plain = json.loads(inspected(tmp_path / "m.tflite", "--json"))["subgraphs"][0]
    assert plain["operators"][0]["options"]["custom_options"] == {"bytes": 2_700_000}


def test_a_long_option_is_cut():
    found = options_text(SimpleNamespace(options={"boundaries": tuple(range(1000))}))
    assert found.startswith("boundaries=(0, 1, 2, ") and found.endswith("...") and len(found) < 120


def test_columns_that_say_nothing_are_left_out():
    heading = inspected(asset("digits_float32.tflite")).split("Tensors")[1].splitlines()[2]
    assert heading.split() == ["#", "name", "shape", "type", "bytes", "role"]


def test_no_line_ends_in_spaces():
    text = inspected(asset("digits_int8.tflite"))
    assert all(line == line.rstrip() for line in text.split("\n"))


def test_the_first_lines_say_who_takes_the_file():
    lines = inspected(asset("digits_int8.tflite")).splitlines()
    yes = "Engine (kernels reference, optimized, xnnpack): yes, "
    assert lines[:2] == [f"{yes}in integers throughout", "C export: yes"]
    lines = inspected(asset("digits_float32.tflite")).splitlines()
    assert lines[0] == f"{yes}10 of 10 operators in float"
    assert lines[1] == "C export: no, 10 of 10 operators cannot"
    assert "FLOAT32" in lines[2] and "3 DEPTHWISE_CONV_2D (1, 3, 5)" in lines[2]


def test_kernel_sets_that_differ_have_lines_of_their_own(monkeypatch):
    found = {"reference": [], "optimized": [Blocker(7, "MEAN", "'x' is odd")], "xnnpack": []}
    found["optimized"] += [Blocker(k, "PAD", f"'tensor {k}' is odd") for k in range(6)]
    found["optimized"].append(Blocker(None, None, "its input is open"))
    monkeypatch.setattr(takers.engine, "blockers", lambda graph, kernels: found[kernels])
    assert list(takers.told(read(asset("digits_int8.tflite"))))[:4] == [
        "Engine (kernels reference, xnnpack): yes, in integers throughout",
        "Engine (kernels optimized): no, 7 of 10 operators cannot",
        "  a tensor is odd: 1 MEAN (7), 6 PAD (0, 1, 2, 3, ...)",
        "  its input is open: the model",
    ]


def test_json_has_every_blocker_with_its_place():
    said = json.loads(inspected(asset("digits_float32.tflite"), "--json"))["takers"]
    graph = read(asset("digits_float32.tflite"))
    assert said["engine"] == {kernels: [] for kernels in KERNEL_SETS}
    assert {b["index"] for b in said["c"]} >= set(range(len(graph.operators)))
    assert {b["operator"] for b in said["c"]} >= {op.name for op in graph.operators}


def test_public_files_are_shown_with_little_work_and_in_100_kb(real_data):
    """All of what the corpus has, blobs of compiled networks and 577 tensors included.

    Idle, each takes a second at most.
    """
    for file in sorted((real_data / "corpus").glob("*/*.tflite")):
        with at_most(4_000_000):
            text = inspected(file)
        assert len(text.encode()) < 100_000, file.name
        assert text.startswith("Engine (kernels "), file.name
