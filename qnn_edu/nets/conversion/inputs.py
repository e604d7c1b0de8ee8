"""The inputs of a model: what each is called, its sizes, its type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True)
class Input:
    """One input: its name, its shape (None where any size goes) and its type."""

    name: str
    shape: tuple[int | None, ...]
    dtype: np.dtype

    @classmethod
    def of(cls, name: str, shape: Any, dtype: Any) -> Input:
        """An input as TensorFlow and Keras state it.

        Raises:
            ValueError: one of no known rank, and one of a type that is no number, as text.

        >>> Input.of("image", (None, 8), "float32")
        Input(name='image', shape=(None, 8), dtype=dtype('float32'))
        """
        from qnn_edu.nets.quiet import load_tensorflow

        tf = load_tensorflow()
        known, kind = tf.TensorShape(shape), tf.as_dtype(dtype)
        if known.rank is None:
            raise ValueError(
                f"Input {name!r} may have any number of dimensions; a file has one. State its "
                "shape, as tf.TensorSpec((None, 32, 32, 3)) or keras.Input((32, 32, 3)) does."
            )
        if not (kind.is_floating or kind.is_integer or kind.is_bool):
            raise ValueError(
                f"Input {name!r} holds {kind.name}; LiteRT computes with numbers. Do that part "
                "of the work before the model, and convert what follows it."
            )
        return cls(name, tuple(known.as_list()), np.dtype(kind.as_numpy_dtype))

    @property
    def key(self) -> str:
        """The name as TensorFlow allows it, by which a signature knows the input."""
        allowed = re.sub(r"[^A-Za-z0-9_.\\/>-]", "_", self.name)
        return allowed if re.match(r"[A-Za-z0-9.]", allowed) else f"input{allowed}"

    @property
    def spec(self) -> tf.TensorSpec:
        """What a `tf.function` is told of it."""
        from qnn_edu.nets.quiet import load_tensorflow

        tf = load_tensorflow()
        return tf.TensorSpec(self.shape, tf.as_dtype(self.dtype), self.key)


def sized(inputs: Sequence[Input], batch: int) -> tuple[Input, ...]:
    """The inputs for `batch` examples at once, where they do not state a number themselves.

    Raises:
        ValueError: a batch that is no whole number of at least 1, or, above 1, another one than an
            input states.

    >>> sized([Input("image", (None, 8), np.dtype("float32"))], 1)[0].shape
    (1, 8)
    """
    if isinstance(batch, bool) or not isinstance(batch, (int, np.integer)) or batch < 1:
        raise ValueError(
            f"batch is a whole number of at least 1, or None to leave it open; got {batch!r}."
        )
    for each in inputs:
        stated = each.shape[0] if each.shape else None
        if batch > 1 and stated not in (None, batch):
            raise ValueError(
                f"batch={batch}, but input {each.name!r} states its shape, {each.shape}. Leave "
                "batch out, or build the model without that number."
            )
    return tuple(
        replace(each, shape=(int(batch), *each.shape[1:])) if _open(each) else each
        for each in inputs
    )


def open_sizes(inputs: Sequence[Input]) -> list[Input]:
    """The inputs that leave a size open, other than the batch.

    >>> open_sizes([Input("image", (None, None, 3), np.dtype("float32"))])[0].name
    'image'
    """
    return [each for each in inputs if None in each.shape[1:]]


def filled(inputs: Sequence[Input], example: dict[str, np.ndarray]) -> tuple[Input, ...]:
    """The inputs with the sizes of an example where they leave one open; the batch stays.

    >>> image = Input("image", (None, None, 3), np.dtype("float32"))
    >>> filled([image], {"image": np.zeros((1, 5, 3))})[0].shape
    (None, 5, 3)
    """
    return tuple(
        replace(each, shape=(*each.shape[:1], *example[each.name].shape[1:])) for each in inputs
    )


def _open(each: Input) -> bool:
    return bool(each.shape) and each.shape[0] is None
