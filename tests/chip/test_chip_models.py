"""Whole models in C, compiled without a warning: every output is the engine's, bit for bit."""

import re

import numpy as np
import pytest

from qnn_edu import chip
from qnn_edu.chip.sources import FOLDER, source
from qnn_edu.core.affine import quantize
from qnn_edu.data import asset, digits
from qnn_edu.tflite import read
from tests.chip.compiled import Compiled, assert_equals_engine, engine_ends, random_inputs
from tests.chip.needs import SANITIZED, need, sanitizers
from tools.chip.targets import EMULATED, HOST, STRICT

pytestmark = pytest.mark.more  # a C compiler
REAL = {  # a file, and how many random inputs
    "kws_dscnn_int8.tflite": 30,
    "mobilenet_v1_0.25_128_uint8.tflite": 4,
    "mobilenet_v1_0.5_160_uint8.tflite": 2,
    "resnet8_cifar10_int8.tflite": 20,
}


@pytest.fixture(scope="module")
def model():
    return read(asset("digits_int8.tflite"))


@pytest.fixture(scope="module")
def images(model):
    """The test digits as the model's integers."""
    quantized = quantize(digits("test")[0], model.tensors[model.inputs[0]].params)
    return quantized[:, np.newaxis]  # (examples, 1, 8, 8, 1)


def test_digits_equal_the_engine(model, images, tmp_path):
    program = Compiled([model], tmp_path)
    assert len(images) == 355
    assert assert_equals_engine(program, 0, images) == 3550
    assert assert_equals_engine(program, 0, *random_inputs(model, 200, seed=0)) == 2000


@pytest.mark.parametrize("target", EMULATED, ids=lambda target: target.name)
def test_digits_equal_the_engine_on_a_chip(target, model, images, tmp_path):
    assert assert_equals_engine(Compiled([model], tmp_path, target=target), 0, images[:50]) == 500


def test_digits_equal_litert_itself(model, images, tmp_path):
    from qnn_edu.nets import run_tflite

    answers = np.concatenate(
        [one for (one,) in Compiled([model], tmp_path).run(0, images[:, None])]
    )
    expected = run_tflite(asset("digits_int8.tflite"), images[:, 0], kernels="reference").outputs[0]
    np.testing.assert_array_equal(answers, expected)


def test_digits_break_no_rule_that_sanitizers_know(model, images, tmp_path):
    assert "-fsanitize=undefined,address" in SANITIZED
    program = Compiled([model], tmp_path, sanitizers(tmp_path))
    assert_equals_engine(program, 0, images[:50])
    assert_equals_engine(program, 0, *random_inputs(model, 50, seed=1))


def test_real_models_equal_the_engine_side_by_side(real_data, tmp_path):
    """All in one file of C, so the names of one model must not meet those of another."""
    graphs = [read(real_data / "models" / file) for file in REAL]
    program = Compiled(graphs, tmp_path)
    for k, (graph, count) in enumerate(zip(graphs, REAL.values(), strict=True)):
        assert_equals_engine(program, k, *random_inputs(graph, count, seed=k))


@pytest.mark.parametrize("file", ["kws_dscnn_int8.tflite", "mobilenet_v1_0.25_128_uint8.tflite"])
def test_a_real_model_equals_litert_itself(file, real_data, tmp_path):
    from qnn_edu.nets import run_tflite

    graph = read(real_data / "models" / file)
    (inputs,) = random_inputs(graph, 3, seed=2)
    expected = run_tflite(real_data / "models" / file, inputs[:, 0], kernels="reference").outputs[0]
    answers = Compiled([graph], tmp_path).run(0, inputs[:, np.newaxis])
    np.testing.assert_array_equal(np.concatenate([one for (one,) in answers]), expected)


def test_real_models_break_no_rule_that_sanitizers_know(real_data, tmp_path):
    files = ["kws_dscnn_int8.tflite", "resnet8_cifar10_int8.tflite"]
    graphs = [read(real_data / "models" / file) for file in files]
    program = Compiled(graphs, tmp_path, sanitizers(tmp_path))
    for k, graph in enumerate(graphs):
        assert_equals_engine(program, k, *random_inputs(graph, 3, seed=k))


def test_the_program_in_the_comment_compiles_and_answers(model, tmp_path):
    header = chip.export_c(model, name="digits")
    comment = header[: header.index("*/")]
    shown = comment[comment.index("#include") :].replace("\n       ", "\n")
    assert len(shown.strip().splitlines()) == 14
    (tmp_path / "digits.h").write_text(header)
    (tmp_path / "main.c").write_text(shown)
    program = need(HOST).compile(tmp_path / "main.c", tmp_path / "main", *STRICT)
    zeros = np.zeros((1, 1, 8, 8, 1), np.int8)
    _, ((_, (expected,)),) = engine_ends(model, chip.program(model), [zeros])
    assert list(map(int, HOST.run(program, b"").split())) == expected.ravel().tolist()


def test_there_is_no_float_and_no_library(model):
    code = re.sub(r"/\*.*?\*/", "", chip.export_c(model), flags=re.S)
    assert re.findall(r"#include.*", code) == ["#include <stdint.h>"]
    assert not re.search(r"\b(float|double|malloc|free|mem\w+)\b|\d\.\d", code)


def test_a_header_is_plain_text_of_readable_width(model):
    header = chip.export_c(model)
    assert header.isascii() and "\t" not in header and "\n\n\n" not in header
    every_kernel = source((file.stem for file in FOLDER.glob("*.h")), "model", {})
    code = header[header.index("#ifndef") :] + every_kernel
    assert max(map(len, code.splitlines())) <= 100
