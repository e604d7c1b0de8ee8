"""What a user can do wrong: exit code 1, one line that says what to do, and no file left behind."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from qnn_edu.cli import app
from qnn_edu.cli.errors import one_line
from qnn_edu.cli.files import read_arrays, whole_file
from qnn_edu.data import asset

INT8, FLOAT = asset("digits_int8.tflite"), asset("digits_float32.tflite")
MISTAKES = {
    "inspect a missing file": ("inspect none.tflite", "none.tflite is not there. Check the path"),
    "inspect a folder": ("inspect folder", "folder is a folder; a file was expected"),
    "inspect below a file": ("inspect text.txt/m.tflite", "a part of that path is a file"),
    "inspect what is no model": ("inspect text.txt", "Not a LiteRT model: 12 bytes"),
    "inspect a damaged model": (
        "inspect damaged.tflite --json",
        "A LiteRT model that is cut short",
    ),
    "run a missing model": ("run none.tflite --input digit.png", "none.tflite is not there"),
    "run on a missing image": (f"run {INT8} --input none.png", "none.png is not there"),
    "run on a folder": (f"run {INT8} --input folder", "folder is a folder"),
    "run on text": (f"run {INT8} --input text.txt", "text.txt is not an image that can be read"),
    "run on a cut image": (f"run {INT8} --input cut.png", "cut.png is not an image that can be"),
    "run on a deep image": (
        f"run {INT8} --input deep.png",
        "deep.png has more than 8 bits a pixel",
    ),
    "run on text called npy": (f"run {INT8} --input text.npy", "text.npy is not a file of numbers"),
    "run on an empty npy": (f"run {INT8} --input empty.npy", "empty.npy is not a file of numbers"),
    "run on a pickle": (f"run {INT8} --input pickle.npy", "pickle.npy is not a file of numbers"),
    "run on a wrong shape": (f"run {INT8} --input wide.npy", "has shape (1, 8, 8, 1); got (8, 9)"),
    "run on a wrong type": (f"run {INT8} --input int64.npy", "takes int8; got int64"),
    "run on NaN": (f"run {INT8} --input nan.npy", "NaN or infinity"),
    "run on two arrays": (
        f"run {INT8} --input two.npz",
        "The model has 1 input(s): image; two.npz holds a, b. Give .npz with an array under",
    ),
    "too few labels": (
        f"run {INT8} --input digit.png --labels text.txt",
        "2 labels for 10 classes. Give one line a class",
    ),
    "labels that are no text": (
        f"run {INT8} --input digit.png --labels digit.png",
        "digit.png is not text in UTF-8",
    ),
    "unknown kernels": (
        f"run {INT8} --input digit.png --kernels fast",
        "No kernels 'fast'; choose one of reference, optimized, xnnpack",
    ),
    "a range upside down": (
        f"run {FLOAT} --input digit.png --range 1 0",
        "--range is 1 0; expected black below white",
    ),
    "an endless range": (f"run {FLOAT} --input digit.png --range 0 inf", "--range is 0 inf"),
    "a range for numbers": (f"run {FLOAT} --input wide.npy --range 0 1", "--range is for images"),
}


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """A folder of unfit files, which is the current one."""
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    for name in ("text.txt", "text.npy"):
        Path(name).write_text("one\ntwo and")
    Path("text.txt").write_text("one\ntwo more")
    Path("empty.npy").touch()
    Path("damaged.tflite").write_bytes(INT8.read_bytes()[:5000])
    Image.fromarray(np.zeros((8, 8), np.uint8)).save("digit.png")
    Path("cut.png").write_bytes(Path("digit.png").read_bytes()[:45])
    Image.fromarray(np.zeros((8, 8), np.uint16)).save("deep.png")
    np.savez("two.npz", a=np.zeros(3), b=np.zeros(3))
    np.save("pickle.npy", np.array([{}]), allow_pickle=True)
    np.save("wide.npy", np.zeros((8, 9), np.float32))
    np.save("int64.npy", np.zeros((1, 8, 8, 1), np.int64))
    np.save("nan.npy", np.full((1, 8, 8, 1), np.nan, np.float32))
    return tmp_path


@pytest.mark.parametrize(("command", "message"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_answered_with_one_line(command, message, workplace):
    before = sorted(workplace.rglob("*"))
    done = CliRunner().invoke(app, command.split())
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("qnn-edu: ") and message in line
    assert sorted(workplace.rglob("*")) == before


@pytest.mark.parametrize(
    "command",
    ["inspect", "run", "surprise", f"run {INT8}", "inspect --colour x", f"run {INT8} --top 0"],
)
def test_wrong_usage_has_exit_code_2(command):
    done = CliRunner().invoke(app, command.split())
    assert done.exit_code == 2
    assert done.stdout == "" and "Usage: " in done.stderr


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (PermissionError(13, "Permission denied", "m.tflite"), "m.tflite may not be read"),
        (OSError(28, "No space left on device"), "[Errno 28] No space left on device"),
        (ModuleNotFoundError("No module named 'x'"), "No module named 'x'. `qnn-edu doctor` says"),
    ],
)
def test_other_errors_become_a_line_too(error, line):
    assert one_line(error).startswith(line)


def test_a_file_is_whole_or_not_there(tmp_path):
    with pytest.raises(KeyError), whole_file(tmp_path / "m.tflite") as part:
        part.write_bytes(b"half")
        raise KeyError
    assert list(tmp_path.iterdir()) == []
    with whole_file(tmp_path / "m.tflite") as part:
        assert part.suffix == ".tflite"
        part.write_bytes(b"whole")
    (file,) = tmp_path.iterdir()
    assert (file.name, file.read_bytes()) == ("m.tflite", b"whole")


def test_a_file_that_was_there_stays_until_the_new_one_is_whole(tmp_path):
    file, link = tmp_path / "m.tflite", tmp_path / "link.tflite"
    file.write_bytes(b"old")
    link.symlink_to(file)
    with pytest.raises(KeyError), whole_file(link) as part:
        part.write_bytes(b"half")
        raise KeyError
    assert file.read_bytes() == b"old"
    with whole_file(link) as part:
        part.write_bytes(b"new")
    assert link.is_symlink() and file.read_bytes() == b"new"


def test_a_device_is_written_and_not_replaced():
    with whole_file(Path("/dev/null")) as part:
        assert part == Path("/dev/null")


def test_a_place_that_cannot_be_written_is_refused_before_the_work(workplace):
    for place, message in {"folder": "it is a folder", "none/m.tflite": "no folder 'none'"}.items():
        with pytest.raises(ValueError, match=message), whole_file(Path(place)):
            raise AssertionError("the work began")


def test_arrays_come_alone_or_by_name(tmp_path):
    np.savez(tmp_path / "one.npz", x=np.ones(3))
    np.savez(tmp_path / "two.npz", b=np.ones(3), a=np.zeros(2))
    np.testing.assert_array_equal(read_arrays(tmp_path / "one.npz"), np.ones(3))
    two = read_arrays(tmp_path / "two.npz")
    assert (two["a"].shape, two["b"].shape) == ((2,), (3,))
