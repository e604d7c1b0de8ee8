"""Reading a trained model from where it was saved, ready for `convert`."""

from __future__ import annotations

import zipfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from qnn_edu.nets.quiet import load_keras, load_tensorflow, quiet_stderr

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    Loaded = keras.Model | tf.types.experimental.ConcreteFunction

SIGNATURE = "serving_default"
# Modules that import, among them, every class which the package registers with Keras.
REGISTERING = ("qnn_edu.nets.qat.prepare", "qnn_edu.nets.qat.teacher")


def load_model(path: str | Path, *, signature: str | None = None) -> Loaded:
    """What `convert` takes, from a `.keras` or `.h5` file or from a SavedModel folder.

    The file gives a Keras model, also one that `quantize_aware` made: Keras alone does not know its
    layers before the package has used them. A layer of your own has to be registered first, by
    `keras.saving.register_keras_serializable`.

    The folder gives the concrete function of its signature: the one named by `signature`, else
    "serving_default", else the only one.

    Raises:
        ValueError: a path that is neither, a file that Keras cannot load (damaged, or with layers
            of somebody's own), a damaged SavedModel, one without that signature or, unnamed, with
            several, and a signature asked of a file.

    >>> from qnn_edu.data import asset
    >>> load_model(asset("digits.keras")).name
    'digits_net'
    """
    if not isinstance(path, (str, Path)):
        raise ValueError(f"load_model: expected a path, got {type(path).__name__}.")
    path = Path(path)
    if path.suffix in (".keras", ".h5") and path.is_file():
        if signature is not None:
            raise ValueError(
                f"load_model: {str(path)!r} holds a Keras model, which has no signatures; leave "
                f"signature={signature!r} out."
            )
        return _keras_model(path)
    if (path / "saved_model.pb").is_file():
        return _signature(path, signature)
    what = "a folder without saved_model.pb" if path.is_dir() else "a file of another kind"
    raise ValueError(
        f"load_model: {str(path)!r} is {what if path.exists() else 'not there'}. Expected a .keras "
        "or .h5 file, or a SavedModel folder."
    )


def register() -> None:
    """Let Keras know every layer of the package, so that it loads models which hold one.

    >>> register()
    >>> load_keras().saving.get_registered_object("qnn_edu>QuantizedLayer").__name__
    'QuantizedLayer'
    """
    for module in REGISTERING:
        import_module(module)


def _keras_model(path: Path) -> keras.Model:
    if path.suffix == ".keras" and not zipfile.is_zipfile(path):
        raise ValueError(f"load_model: {str(path)!r} is damaged: a .keras file is a zip archive.")
    register()
    try:
        return load_keras().models.load_model(path, compile=False)
    except (TypeError, ValueError, OSError, KeyError, AttributeError) as error:
        # Keras tells the reason last, behind a listing of the whole model.
        essence = str(error).rpartition("Exception encountered: ")[2].strip().split(". ")[0]
        raise ValueError(f"load_model: Keras cannot load {str(path)!r}: {essence}") from error


def _signature(folder: Path, wanted: str | None) -> tf.types.experimental.ConcreteFunction:
    tf = load_tensorflow()
    try:
        with quiet_stderr():
            loaded = tf.saved_model.load(folder)
    except (OSError, ValueError, IndexError, tf.errors.OpError) as error:  # damaged, or in part
        essence = str(error).partition("\n")[0]
        raise ValueError(
            f"load_model: TensorFlow cannot load {str(folder)!r}: {essence}"
        ) from error
    names = list(loaded.signatures)
    name = wanted or (names[0] if len(names) == 1 else SIGNATURE)
    if name not in names:
        there = ", ".join(map(repr, names)) or "none"
        raise ValueError(
            f"load_model: {str(folder)!r} has no signature {name!r}; there are {there}."
            if wanted
            else f"load_model: {str(folder)!r} has several signatures or none, and none is called "
            f"{SIGNATURE!r}; there are {there}. Choose one by signature=NAME."
        )
    function = loaded.signatures[name]
    function.saved_model = loaded  # its variables live no longer than the object does
    return function
