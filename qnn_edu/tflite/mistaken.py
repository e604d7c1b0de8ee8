"""What people hand in for a LiteRT model: told by its first bytes, with what to do instead."""

import io
import re
import zipfile
from pathlib import Path

_POINTER = rb"version https://git-lfs\.github\.com/spec/v1\s.{0,500}?size (\d{1,15})"
_TO_A_FILE = "qnn_edu.nets.convert(keras.models.load_model(path), 'float32') makes one of it."
_BY_TENSORFLOW = "tf.lite.TFLiteConverter.from_saved_model(folder).convert() makes one of it."
_UNPACK = "Unpack it, and take the .tflite file inside."

# How a file begins, as a pattern; what it is, with the pattern's groups; what to do.
_BEGINNINGS = (
    (rb"\Z", "an empty file", "Get it again."),
    (
        _POINTER,
        "a Git LFS pointer, a note in place of a file of {:,} bytes",
        "`git lfs pull` in its repository fetches that file; on the web, download the raw file.",
    ),
    (
        rb"\s*<(?i:!doctype|html|\?xml)",
        "a web page, not the file that it shows",
        "Download the raw file.",
    ),
    (rb"404: Not Found", "an answer that there is no such file", "Check the address."),
    (rb"GGUF", "a GGUF file", "llama.cpp runs it; LiteRT does not."),
    (rb"\s*\{\s*\"", "JSON, perhaps a server's answer", "Download the raw file."),
    (rb".{5}\0{3}\{\"", "safetensors, weights alone", "Convert the network that they are of."),
    (rb"\x89HDF\r\n\x1a\n", "a Keras model in HDF5, or its weights", _TO_A_FILE),
    (rb"\x08\x01\x12", "the graph of a SavedModel", _BY_TENSORFLOW),
    (rb"\x08[\x02-\x20][\x12\x1a\x3a\x42]", "an ONNX model", "onnx2tf makes one of it."),
    (rb"\x1f\x8b", "a gzip archive", _UNPACK),
    (rb".{257}ustar", "a tar archive", _UNPACK),
    (rb"LITERTLM", "a bundle of LiteRT-LM", _UNPACK),
    (rb"\x93NUMPY", "an array of numpy", "Give the model first, then --input array.npy."),
    (rb"\x80[\x02-\x05]", "a pickle, as PyTorch writes it", "Export the network as .tflite."),
    (rb"\x89PNG|\xff\xd8\xff", "an image", "Give the model first, then --input image."),
    (
        rb"(?s:.{0,4000})unsigned char",
        "C code, perhaps with a model's bytes",
        "Take the .tflite file that it was made of.",
    ),
)
_IN_ZIPS = (  # a name that an archive holds
    (r"model\.weights\.h5|config\.json", "a Keras model", _TO_A_FILE),
    (r".*\.tflite", "a bundle, a zip archive with {}", _UNPACK),
    (r".*data\.pkl", "a PyTorch model", "Export the network as .tflite."),
    (r".*\.npy", "arrays of numpy", "Give the model first, then --input arrays.npz."),
    (r".*", "a zip archive", _UNPACK),
)


def mistaken(content: bytes) -> tuple[str, str] | None:
    """What a file is that is no model, and what to do; None where that is not known.

    >>> mistaken(b"GGUF" + bytes(20))
    ('a GGUF file', 'llama.cpp runs it; LiteRT does not.')
    """
    if content[:4] == b"PK\x03\x04":
        return _archive(content)
    for pattern, what, advice in _BEGINNINGS:
        if found := re.match(pattern, content, re.DOTALL):
            return what.format(*map(int, found.groups())), advice
    return None


def folder(path: Path) -> str:
    """What a folder is, and what to do.

    >>> folder(Path("qnn_edu"))
    'folder; a file was expected. Name a file in it.'
    """
    if (path / "saved_model.pb").exists():
        return f"SavedModel; a file was expected. {_BY_TENSORFLOW}"
    return "folder; a file was expected. Name a file in it."


def _archive(content: bytes) -> tuple[str, str]:
    """What a zip archive holds tells what it is."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError):
        names = []
    for pattern, what, advice in _IN_ZIPS:
        for name in names:
            if re.fullmatch(pattern, name):
                return what.format(name), advice
    return "a zip archive that is cut short or empty", "Get it again."
