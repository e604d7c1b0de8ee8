"""What hooks and editors run is what `make` runs; a checker looks at what it was told to."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text()
CONTAINER = (ROOT / ".devcontainer" / "devcontainer.json").read_text()
UNTYPED = "def doubled(x):\n    return 2 * x\n"


def test_hooks_run_the_parts_of_make_lint_and_nothing_else():
    (parts,) = re.findall(r"^lint: (.*?) *##", MAKEFILE, re.MULTILINE)
    (local,) = yaml.safe_load(HOOKS)["repos"]
    assert local["repo"] == "local" and "://" not in HOOKS
    assert [hook["entry"] for hook in local["hooks"]] == [f"make {p}" for p in parts.split()]
    assert all(re.search(rf"^{part}: ", MAKEFILE, re.MULTILINE) for part in parts.split())
    assert all(not hook["pass_filenames"] for hook in local["hooks"])


def test_the_container_has_dot_and_what_make_installs():
    container = json.loads(CONTAINER)
    assert "install" in container["onCreateCommand"] and "graphviz" in container["onCreateCommand"]
    assert container["postCreateCommand"] == "make .venv/.installed"
    assert re.search(r"^STAMP := \$\(VENV\)/.installed$", MAKEFILE, re.MULTILINE)
    assert "://" not in CONTAINER


@pytest.mark.parametrize("room", ["core", "data", "ptq", "tflite", "engine", "nets", "chip", "cli"])
def test_a_function_without_type_hints_is_refused(room):
    assert findings(f"qnn_edu/{room}/new.py") == {"ANN001", "ANN201"}


def test_tests_need_no_type_hints():
    assert not findings("tests/new.py")


def findings(file):
    """What ruff says of a function without type hints, were it in this file."""
    command = [sys.executable, "-m", "ruff", "check", "--output-format=json", "-"]
    command += [f"--stdin-filename={file}"]
    done = subprocess.run(command, cwd=ROOT, input=UNTYPED, capture_output=True, text=True)
    return {each["code"] for each in json.loads(done.stdout)}


def test_types_are_checked_strictly_in_the_low_rooms():
    settings = PROJECT["tool"]["mypy"]
    rooms = {"core", "data", "engine", "ptq", "tflite"}
    assert settings["strict"] and set(settings["files"]) == {f"qnn_edu/{room}" for room in rooms}
    assert all((ROOT / folder / "__init__.py").is_file() for folder in settings["files"])
