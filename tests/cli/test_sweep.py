"""`qnn-edu sweep`: only what is missing, in order, whatever stopped it before."""

import json
import os
import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qnn_edu.cli import app
from qnn_edu.nets.runs import sweeping, training
from qnn_edu.nets.runs.plan import planned
from qnn_edu.nets.runs.result import RESULT

DIGITS = ("digits", "digits_net")
FLOAT = planned(*DIGITS, "float", epochs=1)
PTQ = [planned(*DIGITS, "ptq", bits=bits, start=FLOAT) for bits in (8, 4)]


@pytest.fixture(autouse=True)
def backend(monkeypatch):
    """The command sets KERAS_BACKEND; no other test is to see that."""
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with the float run in it."""
    out = tmp_path_factory.mktemp("runs")
    training.train(FLOAT, out)
    return out


@pytest.fixture
def out(finished, tmp_path):
    (tmp_path / FLOAT.name).symlink_to(finished / FLOAT.name)
    return tmp_path


def sweep(out, *options):
    line = ["sweep", "--epochs", 1, "--bits", "8,4", "--out", out, *options]
    return CliRunner().invoke(app, list(map(str, line)))


def results(out):
    return {file.parent.name: file.stat().st_mtime_ns for file in out.glob(f"*/{RESULT}")}


def test_it_does_what_is_missing_and_nothing_else(out):
    done = sweep(out, "--methods", "ptq", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    names = [run.name for run in PTQ]
    assert list(json.loads(done.stdout)["results"]) == names
    first = results(out)
    assert sorted(first) == sorted([FLOAT.name, *names])
    (out / names[0] / RESULT).unlink()
    done = sweep(out, "--methods", "float,ptq")
    assert done.exit_code == 0 and all(name in done.stdout for name in first)
    again = results(out)
    assert {name for name in again if again[name] != first[name]} == {names[0]}


def test_floats_come_first_and_unasked(tmp_path):
    runs = sweeping.grid(*DIGITS, methods=["qat", "ptq"], bits=[8], seeds=[1, 2])
    todo = sweeping.missing(runs, tmp_path)
    assert [(run.method, run.seed) for run in todo] == [
        ("float", 1),
        ("float", 2),
        ("ptq", 1),
        ("ptq", 2),
        ("qat", 1),
        ("qat", 2),
    ]


def test_every_rounding_of_ptq_and_of_what_begins_there():
    how = {"bits": [3], "seeds": [1], "roundings": ["nearest", "gptq"]}
    runs = sweeping.grid(*DIGITS, methods=["ptq", "qat"], **how)
    assert [(run.method, run.rounding) for run in runs] == [
        ("ptq", "nearest"),
        ("ptq", "gptq"),
        ("qat", "nearest"),
    ]
    runs = sweeping.grid(*DIGITS, methods=["qat"], begin="ptq", **how)
    assert [run.start.rounding for run in runs] == ["nearest", "gptq"]


def test_runs_with_more_bits_come_before_those_that_start_from_them(tmp_path):
    runs = sweeping.grid(
        "cifar10",
        "resnet8",
        methods=["qat"],
        bits=[2],
        seeds=[2],
        ranges=["learned"],
        common={"width": 8},
        by_method={"float": {"epochs": 5}, "qat": {"epochs": 4}},
    )
    todo = sweeping.missing(runs, tmp_path, file=Path(__file__))  # any file will do
    assert [run.bits for run in todo] == [None, 4, 3, 2] and runs == todo[-1:]
    assert [run.epochs for run in todo] == [5, 4, 4, 4]
    assert {(run.seed, run.width) for run in todo} == {(2, 8)}
    assert {run.ranges for run in todo[1:]} == {"learned"}
    assert [run.start for run in todo] == [None, *todo[:-1]]


def test_a_teacher_and_rounded_starts_come_first_and_unasked(tmp_path):
    how = {"methods": ["qat"], "bits": [3], "seeds": [1], "ranges": ["learned"]}
    taught = {"qat": {"teacher": "float"}}
    runs = sweeping.grid("cifar10", "resnet8", **how, by_method=taught, begin="ptq")
    todo = sweeping.missing(runs, tmp_path, file=Path(__file__))
    assert [(run.method, run.bits, run.teacher) for run in todo] == [
        ("float", None, None),
        ("ptq", 3, None),
        ("qat", 3, "float"),
    ]
    runs = sweeping.grid("cifar10", "resnet8", **how, by_method=taught)
    todo = sweeping.missing(runs, tmp_path, file=Path(__file__))
    assert [(run.bits, run.teacher) for run in todo] == [(None, None), (4, "float"), (3, "float")]


def test_a_float_run_whose_weights_are_gone_is_done_again_only_to_start_from(out):
    """As in a clone of a project that keeps its results and not its weights."""
    folder = out / FLOAT.name
    content = (folder / RESULT).read_text()
    folder.unlink()
    folder.mkdir()
    (folder / RESULT).write_text(content)
    assert sweeping.missing([FLOAT], out) == []
    outcomes = list(sweeping.sweep([FLOAT, PTQ[0]], out))
    assert [outcome.run for outcome in outcomes] == [FLOAT, PTQ[0]]
    assert all(outcome.result for outcome in outcomes)


def test_a_grid_has_each_combination_once():
    runs = sweeping.grid(
        *DIGITS,
        methods=["float", "ptq", "qat"],
        bits=[8, 4, 8],
        seeds=[1],
        ranges=["ema", "learned"],
        per_channel=[True, False],
    )
    count = {method: sum(run.method == method for run in runs) for method in ("ptq", "qat")}
    assert count == {"ptq": 2 * 2, "qat": 2 * 2 * 2} and len(runs) == len(set(runs)) == 13


def test_a_run_that_fails_stops_no_other(out, monkeypatch):
    def train(run, *arguments, **options):
        if run == PTQ[0]:
            raise MemoryError("no room\nfor it")
        return whole(run, *arguments, **options)

    whole = training.train
    monkeypatch.setattr(training, "train", train)
    done = sweep(out, "--methods", "ptq")
    assert done.exit_code == 1
    assert done.stderr == f"qnn-edu: {PTQ[0].name} failed: MemoryError: no room for it\n"
    assert PTQ[1].name in done.stdout and PTQ[0].name not in done.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--bits", "8,four"], "--bits is '8,four'; expected whole numbers"),
        (["--seeds", "one"], "--seeds is 'one'; expected whole numbers"),
        (["--methods", "magic"], "no method 'magic'"),
        (["--weights", "all"], "--weights is 'all'; expected channel, tensor"),
        (["--bits", "9", "--methods", "ptq"], "take 2 to 8"),
    ],
)
def test_a_mistake_is_one_line(tmp_path, options, message):
    done = sweep(tmp_path, *options)
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("qnn-edu: ") and message in line
    assert not list(tmp_path.iterdir())


def test_two_at_once(out):
    outcomes = list(sweeping.sweep(PTQ, out, jobs=2))
    assert {outcome.run for outcome in outcomes} == set(PTQ)
    assert all(outcome.result for outcome in outcomes)


@pytest.mark.more
def test_a_run_whose_worker_is_killed_goes_on_at_another(tmp_path):
    """Of two Dask workers the one that trains is killed after an epoch; the other ends the run."""
    distributed = pytest.importorskip("distributed", reason="needs pip install 'dask[distributed]'")
    run = planned(*DIGITS, "float", epochs=3)
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        client.run(kill_first_to_finish_an_epoch, str(tmp_path))
        (outcome,) = sweeping.sweep([run], tmp_path, dask=cluster.scheduler_address)
    assert outcome.result and (tmp_path / "killed").exists()
    assert len((tmp_path / run.name / "log.jsonl").read_text().splitlines()) == 3


def kill_first_to_finish_an_epoch(folder):
    """In a worker: end this process with its first checkpoint, unless another one did so before."""
    from qnn_edu.nets.runs import checkpoint

    def save(*arguments):
        whole(*arguments)
        try:
            os.close(os.open(f"{folder}/killed", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    whole, checkpoint.save = checkpoint.save, save
