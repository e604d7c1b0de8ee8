"""Files that are no models: each is told by what it is, with what to do, in one sentence or two."""

import gzip
import io
import pickle
import tarfile
import time
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qnn_edu.data import asset
from qnn_edu.tflite import read

INT8 = asset("digits_int8.tflite").read_bytes()
POINTER = """version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 4276352
"""


def written(save, *arguments):
    file = io.BytesIO()
    save(file, *arguments)
    return file.getvalue()


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"content")
    return file.getvalue()


def tarred():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model.tflite"))
    return file.getvalue()


def array():
    return written(np.save, np.zeros(3))


KERAS = asset("digits.keras").read_bytes()
FILES = {
    "empty": (b"", "an empty file. Get it again."),
    "pointer": (
        POINTER.encode(),
        "a Git LFS pointer, a note in place of a file of 4,276,352 bytes. `git lfs pull` in its "
        "repository fetches that file; on the web, download the raw file.",
    ),
    "pointer of Windows": (POINTER.replace("\n", "\r\n").encode(), "file of 4,276,352 bytes"),
    "page": (b"\n<!DOCTYPE html>\n<html lang='en'>", "a web page, not the file that it shows"),
    "page in small letters": (b"<html><body>", "a web page"),
    "XML": (b"<?xml version='1.0'?><Error>", "a web page"),
    "not found": (b"404: Not Found", "there is no such file. Check the address."),
    "JSON": (b'{"message": "Not Found"}', "JSON, perhaps a server's answer"),
    "Keras": (KERAS, "a Keras model. qnn_edu.nets.convert(keras.models.load_model(path)"),
    "Keras cut": (KERAS[:3000], "a zip archive that is cut short or empty. Get it again."),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(40), "a Keras model in HDF5, or its weights"),
    "bundle": (zipped("a.txt", "hand.tflite"), "a bundle, a zip archive with hand.tflite. Unpack"),
    "PyTorch": (zipped("net/data.pkl", "net/data/0"), "a PyTorch model. Export"),
    "arrays": (written(np.savez, np.zeros(3)), "arrays of numpy. Give the model first"),
    "zip": (zipped("a.txt"), "a zip archive. Unpack it, and take the .tflite file inside."),
    "pickle": (pickle.dumps([1]), "a pickle, as PyTorch writes it"),
    "array": (array(), "an array of numpy"),
    "ONNX": (b"\x08\x07\x12\x07pytorch\x1a\x031.9:\xde\x01", "an ONNX model. onnx2tf"),
    "SavedModel": (b"\x08\x01\x12\x9e\x01\n\x10", "the graph of a SavedModel. tf.lite.TFLiteConv"),
    "safetensors": (b"\x50\0\0\0\0\0\0\0" + b'{"weight":{"dtype"', "safetensors, weights alone"),
    "GGUF": (b"GGUF\x03\0\0\0" + bytes(16), "a GGUF file. llama.cpp runs it; LiteRT does not."),
    "LiteRT-LM": (b"LITERTLM\x01\0\0\0", "a bundle of LiteRT-LM"),
    "gzip": (gzip.compress(INT8), "a gzip archive. Unpack it"),
    "tar": (tarred(), "a tar archive. Unpack it"),
    "C": (b"#include <x.h>\nalignas(8) const unsigned char model[] = {0x1c,", "C code, perhaps"),
    "image": (written(lambda f: Image.new("L", (2, 2)).save(f, "png")), "an image. Give"),
    "photograph": (written(lambda f: Image.new("L", (2, 2)).save(f, "jpeg")), "an image. Give"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_file_is_told_by_what_it_is(name):
    content, words = FILES[name]
    with pytest.raises(ValueError) as refused:
        read(content)
    said = str(refused.value)
    assert said.startswith("Not a LiteRT model, but ") and words in said
    assert len(said) < 250 and said.isprintable()


def test_what_nobody_knows_is_told_by_its_bytes():
    with pytest.raises(ValueError, match=r"Not a LiteRT model: 12 bytes, and bytes 4 to 8 are b'"):
        read(b"one\ntwo more")


@pytest.mark.parametrize("length", [8, 100, 5000, len(INT8) // 2])
def test_a_model_cut_short_is_told_so(length):
    with pytest.raises(ValueError, match=r"cut short or damaged: .* Get the file again\."):
        read(INT8[:length])


@given(st.sampled_from(sorted(FILES)), st.integers(0, 300), st.binary(max_size=20))
def test_whatever_follows_a_beginning_there_is_a_sentence(name, length, more):
    content = FILES[name][0][:length] + more
    with pytest.raises(ValueError, match="Not a LiteRT model") as refused:
        read(content)
    assert type(refused.value) is ValueError


@pytest.mark.parametrize("name", FILES)
def test_a_long_file_is_told_at_once(name):
    """Whatever ten megabytes of spaces and lines follow the beginning."""
    began = time.process_time()
    with pytest.raises(ValueError, match="Not a LiteRT model"):
        read(FILES[name][0][:40] + b" \n" * 5_000_000)
    assert time.process_time() - began < 1


def test_a_saved_model_is_told_by_its_folder(tmp_path):
    with pytest.raises(ValueError, match="is a folder; a file was expected. Name a file in it"):
        read(tmp_path)
    (tmp_path / "saved_model.pb").touch()
    with pytest.raises(ValueError, match="is a SavedModel; .*TFLiteConverter.from_saved_model"):
        read(tmp_path)
