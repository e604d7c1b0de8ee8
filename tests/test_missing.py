"""What a reader is told of a package that is not installed: one sentence that leads on."""

from pathlib import Path

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from qnn_edu import data, missing
from qnn_edu.missing import PACKAGES, NotInstalled, require, sentence
from qnn_edu.nets import quiet, run_tflite
from qnn_edu.nets.runs.sweeping import _in_parallel, _workers

IMAGE = np.zeros((1, 8, 8, 1), np.float32)
USES = {
    "TensorFlow": quiet.load_tensorflow,
    "Keras": quiet.load_keras,
    "LiteRT": lambda: run_tflite(data.asset("digits_float32.tflite"), IMAGE),
    "scikit-image": lambda: data.photo("chelsea"),
    "scikit-learn": lambda: data.photo("china"),
    "joblib": lambda: list(_in_parallel([], Path(), None, 2, None)),
    "Dask": lambda: _workers(1, "tcp://nowhere:1").__enter__(),
}


@pytest.fixture
def nothing(monkeypatch):
    monkeypatch.setattr(missing, "find_spec", lambda name: None)


@pytest.mark.parametrize("module", PACKAGES)
def test_the_sentence_names_package_purpose_and_remedy(module, nothing):
    with pytest.raises(NotInstalled) as caught:
        require(module)
    text, package = str(caught.value), PACKAGES[module]
    assert caught.value.name == module
    assert text == sentence(module) and "\n" not in text and text.endswith(".")
    assert text.startswith(f"{package.need} {package.name}, which is not installed")
    assert f'`pip install "qnn-edu[{package.extra}]"`' in text
    assert ("make lab" in text) == (package.extra in ("runtime", "full"))


def test_the_first_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(missing, "find_spec", lambda name: name == "keras" or None)
    with pytest.raises(NotInstalled, match="needs tensorflow"):
        require("keras", "tensorflow", "ai_edge_litert")


def test_where_a_package_has_no_wheels_another_python_is_named(monkeypatch, nothing):
    lines = ["tensorflow>=2.19; (python_version < '3.11') and extra == 'full'", "joblib"]
    monkeypatch.setattr(missing.metadata, "requires", lambda project: lines)
    assert "not made for Python 3." in sentence("tensorflow")
    assert "make PYTHON=" in sentence("tensorflow") and "pip" not in sentence("tensorflow")
    assert "pip install" in sentence("joblib")


def test_a_checkout_that_was_never_installed_is_no_obstacle(monkeypatch):
    monkeypatch.setattr(missing, "PROJECT", "no-such-project")
    assert 'pip install "no-such-project[full]"' in sentence("keras")


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_whoever_needs_a_package_asks_for_it(use, nothing):
    with pytest.raises(NotInstalled):
        use()


def test_a_notebook_shows_the_sentence_and_nothing_else(nothing, monkeypatch):
    shell, shown = InteractiveShell(), []
    monkeypatch.setattr(shell, "_showtraceback", lambda kind, error, lines: shown.extend(lines))
    result = shell.run_cell("from qnn_edu import missing; missing.require('keras')")
    assert isinstance(result.error_in_exec, NotInstalled)
    assert shown == [f"NotInstalled: {sentence('keras')}"]
