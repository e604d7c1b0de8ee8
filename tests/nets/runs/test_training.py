"""Training runs: the same seed gives the same weights, however often a run was stopped."""

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qnn_edu.nets.quiet import load_keras
from qnn_edu.nets.runs import checkpoint
from qnn_edu.nets.runs.beginning import network
from qnn_edu.nets.runs.images import batches, load, origin
from qnn_edu.nets.runs.plan import Run, as_json, planned
from qnn_edu.nets.runs.result import LOG, MODEL, RESULT, TFLITE, finished
from qnn_edu.nets.runs.training import _fed, train
from qnn_edu.tflite import read

ROOT = Path(__file__).parents[3]
FLOAT = planned("digits", "digits_net", "float", epochs=3, batch=16)
QAT = planned(
    "digits",
    "digits_net",
    "qat",
    bits=4,
    ranges="learned",
    epochs=2,
    frozen_epochs=1,
    weight_decay=0.01,
    start=FLOAT,
)
STEPS = 1442 // 16


class Stop(Exception):
    """What stops a run in a test."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder in which the float run was done in one go."""
    out = tmp_path_factory.mktemp("whole")
    train(FLOAT, out)
    return out


def variables(out, run):
    """The variables of model and optimizer at the end."""
    with np.load(out / run.name / checkpoint.FILE) as arrays:
        return [arrays[name] for name in arrays.files if name != "facts"]


def assert_same_weights(one, other, run):
    for a, b in zip(variables(one, run), variables(other, run), strict=True):
        np.testing.assert_array_equal(a, b)


def log(out, run):
    lines = (out / run.name / LOG).read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines]


def stop_after(epochs, steps=STEPS):
    """A `progress` that stops in the middle of the next epoch."""

    def progress(done, of):
        if done == epochs * steps + 10:
            raise Stop

    return progress


def linked(whole, out):
    """`out` with the finished float run in it."""
    (out / FLOAT.name).symlink_to(whole / FLOAT.name)
    return out


def test_a_result_says_what_where_and_how_well(whole):
    result = json.loads((whole / FLOAT.name / RESULT).read_text())
    assert result["run"] == as_json(FLOAT)
    assert result["data"] == {"sha256": origin("digits").sha256, "copy": "scikit-learn"}
    assert result["accuracy"] > 80
    assert result["file"]["bytes"] == (whole / FLOAT.name / TFLITE).stat().st_size
    assert set(result["file"]["accuracy"]) == {"reference", "optimized", "xnnpack"}
    for accuracy in result["file"]["accuracy"].values():
        assert abs(accuracy - result["accuracy"]) < 0.5
    assert result["versions"]["python"] and result["hardware"]["cores"]
    assert str(whole) not in json.dumps(result)


def test_the_log_has_a_line_an_epoch_and_the_rate_falls(whole):
    lines = log(whole, FLOAT)
    assert [line["epoch"] for line in lines] == [1, 2, 3]
    assert {"loss", "accuracy", "lr"} < set(lines[0])
    cosine = 0.02 * (1 + np.cos(np.pi * np.arange(3) / 3)) / 2
    np.testing.assert_allclose([line["lr"] for line in lines], cosine, rtol=1e-5)


def test_the_saved_model_is_the_one_that_was_measured(whole):
    model = load_keras().models.load_model(whole / FLOAT.name / MODEL)
    saved = variables(whole, FLOAT)[: len(model.variables)]
    for variable, value in zip(model.get_weights(), saved, strict=True):
        np.testing.assert_array_equal(variable, value)


def test_quantization_aware_training_resumes_after_freezing_too(whole, tmp_path):
    """Stopped in its second epoch, in which batch normalisation stands still."""
    result = train(QAT, whole)
    out = linked(whole, tmp_path)
    with pytest.raises(Stop):
        train(QAT, out, progress=stop_after(1, steps=1442 // QAT.batch))
    assert len(log(out, QAT)) == 1
    assert train(QAT, out, resume=True)["accuracy"] == result["accuracy"]
    assert_same_weights(whole, out, QAT)
    assert {t.type for t in read(out / QAT.name / TFLITE).tensors} == {"INT8", "INT32"}


def test_fewer_bits_start_from_the_weights_of_more(whole, tmp_path):
    """Stopped between its last epoch and the measuring of statistics, it ends the same way."""
    out = linked(whole, tmp_path)
    more = replace(QAT, epochs=1, frozen_epochs=0)
    fewer = replace(more, bits=2, start=more)
    with pytest.raises(ValueError, match="starts from .*qat4.* not finished"):
        train(fewer, out)
    train(more, out)
    result = train(fewer, out)
    weights = load_keras().models.load_model(out / fewer.name / MODEL).get_weights()
    (out / fewer.name / RESULT).unlink()
    assert train(fewer, out, resume=True)["accuracy"] == result["accuracy"]
    again = load_keras().models.load_model(out / fewer.name / MODEL).get_weights()
    for one, other in zip(weights, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_killed_process_loses_at_most_the_epoch_it_was_in(whole, tmp_path):
    """It kills itself in the third epoch, as the system would: nothing is tidied up."""
    code = (
        "import os, pathlib, signal\n"
        "from qnn_edu.nets.runs.plan import planned\n"
        "from qnn_edu.nets.runs.training import train\n"
        f"run = planned('digits', 'digits_net', 'float', epochs={FLOAT.epochs}, batch=16)\n"
        f"kill = lambda done, of: done < {2 * STEPS + 10} or os.kill(os.getpid(), signal.SIGKILL)\n"
        f"train(run, pathlib.Path({str(tmp_path)!r}), progress=kill)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(log(tmp_path, FLOAT)) == 2 and not (tmp_path / FLOAT.name / RESULT).exists()
    train(FLOAT, tmp_path, resume=True)
    assert_same_weights(whole, tmp_path, FLOAT)
    assert log(whole, FLOAT) == log(tmp_path, FLOAT)


def test_a_finished_run_is_not_done_again_but_said_again(whole):
    before = (whole / FLOAT.name / RESULT).stat().st_mtime_ns
    result = train(FLOAT, whole, resume=True, progress=stop_after(0))
    assert result == json.loads((whole / FLOAT.name / RESULT).read_text())
    assert (whole / FLOAT.name / RESULT).stat().st_mtime_ns == before


def test_a_lost_result_is_measured_again_without_training(whole, tmp_path):
    folder = tmp_path / FLOAT.name
    folder.mkdir()
    (folder / checkpoint.FILE).write_bytes((whole / FLOAT.name / checkpoint.FILE).read_bytes())
    (folder / RESULT).write_text('{"run": ')  # half of one, as no version here writes it
    result = train(FLOAT, tmp_path, resume=True, progress=stop_after(0))
    expected = finished(FLOAT, whole, origin("digits"))
    assert {**result, "hardware": 0} == {**expected, "hardware": 0}
    assert result == finished(FLOAT, tmp_path, origin("digits"))


def test_ptq_measures_ranges_and_leaves_weights_alone(whole, tmp_path):
    run = planned("digits", "digits_net", "ptq", bits=8, start=FLOAT)
    result = train(run, linked(whole, tmp_path))
    trained = finished(FLOAT, whole, origin("digits"))["accuracy"]
    assert abs(result["accuracy"] - trained) < 2 and result["train"] is None
    for accuracy in result["file"]["accuracy"].values():
        assert abs(accuracy - result["accuracy"]) < 1


def test_ptq_with_a_chosen_rounding_is_better_and_says_how_long_it_took(whole, tmp_path):
    out, told = linked(whole, tmp_path), []
    runs = [
        planned("digits", "digits_net", "ptq", bits=2, rounding=rounding, start=FLOAT)
        for rounding in ("nearest", "gptq")
    ]
    nearest, chosen = (train(run, out, progress=lambda *of: told.append(of)) for run in runs)
    assert chosen["accuracy"] > nearest["accuracy"] + 20
    assert chosen["seconds"] > 0 and chosen["train"] is None
    assert told[-1] == (8, 8)
    assert chosen["run"]["rounding"] == "gptq" and "rounding" not in nearest["run"]
    assert train(runs[1], out, resume=True) == chosen


def test_a_taught_run_resumes_to_the_same_weights(whole, tmp_path):
    """Its checkpoint holds nothing of the teacher."""
    run = replace(QAT, teacher="float")
    result = train(run, whole)
    assert result["accuracy"] > 80
    plain, taught = (variables(whole, each) for each in (train(QAT, whole) and QAT, run))
    assert len(plain) == len(taught)
    assert any((a != b).any() for a, b in zip(plain, taught, strict=True))
    out = linked(whole, tmp_path)
    with pytest.raises(Stop):
        train(run, out, progress=stop_after(1, steps=1442 // run.batch))
    assert train(run, out, resume=True)["accuracy"] == result["accuracy"]
    assert_same_weights(whole, out, run)


@pytest.mark.parametrize("rounding", ["nearest", "gptq"])
def test_training_begins_where_rounding_ended(whole, tmp_path, rounding):
    """A step too small to move a level leaves the accuracy of the rounded network."""
    out = linked(whole, tmp_path)
    begun = planned("digits", "digits_net", "ptq", bits=4, rounding=rounding, start=FLOAT)
    run = replace(QAT, start=begun, epochs=1, learning_rate=1e-9, weight_decay=0.0)
    with pytest.raises(ValueError, match="starts from .*ptq4.* not finished"):
        train(run, out)
    before = train(begun, out)
    assert abs(train(run, out)["accuracy"] - before["accuracy"]) < 3


def test_what_starts_from_a_run_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match="starts from .* not finished .* `qnn-edu sweep`"):
        train(QAT, tmp_path)


def test_another_backend_than_the_one_that_runs_is_refused(tmp_path):
    run = replace(FLOAT, backend="jax")
    with pytest.raises(ValueError, match="Keras runs on tensorflow .* KERAS_BACKEND=jax"):
        train(run, tmp_path)
    assert not list(tmp_path.iterdir())


def test_two_processes_cannot_do_one_run(whole):
    with checkpoint.locked(whole / FLOAT.name):
        with pytest.raises(ValueError, match="Another process is at work"):
            train(FLOAT, whole, resume=True)


def test_a_checkpoint_of_another_run_is_not_taken(whole):
    path = whole / FLOAT.name / checkpoint.FILE
    assert checkpoint.load(path, {"run": as_json(replace(FLOAT, seed=2))}) is None


def test_a_checkpoint_of_another_network_is_refused():
    variable = load_keras().Variable(np.zeros(3))
    with pytest.raises(ValueError, match="another network"):
        checkpoint.restore(checkpoint.Checkpoint({}, [], [np.zeros(4)]), [variable])


def test_a_broken_write_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write(part):
        part.write_text("half")
        raise Stop

    with pytest.raises(Stop):
        checkpoint.written_whole(path, write)
    assert path.read_text() == "old"


@pytest.mark.parametrize("shift", [0, 1])
def test_batches_depend_on_seed_and_epoch_alone(shift):
    data = load(origin("digits")).train

    def drawn(seed, epoch):
        return list(batches(data, size=64, seed=seed, epoch=epoch, shift=shift))

    for (x, y), (x2, y2) in zip(drawn(1, 0), drawn(1, 0), strict=True):
        np.testing.assert_array_equal(x, x2)
        np.testing.assert_array_equal(y, y2)
    first = [drawn(*which)[0][1].tolist() for which in ((1, 0), (1, 1), (2, 0))]
    assert first[0] != first[1] != first[2] != first[0]


def test_tensorflow_is_fed_the_same_batches_and_does_not_tune():
    def drawn():
        return batches(load(origin("digits")).train, size=64, seed=1, epoch=0, shift=1)

    fed = _fed(drawn())
    for one, other in zip(drawn(), fed.as_numpy_iterator(), strict=True):
        for a, b in zip(one, other, strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)
    assert fed.options().autotune.enabled is False


def test_an_epoch_shows_each_image_at_most_once():
    x, y = np.arange(100.0).reshape(100, 1, 1, 1), np.arange(100)
    shown = np.concatenate([labels for _, labels in batches((x, y), size=30, seed=3, epoch=7)])
    assert len(shown) == len(set(shown)) == 90


def test_augmentation_shifts_and_mirrors_colour_images():
    """Every one of them is a window of the padded image or of its mirror image."""
    rng = np.random.default_rng(0)
    x = rng.integers(1, 256, (4, 5, 5, 3), dtype=np.uint8)
    ((shown, y),) = batches((x, np.arange(4)), size=4, seed=1, epoch=0, shift=2)
    kinds = set()
    for image, index in zip(shown, y, strict=True):
        padded = np.pad(x[index] / np.float32(255), ((2, 2), (2, 2), (0, 0)))
        windows = {
            (top, left, mirrored): padded[top : top + 5, left : left + 5][:, :: -mirrored or None]
            for top in range(5)
            for left in range(5)
            for mirrored in (0, 1)
        }
        found = [kind for kind, window in windows.items() if np.array_equal(window, image)]
        assert found
        kinds |= set(found)
    assert len(kinds) > 1


def test_fewer_images_than_a_batch_are_refused():
    with pytest.raises(ValueError, match="3 images are fewer than one batch of 4"):
        next(batches((np.zeros((3, 1, 1, 1)), np.zeros(3)), size=4, seed=1, epoch=0))


PTQ = planned("digits", "digits_net", "ptq", bits=4, start=FLOAT)
MISTAKES = [
    ({"dataset": "mnist"}, "no data set 'mnist'; choose one of digits, cifar10"),
    ({"model": "resnet8"}, "no model for digits 'resnet8'; choose one of digits_net"),
    ({"method": "qat"}, "bits=None; qat and ptq take 2 to 8"),
    ({"bits": 4}, "float none"),
    ({"method": "qat", "bits": 9, "start": FLOAT}, "bits=9"),
    ({"method": "qat", "bits": 4}, "start=None"),
    ({"method": "qat", "bits": 4, "start": QAT}, "start is a qat run with bits=4; ptq starts"),
    ({"method": "ptq", "bits": 3, "epochs": 0, "start": QAT}, "ptq starts from a float one"),
    ({"method": "qat", "bits": 4, "start": FLOAT, "seed": 2}, "start differs in seed"),
    ({"method": "ptq", "bits": 4, "start": FLOAT}, "ptq takes 0"),
    ({"method": "ptq", "bits": 4, "start": FLOAT, "epochs": 0, "ranges": "learned"}, "'ema'"),
    ({"method": "qat", "bits": 3, "start": PTQ}, "start is a ptq run with bits=4; ptq starts"),
    ({"method": "qat", "bits": 4, "start": PTQ, "per_channel": False}, "from ptq with as many"),
    ({"method": "ptq", "bits": 4, "start": PTQ, "epochs": 0}, "start is a ptq run"),
    ({"rounding": "gptq"}, "rounding 'gptq' for method 'float'; ptq takes nearest, mse, bias"),
    ({"method": "qat", "bits": 4, "start": FLOAT, "rounding": "gptq"}, "the others 'nearest'"),
    ({"teacher": "float"}, "teacher 'float' for method 'float'; qat has 'float' or none"),
    ({"method": "qat", "bits": 4, "start": FLOAT, "teacher": "qat"}, "teacher 'qat' for method"),
    ({"epochs": 0}, "the others 1 or more"),
    ({"frozen_epochs": 4}, "frozen_epochs <= epochs"),
    ({"width": 0.5}, "width 0.5 for digits_net"),
    ({"first_stride": 2}, "first_stride 2 is for mobilenet_v1"),
    ({"backend": "torch"}, "no backend 'torch'"),
]


@pytest.mark.parametrize(("changes", "message"), MISTAKES)
def test_a_run_that_makes_no_sense_is_refused(changes, message):
    with pytest.raises(ValueError, match="^Run: ") as refusal:
        replace(FLOAT, **changes)
    assert message in str(refusal.value)


def test_a_network_without_width_is_refused():
    with pytest.raises(ValueError, match="width 0 for resnet8; .* have one above 0"):
        planned("cifar10", "resnet8", "float", width=0)


def test_fewer_bits_train_longer_on_colour_images():
    plans = [planned("cifar10", "resnet8", "qat", bits=bits) for bits in range(2, 9)]
    assert [plan.epochs for plan in plans] == [12, 8, 6, 3, 3, 3, 3]
    assert [plan.learning_rate for plan in plans] == 3 * [0.03] + 4 * [0.003]
    assert all(plan.name.endswith("_channel_seed1") for plan in plans)
    for bits in (None, 1, 9):
        with pytest.raises(ValueError, match=f"bits={bits}; qat and ptq take 2 to 8"):
            planned("cifar10", "resnet8", "qat", bits=bits)


def test_bits_are_taken_away_in_steps_on_colour_images():
    runs = [planned("cifar10", "resnet8", "qat", bits=2, ranges="learned", seed=2)]
    while runs[-1].start:
        runs.append(runs[-1].start)
    assert [run.bits for run in runs] == [2, 3, 4, None]
    assert {run.seed for run in runs} == {2} and {run.ranges for run in runs[:-1]} == {"learned"}
    straight = replace(runs[0], start=runs[-1])
    assert straight.name == runs[0].name + "_startfloat"
    assert planned("cifar10", "resnet8", "ptq", bits=2, seed=2).start == runs[-1]


def test_names_tell_runs_apart():
    start = planned("digits", "digits_net", "float", epochs=7)
    changes = [
        {},
        {"bits": 3},
        {"ranges": "learned"},
        {"per_channel": False},
        {"seed": 2},
        {"epochs": 3},
        {"learning_rate": 0.5},
        {"start": start},
        {"teacher": "float"},
        {"begin": "ptq"},
        {"begin": "ptq", "rounding": "gptq"},
        {"backend": "jax"},
    ]
    names = [planned("digits", "digits_net", "qat", **{"bits": 4} | c).name for c in changes]
    assert len(set(names)) == len(names)
    assert names[0] == "digits_digits_net_qat4_ema_channel_seed1"
    assert [name.rpartition("_")[2] for name in names[-5:]] == [
        "startepochs7",
        "teacherfloat",
        "startptq4",
        "startptq4gptq",
        "backendjax",
    ]


def test_a_chosen_rounding_stands_in_the_name_where_ranges_do():
    run = planned("cifar10", "resnet8", "ptq", bits=3, rounding="descend", per_channel=False)
    assert run.name == "cifar10_resnet8_ptq3_descend_tensor_seed1"


def test_the_start_of_a_taught_run_is_taught_unless_its_name_says_so():
    taught = planned("cifar10", "resnet8", "qat", bits=2, teacher="float")
    assert [taught.start.teacher, taught.start.start.teacher] == ["float", "float"]
    assert taught.name == "cifar10_resnet8_qat2_ema_channel_seed1_teacherfloat"
    other = replace(taught, start=planned("cifar10", "resnet8", "qat", bits=3))
    assert other.name == taught.name + "_startteacherNone"


def test_results_from_before_a_field_was_there_stay_good():
    """A run that is read back from a result is told in the same words."""

    def run_of(told):
        return told and Run(**told | {"start": run_of(told["start"])})

    files = sorted(ROOT.glob("results/runs/*/result.json"))
    assert files
    for file in files:
        told = json.loads(file.read_text())["run"]
        assert as_json(run_of(told)) == told


@pytest.mark.parametrize("model", ["resnet8", "resnet20", "mobilenet_v1"])
def test_every_network_for_colour_images_is_built_as_planned(model):
    net = network(planned("cifar10", model, "float"))
    assert net.input_shape == (None, 32, 32, 3) and net.name == model
