"""Whatever file a command is given in any place, it answers, or says on one line what to do."""

import shutil

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from qnn_edu.cli import app
from qnn_edu.data import asset

INT8 = asset("digits_int8.tflite")
COMMANDS = {
    "inspect": ["inspect", "FILE"],
    "inspect --json": ["inspect", "FILE", "--json"],
    "diagram": ["diagram", "FILE"],
    "diagram -o": ["diagram", "FILE", "-o", "out.dot"],
    "export-c": ["export-c", "FILE", "-o", "out.h"],
    "run": ["run", "FILE", "--input", "digit.png"],
    "run --input": ["run", "good.tflite", "--input", "FILE"],
    "run --labels": ["run", "good.tflite", "--input", "digit.png", "--labels", "FILE"],
    "convert": ["convert", "FILE", "-o", "out.tflite", "--recipe", "float32"],
    "convert --calibration": [
        *("convert", "good.keras", "-o", "out.tflite", "--recipe", "int8"),
        *("--calibration", "FILE"),
    ],
}


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Files of every kind and none, in the current folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(INT8, "good.tflite")
    shutil.copy(asset("digits.keras"), "good.keras")
    Image.fromarray(np.zeros((8, 8), np.uint8)).save("digit.png")
    whole = INT8.read_bytes()
    contents = {
        **{"empty": b"", "text": b"one\ntwo", "bytes": bytes(range(256)), "magic": b"\0\0\0\0TFL3"},
        **{f"cut{size}": whole[:size] for size in (8, 100, 5000, len(whole) - 1)},
        "json": b'{"model": []}',
        "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1234\n",
        "zip": asset("digits.keras").read_bytes()[:3000],
    }
    names = [".", "none", "good.tflite/inside", "good.keras", "digit.png", "x" * 300]
    for name, content in contents.items():
        for ending in ("tflite", "keras", "h5", "npy", "png"):
            names.append(f"{name}.{ending}")
            (tmp_path / names[-1]).write_bytes(content)
    arrays = {
        **{"scalar": np.float32(1), "none": np.zeros((0, 8, 8, 1)), "rank": np.zeros((8, 8))},
        **{"nan": np.full((1, 8, 8, 1), np.nan), "complex": np.zeros((1, 8, 8, 1), complex)},
        **{"words": np.array(["a"]), "large": np.full((1, 8, 8, 1), 1e300)},
        "objects": np.array([{}], object),
    }
    for name, array in arrays.items():
        names += [f"{name}.npy", f"{name}.npz"]
        np.save(names[-2], array, allow_pickle=True)
        np.savez(names[-1], array)
    np.savez("nothing.npz")
    np.savez("named.npz", wrong=np.zeros((1, 8, 8, 1)), image=np.zeros((1, 8, 8, 1)))
    return [*names, "nothing.npz", "named.npz"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("command", COMMANDS)
def test_any_file_is_answered_or_refused_on_one_line(command, files):
    found = []
    for name in files:
        line = [name if word == "FILE" else word for word in COMMANDS[command]]
        done = CliRunner().invoke(app, line)
        one_line = len(done.stderr.splitlines()) == 1 and done.stderr.startswith("qnn-edu: ")
        if done.exit_code != 0 and not (done.exit_code == 1 and one_line and not done.stdout):
            found.append(f"{name}: {done.exit_code} {done.exception!r} {done.stderr[:200]}")
    assert not found, "\n".join(found)
