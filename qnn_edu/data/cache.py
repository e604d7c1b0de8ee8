"""Downloads on demand: an address and a sha256 each, kept in a cache folder, resumed when cut."""

import os
from dataclasses import dataclass
from pathlib import Path

from qnn_edu.data import transfer

_CORAL = (
    "https://raw.githubusercontent.com/google-coral/test_data/"
    "104342d2d3480b3e66203073dac24f4e2dbb4c41/"
)


@dataclass(frozen=True)
class Download:
    """Where a file comes from and the sha256 that proves it is the right one."""

    url: str
    sha256: str


DOWNLOADS = {
    "mobilenet_v1_0.25_128_uint8.tflite": Download(
        _CORAL + "mobilenet_v1_0.25_128_quant.tflite",
        "cb273c23ee76374b05b9583177e28aa19744858a7679c56a250e83d0333da785",
    ),
    "mobilenet_v1_0.5_160_uint8.tflite": Download(
        _CORAL + "mobilenet_v1_0.5_160_quant.tflite",
        "3cc6d2ca460abd2e0f699a6d0d2550c6b61c6e3b0e27a3616e384ea74cb86f43",
    ),
    "imagenet_labels.txt": Download(
        _CORAL + "imagenet_labels.txt",
        "b8aaeb5630c62626a7d124a05c0e14230a7ffdd2136a31d0190a4fb71c1d82f1",
    ),
    "cifar-10-python.tar.gz": Download(
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    ),
}


class NotAvailable(OSError):
    """A download that cannot be had now; the message says why and what still works."""


def cache_dir() -> Path:
    """The folder of the downloads: `QNN_EDU_CACHE`, or the user's cache folder."""
    import pooch

    return Path(os.environ.get("QNN_EDU_CACHE") or pooch.os_cache("qnn-edu")).expanduser()


def available(name: str) -> bool:
    """Is this download in the cache folder already, with the right sha256?

    Raises:
        ValueError: a name that `DOWNLOADS` does not have.

    >>> available("imagenet_labels.txt") in (True, False)
    True
    """
    return _is_right(cache_dir() / name, _known(name))


def fetch(name: str) -> Path:
    """The path of a download: from the cache folder, or else from the network.

    A file is seen under its name only once it is whole and its sha256 is right; one that you
    place there by hand counts too. A cut download goes on where it stopped.

    Raises:
        NotAvailable: no connection, or what came is not the file; the message says what to do.
        ValueError: a name that `DOWNLOADS` does not have.

    >>> fetch("resnet.tflite")
    Traceback (most recent call last):
    ValueError: fetch: no download 'resnet.tflite'; choose one of mobilenet_v1_0.25_128_uint8...
    """
    import requests

    source, path = _known(name), cache_dir() / name
    if _is_right(path, source):
        return path
    part = path.with_name(name + ".part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        transfer.download(source.url, part)
    except requests.RequestException as error:
        raise NotAvailable(_message(name, path, transfer.reason(source.url, error))) from error
    except OSError as error:
        raise NotAvailable(_message(name, path, f"cannot write there ({error})")) from error
    if not _is_right(part, source):
        part.unlink()
        raise NotAvailable(_message(name, path, "what came has another sha256 and was discarded"))
    os.replace(part, path)
    return path


def _known(name: str) -> Download:
    if name not in DOWNLOADS:
        raise ValueError(f"fetch: no download {name!r}; choose one of {', '.join(DOWNLOADS)}")
    return DOWNLOADS[name]


def _is_right(path: Path, source: Download) -> bool:
    import pooch

    return path.is_file() and pooch.file_hash(path, alg="sha256") == source.sha256


def _message(name: str, path: Path, why: str) -> str:
    source = DOWNLOADS[name]
    return (
        f"{name} is not available: {why}.\n"
        f"  Wanted from: {source.url}\n"
        "  Works without it: all lessons, the digits, the photographs, the digits models.\n"
        "  To try again: run this cell again; a download that was cut goes on where it stopped.\n"
        f"  By hand: save that address as {path}\n"
        f"  (sha256 {source.sha256})."
    )
