"""Model files are read and written by numpy and flatbuffers alone."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = """
import sys
before = set(sys.modules)
for name in ("ai_edge_litert", "tensorflow", "keras", "tf_keras", "tflite"):
    sys.modules[name] = None  # importing it raises ModuleNotFoundError
from qnn_edu import tflite
from qnn_edu.tflite.flatbuffer import pack, parse
for model in ("qnn_edu/assets/digits_int8.tflite", "qnn_edu/assets/digits_float32.tflite"):
    graph = tflite.read(model)
    kept = tflite.read(tflite.extract(model, [0, 1]))
    twin = tflite.read(tflite.float_twin(model))
    assert [op.name for op in kept.operators] == [op.name for op in graph.operators[:2]]
    assert all(tensor.scale is None for tensor in twin.tensors)
    content = open(model, "rb").read()
    assert len(parse(pack(parse(content))).buffers) == len(parse(content).buffers)
loaded = {name.partition(".")[0] for name in set(sys.modules) - before if sys.modules[name]}
print(*loaded - sys.stdlib_module_names)
"""


def loaded_by(code):
    """The packages that a new process loads, the standard library's left out."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_reading_extracting_and_the_twin_need_no_more():
    assert loaded_by(CODE) == {"numpy", "flatbuffers", "qnn_edu"}


def test_the_guard_sees_what_is_blocked():
    with pytest.raises(AssertionError, match="ai_edge_litert"):
        loaded_by(CODE + "import ai_edge_litert.schema_py_generated")
