"""Datasets as arrays: digits (always here), CIFAR-10 and the ImageNet labels (on demand)."""

import gzip
import io
import pickle
import tarfile
from pathlib import Path

import numpy as np

from qnn_edu.data.assets import asset
from qnn_edu.data.cache import fetch

DIGITS = "digits.csv.gz"  # scikit-learn's own file: a digit a line, 64 pixels and its name
CIFAR10 = "cifar-10-python.tar.gz"
CIFAR10_FILES = {
    "train": [f"data_batch_{i}" for i in range(1, 6)],
    "test": ["test_batch"],
}


def digits(split: str) -> tuple[np.ndarray, np.ndarray]:
    """The 1797 handwritten digits that scikit-learn made known, as `(x, y)`; they travel with us.

    x float32 (n, 8, 8, 1) in [0, 1], ink is 1; y int64 (n,), the digit. `split` is "train",
    "test" or "all". Of each digit every fifth image, in the file's order, is test: 20 % of each
    class, and the same images on every machine and in every version.

    Raises:
        ValueError: another split.

    Source: Alpaydin and Kaynak 1998, "Optical recognition of handwritten digits", UCI, test part.

    >>> x, y = digits("test")
    >>> x.shape, x.dtype, y[:5]
    ((355, 8, 8, 1), dtype('float32'), array([5, 0, 9, 8, 7]))
    """
    _check_split("digits", split, ("train", "test", "all"))
    with gzip.open(asset(DIGITS)) as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.uint8)
    x = (table[:, :64] / np.float32(16)).reshape(-1, 8, 8, 1)
    y = table[:, 64].astype(np.int64)
    if split == "all":
        return x, y
    chosen = _every_fifth(y) == (split == "test")
    return x[chosen], y[chosen]


def _every_fifth(y: np.ndarray) -> np.ndarray:
    """True at the 5th, 10th, 15th, ... occurrence of each label."""
    rank = np.empty(len(y), np.int64)
    for label in np.unique(y):
        where = y == label
        rank[where] = np.arange(where.sum())
    return rank % 5 == 4


def cifar10(split: str, *, file: str | Path | None = None) -> tuple[np.ndarray, np.ndarray]:
    """CIFAR-10 as `(x, y)`: x uint8 (n, 32, 32, 3), y int64 (n,); 50,000 "train", 10,000 "test".

    The first call downloads the official archive (170 MB), unless `file` names a copy: an archive
    of the official form, or an `.npz` of JPEG images. Such a copy is not the same data: compare
    only numbers measured on one and the same file.

    Raises:
        NotAvailable: the archive cannot be had now.
        ValueError: another split.

    Source: Krizhevsky 2009, "Learning multiple layers of features from tiny images".

    >>> cifar10("validation")
    Traceback (most recent call last):
    ValueError: cifar10: no split 'validation'; choose one of train, test
    """
    _check_split("cifar10", split, tuple(CIFAR10_FILES))
    path = fetch(CIFAR10) if file is None else Path(file)
    return (_from_jpeg if path.suffix == ".npz" else _from_archive)(path, split)


def _from_archive(archive: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """`cifar10` from an archive of the official form, read without unpacking it to disk."""
    images, labels = {}, {}
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:  # in the archive's order: a gzip stream cannot seek cheaply
            name = Path(member.name).name
            if name in CIFAR10_FILES[split]:
                # A pickle can run code; this is the official file, its sha256 checked by `fetch`.
                content = tar.extractfile(member)
                assert content is not None  # members of these names are files
                batch = pickle.load(content, encoding="bytes")
                images[name], labels[name] = batch[b"data"], batch[b"labels"]
    planes = np.concatenate([images[name] for name in CIFAR10_FILES[split]])
    y = np.concatenate([np.asarray(labels[name], np.int64) for name in CIFAR10_FILES[split]])
    colours_first = planes.reshape(-1, 3, 32, 32)
    return np.ascontiguousarray(colours_first.transpose(0, 2, 3, 1)), y


def _from_jpeg(file: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """`cifar10` from JPEG bytes in an npz: image i is `jpeg_*[offsets_*[i] : offsets_*[i + 1]]`."""
    from PIL import Image

    with np.load(file) as arrays:
        jpeg, offsets, y = (arrays[f"{name}_{split}"] for name in ("jpeg", "offsets", "y"))
    cut = [jpeg[start:end].tobytes() for start, end in zip(offsets, offsets[1:], strict=False)]
    x = np.stack([np.asarray(Image.open(io.BytesIO(each)).convert("RGB")) for each in cut])
    return x, y.astype(np.int64)


def imagenet_labels() -> list[str]:
    """The 1001 class names that the MobileNet downloads answer with; class 0 is background.

    Raises:
        NotAvailable: the list cannot be had now.

    >>> from qnn_edu.data import available
    >>> not available("imagenet_labels.txt") or len(imagenet_labels()) == 1001
    True
    """
    return fetch("imagenet_labels.txt").read_text(encoding="utf-8").splitlines()


def _check_split(what: str, split: str, expected: tuple[str, ...]) -> None:
    if split not in expected:
        raise ValueError(f"{what}: no split {split!r}; choose one of {', '.join(expected)}")
