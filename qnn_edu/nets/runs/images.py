"""The images that a run trains on, in an order that depends on seed and epoch alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qnn_edu.data import DOWNLOADS, asset, cifar10, digits, fetch
from qnn_edu.data.datasets import CIFAR10, DIGITS

SHIFT = {"digits": 1, "cifar10": 4}  # pixels that augmentation moves an image by, at most
Batch = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Origin:
    """The file that the images come from: its sha256, and which copy of the data set it is."""

    dataset: str
    file: Path | None
    sha256: str
    copy: str

    @property
    def facts(self) -> dict[str, str]:
        """What a result says of it: no path, for a path says nothing elsewhere."""
        return {"sha256": self.sha256, "copy": self.copy}


@dataclass(frozen=True, eq=False)
class Images:
    """Training and test images, (n, h, w, c) as stored, and their classes (n,)."""

    train: Batch
    test: Batch


def origin(dataset: str, file: Path | None = None) -> Origin:
    """Where the images of a data set come from; `file` as `qnn_edu.data.cifar10` takes it.

    Raises:
        NotAvailable: no file was named, and the download cannot be had now.
        ValueError: a file for the digits, which need none.
        OSError: a file that cannot be read.

    >>> origin("digits").copy
    'scikit-learn'
    """
    if dataset == "digits":
        if file is not None:
            raise ValueError(f"The digits travel with us; {file} has no use. Leave it out.")
        return Origin(dataset, None, _sha256(asset(DIGITS)), "scikit-learn")
    path = fetch(CIFAR10) if file is None else Path(file)
    sha256 = _sha256(path)
    if sha256 == DOWNLOADS[CIFAR10].sha256:
        return Origin(dataset, path, sha256, "official")
    jpeg = "JPEG copy, not the official pixels"
    return Origin(dataset, path, sha256, jpeg if path.suffix == ".npz" else "another copy")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def load(source: Origin) -> Images:
    """The images themselves.

    Raises:
        ValueError: a file that holds something else.

    >>> load(origin("digits")).train[0].shape
    (1442, 8, 8, 1)
    """
    if source.dataset == "digits":
        return Images(digits("train"), digits("test"))
    return Images(*(cifar10(split, file=source.file) for split in ("train", "test")))


def as_input(x: np.ndarray) -> np.ndarray:
    """Images as a network takes them: float32 from 0 to 1.

    >>> as_input(np.uint8([0, 51, 255])).tolist()
    [0.0, 0.20000000298023224, 1.0]
    """
    return x / np.float32(255) if x.dtype == np.uint8 else np.asarray(x, np.float32)


def batches(data: Batch, *, size: int, seed: int, epoch: int, shift: int = 0) -> Iterator[Batch]:
    """All images once, in full batches (what is left over waits for another epoch's order).

    Order and augmentation are drawn from (seed, epoch): a run that is taken up again sees what it
    would have seen. `shift`: pixels that an image is moved by at most, zeros moving in; colour
    images are mirrored too, every second one.

    Raises:
        ValueError: fewer images than one batch.

    >>> x, y = np.zeros((10, 8, 8, 1)), np.arange(10)
    >>> [labels.tolist() for _, labels in batches((x, y), size=4, seed=1, epoch=0)]
    [[8, 4, 7, 0], [1, 2, 5, 9]]
    """
    x, y = data
    if len(x) < size:
        raise ValueError(f"batches: {len(x)} images are fewer than one batch of {size}.")
    rng = np.random.default_rng((seed, epoch))
    order = rng.permutation(len(x))
    for start in range(0, len(x) - size + 1, size):
        chosen = order[start : start + size]
        images = as_input(x[chosen])
        yield (_varied(images, shift, rng) if shift else images), y[chosen]


def _varied(x: np.ndarray, shift: int, rng: np.random.Generator) -> np.ndarray:
    """Images moved, and colour images mirrored, at random."""
    n, height, width, channels = x.shape
    padded = np.pad(x, ((0, 0), (shift, shift), (shift, shift), (0, 0)))
    top, left = rng.integers(0, 2 * shift + 1, (2, n))
    rows = top[:, np.newaxis] + np.arange(height)
    columns = left[:, np.newaxis] + np.arange(width)
    if channels == 3:
        mirrored = rng.random(n) < 0.5
        columns[mirrored] = columns[mirrored, ::-1]
    image = np.arange(n)[:, np.newaxis, np.newaxis]
    return padded[image, rows[:, :, np.newaxis], columns[:, np.newaxis, :]]
