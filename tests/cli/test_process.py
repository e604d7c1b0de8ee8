"""The command as a process of its own: what it loads, how it ends."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import qnn_edu
from qnn_edu.cli import app
from qnn_edu.data import asset

ROOT = Path(__file__).parents[2]
INT8 = str(asset("digits_int8.tflite"))
HEAVY = {
    "PIL",
    "ai_edge_litert.interpreter",
    "keras",
    "matplotlib",
    "scipy",
    "tensorflow",
}
COMMANDS = "lab doctor inspect diagram convert diagnose run export-c train sweep".split()


def command(*arguments, **options):
    line = [sys.executable, "-m", "qnn_edu.cli", *arguments]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, **options)


def test_it_answers_and_ends_well():
    done = command("inspect", INT8)
    assert (done.returncode, done.stderr) == (0, "")
    assert "DEPTHWISE_CONV_2D" in done.stdout


@pytest.mark.parametrize("arguments", [("inspect", "none.tflite"), ("run", "/", "--input", "/")])
def test_a_mistake_ends_with_1_and_one_line(arguments):
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1 and "Traceback" not in done.stderr


def test_letters_that_a_pipe_does_not_know_are_spelled_out(tmp_path):
    """As on Windows, whose pipes know some 250 letters; frames of tables are dashes there."""
    file = tmp_path / "模型.tflite"
    file.write_bytes(Path(INT8).read_bytes())
    done = command("inspect", file, env=os.environ | {"PYTHONIOENCODING": "cp1252"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u6a21\\u578b.tflite: 25,144 bytes" in done.stdout


def test_wrong_usage_ends_with_2():
    done = command("run")
    assert done.returncode == 2 and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [["--help"], ["inspect", INT8], ["inspect", INT8, "--json"], ["diagram", INT8]]
)
def test_a_reader_that_has_gone_hears_no_complaint(arguments):
    """As `| head -1` does once it has its line."""
    reader, writer = os.pipe()
    os.close(reader)
    line = [sys.executable, "-m", "qnn_edu.cli", *arguments]
    done = subprocess.run(line, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert done.stderr == b""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["inspect", INT8],
        ["inspect", INT8, "--json"],
        ["doctor"],
        ["train", "--dataset", "mnist"],
        ["sweep", "--bits", "x"],
    ],
)
def test_nothing_heavy_is_loaded_without_need(arguments):
    code = (
        "import sys; from qnn_edu.cli import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = set(done.stderr.split())
    assert "typer" in loaded and not loaded & HEAVY


def test_control_c_ends_with_130_and_no_traceback(tmp_path):
    os.mkfifo(tmp_path / "model.tflite")  # reading it waits for a writer who never comes
    code = (
        "import signal; from qnn_edu.cli import main\n"
        "signal.signal(signal.SIGALRM, signal.default_int_handler); signal.alarm(1)\n"
        f"main(['inspect', {str(tmp_path / 'model.tflite')!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)
    assert done.returncode == 130
    assert done.stdout == b"" and b"Traceback" not in done.stderr


def test_version_is_the_package_s_own():
    assert CliRunner().invoke(app, ["--version"]).stdout == f"qnn-edu {qnn_edu.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples_that_name_known_options(name):
    text = CliRunner().invoke(app, [name, "--help"]).stdout
    examples = re.findall(rf"qnn-edu {name}.*", text.split("Examples:")[1])
    assert examples
    listed = text.split("Options")[1]
    ours = " ".join(re.split(r"\|| -- ", example)[0] for example in examples)
    for option in re.findall(r"--[a-z-]+", ours):
        assert option in listed


def test_help_lists_every_command():
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    assert re.findall(r"^│ ([a-z-]+) ", done.stdout.split("Commands")[1], re.M) == COMMANDS
