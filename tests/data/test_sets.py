"""Digits, photographs, and the CIFAR-10 reader: shapes, types, splits."""

import io
import pickle
import subprocess
import sys
import tarfile

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from qnn_edu.data import PHOTOS, asset, cifar10, digits, fetch, photo
from qnn_edu.data.datasets import CIFAR10_FILES


def test_digits_are_those_of_scikit_learn():
    x, y = digits("all")
    oracle = load_digits()
    assert x.dtype == np.float32 and y.dtype == np.int64
    np.testing.assert_array_equal(x[..., 0] * 16, oracle.images)
    np.testing.assert_array_equal(y, oracle.target)


def test_the_splits_part_the_digits_class_by_class():
    x, y = digits("all")
    (x_train, y_train), (x_test, y_test) = digits("train"), digits("test")
    parts = np.concatenate([x_train, x_test]).reshape(len(x), -1)
    np.testing.assert_array_equal(
        parts[np.lexsort(parts.T)], x.reshape(len(x), -1)[np.lexsort(x.reshape(len(x), -1).T)]
    )
    np.testing.assert_array_equal(np.bincount(y_test), np.bincount(y) // 5)
    assert len(y_train) + len(y_test) == len(y)


@pytest.mark.parametrize("name", PHOTOS)
def test_photographs(name):
    whole, square = photo(name), photo(name, size=32)
    assert whole.dtype == square.dtype == np.uint8
    assert whole.ndim == 3 and whole.shape[2] == 3 and square.shape == (32, 32, 3)
    side = min(whole.shape[:2])
    top, left = (whole.shape[0] - side) // 2, (whole.shape[1] - side) // 2
    middle = whole[top : top + side, left : left + side]
    np.testing.assert_allclose(square.mean((0, 1)), middle.mean((0, 1)), atol=1)


def test_cifar10_is_read_from_an_archive_of_the_official_form(tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (6, 4, 32, 32, 3), dtype=np.uint8)  # file, image, h, w, colour
    labels = rng.integers(0, 10, (6, 4))
    archive = tmp_path / "cifar.tar.gz"
    names = CIFAR10_FILES["train"] + CIFAR10_FILES["test"]
    with tarfile.open(archive, "w:gz") as tar:
        for i in (3, 5, 0, 4, 1, 2):  # the archive's order is not the data's
            planes = images[i].transpose(0, 3, 1, 2).reshape(4, -1)
            content = pickle.dumps({b"data": planes, b"labels": labels[i].tolist()})
            member = tarfile.TarInfo(f"cifar-10-batches-py/{names[i]}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    for split, files in (("train", slice(0, 5)), ("test", slice(5, 6))):
        x, y = cifar10(split, file=archive)
        np.testing.assert_array_equal(x, images[files].reshape(-1, 32, 32, 3))
        np.testing.assert_array_equal(y, labels[files].ravel())
        assert x.dtype == np.uint8 and y.dtype == np.int64


def test_cifar10_is_read_from_an_npz_of_jpeg_images(tmp_path):
    arrays, expected = {}, {}
    for split, levels in (("train", [0, 90, 255]), ("test", [10, 200])):
        files = [io.BytesIO() for _ in levels]
        for file, level in zip(files, levels, strict=True):
            Image.new("RGB", (32, 32), (level, level, level)).save(file, "jpeg")
        parts = [np.frombuffer(file.getvalue(), np.uint8) for file in files]
        arrays[f"jpeg_{split}"] = np.concatenate(parts)
        arrays[f"offsets_{split}"] = np.cumsum([0, *map(len, parts)])
        arrays[f"y_{split}"] = np.arange(len(levels), dtype=np.uint8)
        expected[split] = levels
    np.savez(tmp_path / "copy.npz", **arrays)
    for split, levels in expected.items():
        x, y = cifar10(split, file=tmp_path / "copy.npz")
        assert x.shape == (len(levels), 32, 32, 3) and x.dtype == np.uint8
        np.testing.assert_array_equal(x[:, 5, 7], np.repeat(levels, 3).reshape(-1, 3))
        assert y.dtype == np.int64 and y.tolist() == list(range(len(levels)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: digits("validation"), "no split 'validation'; choose one of train, test, all"),
        (lambda: cifar10("all"), "no split 'all'; choose one of train, test"),
        (lambda: photo("dog"), "no photograph 'dog'; choose one of chelsea"),
        (lambda: photo("chelsea", size=0), "size is 0"),
        (lambda: asset("digits.onnx"), "no file 'digits.onnx'; choose one of"),
        (lambda: fetch("digits"), "no download 'digits'"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_ones(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_data_is_light():
    code = (
        "import sys, qnn_edu.data as d; d.digits('all'); d.photo('coffee');"
        "print(*{'sklearn', 'skimage', 'tensorflow', 'pooch', 'requests'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
