"""`qnn-edu train`: options reach the run, and a mistake costs nothing."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qnn_edu.cli import app
from qnn_edu.cli.runs import choose_backend
from qnn_edu.missing import NotInstalled
from qnn_edu.nets.runs import training
from qnn_edu.nets.runs.plan import planned

ROOT = Path(__file__).parents[2]
DIGITS, RESNET, MOBILENET = (
    ("digits", "digits_net"),
    ("cifar10", "resnet8"),
    ("cifar10", "mobilenet_v1"),
)


@pytest.fixture(autouse=True)
def backend(monkeypatch):
    """The command sets KERAS_BACKEND; no other test is to see that."""
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")


def train(*options):
    return CliRunner().invoke(app, ["train", *map(str, options)])


def test_it_trains_and_says_so_again(tmp_path):
    done = train("--epochs", 1, "--out", tmp_path, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    run = planned(*DIGITS, "float", epochs=1)
    result = json.loads(done.stdout)
    assert result == json.loads((tmp_path / run.name / "result.json").read_text())
    again = train("--epochs", 1, "--out", tmp_path, "--resume")
    assert again.exit_code == 0 and again.stderr == ""
    assert run.name in again.stdout and f"{result['file']['bytes']:,}" in again.stdout


ASKED = {
    "the default": ("", planned(*DIGITS, "float")),
    "float": (
        "--epochs 3 --batch 32 --learning-rate 0.1 --seed 2",
        planned(*DIGITS, "float", epochs=3, batch=32, learning_rate=0.1, seed=2),
    ),
    "qat": (
        "--method qat --bits 4 --ranges learned --per-tensor --start-epochs 2",
        planned(
            *DIGITS,
            "qat",
            bits=4,
            ranges="learned",
            per_channel=False,
            start=planned(*DIGITS, "float", epochs=2),
        ),
    ),
    "a teacher, from the rounded network": (
        "--method qat --bits 4 --teacher float --start ptq --start-epochs 2",
        planned(
            *DIGITS,
            "qat",
            bits=4,
            teacher="float",
            start=planned(*DIGITS, "ptq", bits=4, start=planned(*DIGITS, "float", epochs=2)),
        ),
    ),
    "a chosen rounding": (
        "--method ptq --bits 3 --rounding gptq",
        planned(*DIGITS, "ptq", bits=3, rounding="gptq"),
    ),
    "from a chosen rounding": (
        "--method qat --bits 3 --start ptq --rounding gptq",
        planned(*DIGITS, "qat", bits=3, begin="ptq", rounding="gptq"),
    ),
    "from a chosen rounding of another float": (
        "--method qat --bits 3 --start ptq --rounding gptq --start-epochs 2",
        planned(
            *DIGITS,
            "qat",
            bits=3,
            start=planned(
                *DIGITS,
                "ptq",
                bits=3,
                rounding="gptq",
                start=planned(*DIGITS, "float", epochs=2),
            ),
        ),
    ),
    "straight from float": (
        "--dataset cifar10 --method qat --bits 3 --start float",
        planned(*RESNET, "qat", bits=3, begin="float"),
    ),
    "fewer bits": (
        "--dataset cifar10 --method qat --bits 3 --ranges learned --seed 2",
        planned(*RESNET, "qat", bits=3, ranges="learned", seed=2),
    ),
    "a resnet": ("--dataset cifar10 --width 8", planned(*RESNET, "float", width=8)),
    "a mobilenet": (
        "--dataset cifar10 --model mobilenet_v1 --width 0.5 --first-stride 2",
        planned(*MOBILENET, "float", width=0.5, first_stride=2),
    ),
}


@pytest.mark.parametrize(("options", "run"), ASKED.values(), ids=list(ASKED))
def test_options_reach_the_run(options, run, tmp_path, monkeypatch):
    asked = []

    def take(run, out, *, file, resume, progress):
        asked.append((run, out, file, resume))
        raise ValueError("that was all")

    monkeypatch.setattr(training, "train", take)
    done = train(*options.split(), "--out", tmp_path, "--data", "copy.npz", "--resume")
    assert done.stderr == "qnn-edu: that was all\n"
    assert asked == [(run, tmp_path, Path("copy.npz"), True)]
    assert type(asked[0][0].width) is type(run.width)


MISTAKES = {
    "data set": ("--dataset mnist", "no data set 'mnist'; choose one of digits, cifar10"),
    "model": ("--model resnet8", "no model for digits 'resnet8'"),
    "method": ("--method best", "no method 'best'; choose one of float, ptq, qat"),
    "no bits": ("--method qat", "qat and ptq take 2 to 8"),
    "bits for float": ("--bits 4", "--bits, --ranges, --per-tensor and --start-epochs are for"),
    "a teacher for ptq": ("--method ptq --teacher float", "--start and --teacher are for qat"),
    "a start for float": ("--start ptq", "--start and --teacher are for qat"),
    "a word for none": ("--method qat --bits 4 --start best", "no start 'best'; choose one of"),
    "no such teacher": ("--method qat --bits 4 --teacher me", "qat has 'float' or none"),
    "no such rounding": ("--method ptq --bits 4 --rounding up", "ptq takes nearest, mse, bias"),
    "a rounding for qat": ("--method qat --bits 4 --rounding gptq", "--rounding is for ptq, and"),
    "no start": ("--method ptq --bits 8", "not finished in"),
    "data for digits": ("--data copy.npz", "copy.npz has no use. Leave it out."),
    "no such data": ("--dataset cifar10 --data none.npz", "none.npz is not there"),
    "no such backend": ("--backend torch", "No backend 'torch'; choose one of tensorflow, jax"),
}


@pytest.mark.parametrize(("options", "message"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_one_line_and_leaves_nothing(options, message, tmp_path):
    done = train(*options.split(), "--out", tmp_path)
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("qnn-edu: ") and message in line
    assert not list(tmp_path.rglob("*.*"))


def test_a_backend_that_is_not_installed_is_refused(monkeypatch):
    monkeypatch.setattr("qnn_edu.missing.find_spec", lambda name: None)
    with pytest.raises(NotInstalled, match="needs jax, which is not installed: `pip install"):
        choose_backend("jax")


def test_the_environment_chooses_the_backend_where_no_option_does(monkeypatch):
    monkeypatch.setattr("qnn_edu.missing.find_spec", lambda name: True)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert choose_backend(None) == "jax"
    assert choose_backend("tensorflow") == os.environ["KERAS_BACKEND"] == "tensorflow"


def test_a_terminal_shows_how_far_it_is():
    code = "from qnn_edu.cli.progress import bar\nwith bar() as on: on('digits run')(50, 100)"
    master, slave = pty.openpty()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, stderr=slave, check=True)
    os.close(slave)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert "digits run" in shown and "50%" in shown
