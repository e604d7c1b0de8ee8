"""Writing tables: LiteRT computes the same from them, and nothing is lost without a word."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from qnn_edu.data import asset
from qnn_edu.tflite import extract, read
from qnn_edu.tflite.flatbuffer import pack, parse
from qnn_edu.tflite.table import Table

MODELS = [asset(f"digits_{name}.tflite") for name in ("float32", "int8")]


def outputs(content):
    """What LiteRT computes from the same random input."""
    model = Interpreter(model_content=content)
    model.allocate_tensors()
    rng = np.random.default_rng(0)
    for detail in model.get_input_details():
        values = rng.integers(0, 100, detail["shape"]).astype(detail["dtype"])
        model.set_tensor(detail["index"], values)
    model.invoke()
    return [model.get_tensor(detail["index"]) for detail in model.get_output_details()]


def assert_computes_the_same(content):
    packed = pack(parse(content))
    for before, after in zip(outputs(content), outputs(packed), strict=True):
        np.testing.assert_array_equal(before, after)
    start = np.frombuffer(packed, np.uint8).ctypes.data
    data = [b.data for b in parse(packed).buffers if b.data is not None and len(b.data)]
    assert data and all((each.ctypes.data - start) % 16 == 0 for each in data)


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_litert_computes_the_same_from_a_packed_model(model):
    assert_computes_the_same(model.read_bytes())


@pytest.mark.parametrize("name", ["resnet8_cifar10_int8", "mobilenet_v1_0.25_128_uint8"])
def test_litert_computes_the_same_from_a_packed_real_model(name, real_data):
    assert_computes_the_same((real_data / "models" / f"{name}.tflite").read_bytes())


def test_litert_runs_what_extract_wrote_to_the_same_end():
    """All operators, then from what the first one puts out to the end."""
    content = MODELS[1].read_bytes()
    graph = read(content)
    whole = extract(content, range(len(graph.operators)))
    np.testing.assert_array_equal(outputs(whole)[-1], outputs(content)[0])
    first, rest = extract(content, [0]), extract(content, range(1, len(graph.operators)))
    model = Interpreter(model_content=rest)
    model.allocate_tensors()
    (detail,) = model.get_input_details()
    model.set_tensor(detail["index"], outputs(first)[0])
    model.invoke()
    last = model.get_output_details()[-1]["index"]
    np.testing.assert_array_equal(model.get_tensor(last), outputs(content)[0])


def test_a_table_has_its_fields_and_no_others():
    with pytest.raises(AttributeError, match="Buffer has no field 'bytes'; it has .'data'"):
        Table("Buffer").bytes = b""
    with pytest.raises(AttributeError, match="Tensor has no field 'zero_point'"):
        Table("Tensor", zero_point=3)


def test_a_table_with_newer_fields_is_not_written_without_them():
    """They may mean anything, so a copy that lacks them would be another model."""
    model = parse(MODELS[1].read_bytes())
    model.subgraphs[0].tensors[3].newer = True
    with pytest.raises(ValueError, match="A Tensor of this file has fields that are newer"):
        pack(model)
