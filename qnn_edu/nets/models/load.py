"""Reading a trained model from where it was saved, ready for `convert`."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from qnn_edu.nets.quiet import load_keras, load_tensorflow, quiet_stderr

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    Loaded = keras.Model | tf.types.experimental.ConcreteFunction

SIGNATURE = "serving_default"


def load_model(path: str | Path) -> Loaded:
    """What `convert` takes, from a `.keras` or `.h5` file or from a SavedModel folder.

    The file gives a Keras model, the folder the concrete function of its signature
    "serving_default".

    Raises:
        ValueError: a path that is neither, a file that Keras cannot load (damaged, or with layers
            of somebody's own), or a SavedModel without that signature.

    >>> from qnn_edu.data import asset
    >>> load_model(asset("digits.keras")).name
    'digits_net'
    """
    path = Path(path)
    if path.suffix in (".keras", ".h5") and path.is_file():
        return _keras_model(path)
    if (path / "saved_model.pb").is_file():
        return _signature(path)
    what = "a folder without saved_model.pb" if path.is_dir() else "a file of another kind"
    raise ValueError(
        f"load_model: {str(path)!r} is {what if path.exists() else 'not there'}. Expected a .keras "
        "or .h5 file, or a SavedModel folder."
    )


def _keras_model(path: Path) -> keras.Model:
    if path.suffix == ".keras" and not zipfile.is_zipfile(path):
        raise ValueError(f"load_model: {str(path)!r} is damaged: a .keras file is a zip archive.")
    try:
        return load_keras().models.load_model(path, compile=False)
    except (TypeError, ValueError, OSError, KeyError) as error:
        # Keras tells the reason last, behind a listing of the whole model.
        essence = str(error).rpartition("Exception encountered: ")[2].strip().split(". ")[0]
        raise ValueError(f"load_model: Keras cannot load {str(path)!r}: {essence}") from error


def _signature(folder: Path) -> tf.types.experimental.ConcreteFunction:
    tf = load_tensorflow()
    with quiet_stderr():
        loaded = tf.saved_model.load(folder)
    if SIGNATURE not in loaded.signatures:
        raise ValueError(
            f"load_model: {str(folder)!r} has no signature {SIGNATURE!r}; there are "
            f"{', '.join(map(repr, loaded.signatures)) or 'none'}."
        )
    function = loaded.signatures[SIGNATURE]
    function.saved_model = loaded  # its variables live no longer than the object does
    return function
