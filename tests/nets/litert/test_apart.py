"""A process of its own: the same outputs, the same refusals, and an answer where LiteRT dies."""

import subprocess

import numpy as np
import pytest

from qnn_edu.data import asset, digits
from qnn_edu.engine import KERNEL_SETS
from qnn_edu.missing import NotInstalled
from qnn_edu.nets import run_tflite
from qnn_edu.nets.litert import apart
from qnn_edu.nets.litert.apart import run_apart
from tests.nets.litert.stateful import deadly

FLOAT = asset("digits_float32.tflite")
X, _ = digits("test")


@pytest.mark.parametrize("kernels", KERNEL_SETS)
def test_outputs_are_those_of_this_process(kernels):
    here = run_tflite(FLOAT, X[:5], kernels=kernels)
    there = run_apart(str(FLOAT), {"image": X[:5]}, kernels=kernels)
    np.testing.assert_array_equal(here.outputs[0], there.outputs[0])


@pytest.mark.parametrize(
    ("model", "inputs", "kernels"),
    [
        (b"no model", X, "xnnpack"),
        ("none.tflite", X, "xnnpack"),
        (FLOAT, X[..., 0], "xnnpack"),
        (FLOAT, X, "fast"),
    ],
)
def test_what_is_refused_here_is_refused_in_the_same_words(model, inputs, kernels):
    with pytest.raises(ValueError) as here:
        run_tflite(model, inputs, kernels=kernels)
    with pytest.raises(type(here.value)) as there:
        run_apart(model, inputs, kernels=kernels)
    assert str(there.value) == str(here.value)


@pytest.mark.parametrize("kernels", KERNEL_SETS)
def test_a_file_of_which_litert_dies_is_answered(kernels):
    with pytest.raises(ValueError, match=f"LiteRT died .* with {kernels} kernels, by signal SIG"):
        run_apart(deadly(), np.zeros((1, 3), np.float32), kernels=kernels)


def test_last_words_are_told():
    died = subprocess.CompletedProcess([], 3, stderr="one\nfree(): invalid pointer\n")
    said = str(apart._death(died, "xnnpack"))
    assert "by exit code 3: the file is damaged" in said
    assert said.endswith("Its last words: free(): invalid pointer")


def test_without_litert_it_is_said_how_to_get_it(monkeypatch, tmp_path):
    """The other process looks for packages where this one does."""
    (tmp_path / "sitecustomize.py").write_text(
        "import qnn_edu.missing; qnn_edu.missing.find_spec = lambda name: None"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(NotInstalled, match="Running a model with LiteRT needs ai-edge-litert"):
        run_apart(FLOAT, X[:1])
