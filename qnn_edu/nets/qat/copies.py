"""A fresh layer or operation of the kind of another, without its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras


def copy_of(operation: keras.Operation, **changes: Any) -> keras.Operation:
    """One of the same kind, with `changes` to the options of a layer; a model with its layers.

    Raises:
        ValueError: a class that does not tell Keras its options.

    >>> copy_of(load_keras().layers.Dense(2, name="dense"), use_bias=False).get_config()["use_bias"]
    False
    """
    keras = load_keras()
    if isinstance(operation, keras.Sequential | keras.Function):
        return keras.models.clone_model(operation)
    if type(operation) is keras.layers.Lambda:  # whose function Keras would not load unasked
        own = {"function": operation.function, "arguments": operation.arguments}
        rest = {"name": operation.name, "mask": operation.mask, "dtype": operation.dtype_policy}
        return keras.layers.Lambda(**own | rest | changes)
    try:
        config = operation.get_config()
    except NotImplementedError as error:
        raise ValueError(
            f"{type(operation).__name__} {operation.name!r} cannot be copied: write its "
            "get_config(), which returns the options of its __init__."
        ) from error
    return type(operation).from_config(config | changes)
