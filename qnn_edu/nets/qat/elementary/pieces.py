"""The layers that one layer is written as: made at its first call, and used again at the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.qat.copies import copy_of
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()


class Pieces:
    """Makes the pieces of `layer`, named after it, each once however often the layer is called.

    A piece asked for twice within one call of the layer is two: the second is named `NAME_PIECE_2`.
    `made` has the pieces in order. Their weights, one after the other, are the weights of the layer
    in their order, reshaped; but for those in `sources`, which has for each of them what it holds:
    an array, or a variable.

    `taken`: names that are used in the model already; those of the pieces are added. `trace` writes
    a plain function, called on tensors, as its steps.

    >>> pieces = Pieces(keras.layers.ReLU(), "act", {"act", "act_sum"}, trace=None)
    >>> [pieces(keras.layers.Add, "sum").name, pieces(keras.layers.Add, "sum").name]
    ['act_sum_', 'act_sum_2']
    >>> pieces.begin()
    >>> pieces(keras.layers.Add, "sum").name
    'act_sum_'
    """

    def __init__(
        self, layer: keras.Operation, name: str, taken: set[str], trace: Callable[..., Any] | None
    ) -> None:
        self.layer, self.name, self.trace = layer, name, trace
        self.made: list[keras.Layer] = []
        self.sources: list[tuple[Any, keras.Layer]] = []
        self._taken = taken
        self._by_key: dict[str, Any] = {}
        self.begin()

    def begin(self) -> None:
        """A call of the layer begins: the pieces it asks for are the first again."""
        self._asked: Counter[str] = Counter()

    def __call__(self, kind: Callable[..., keras.Layer], piece: str = "", **options: Any) -> Any:
        """The piece of this name, which is of this kind; without a name it takes the layer's."""

        def make() -> keras.Layer:
            trains = getattr(self.layer, "trainable", True)
            made = kind(**{"dtype": "float32", "trainable": trains} | options, name=self._free(key))
            self.made.append(made)
            return made

        key = self._next(piece)
        return self._once(key, make)

    def copy(self, **changes: Any) -> Any:
        """The layer itself, a fresh one of its kind and name, with `changes` to its options."""

        def make() -> keras.Operation:
            own = {"name": self.name, "dtype": "float32"} | changes
            made = copy_of(self.layer, **own if isinstance(self.layer, keras.Layer) else {})
            if isinstance(made, keras.Layer):
                self.made.append(made)
            return made

        return self._once(self._next(""), make)

    def constant(self, kind: Callable[..., keras.Layer], piece: str, value: Any) -> Any:
        """The piece that reckons with a constant: a number, an array, or a variable that trains."""
        if np.size(value) == 1 and not isinstance(value, keras.Variable):
            return self(kind, piece, value=float(np.asarray(value).item()))
        return self.sourced(kind, piece, value, shape=tuple(value.shape))

    def sourced(
        self, kind: Callable[..., keras.Layer], piece: str, value: Any, **options: Any
    ) -> Any:
        """The piece whose one weight holds `value`, an array or a variable."""
        trains = isinstance(value, keras.Variable) and value.trainable
        count = len(self.made)
        made = self(kind, piece, trainable=trains, **options)
        if len(self.made) > count:
            self.sources.append((value, made))
        return made

    def of(self, layer: keras.Layer, piece: str) -> Pieces:
        """The pieces of a layer within the layer, such as one given as `activation=`."""

        def make() -> Pieces:
            inner = Pieces(layer, self._free(piece), self._taken, self.trace)
            inner.made, inner.sources = self.made, self.sources
            return inner

        inner = self._once(self._next(piece), make)
        inner.begin()
        return inner

    def refusal(self, reason: str) -> CannotRewrite:
        """What to raise where the layer cannot be rewritten; `reason` goes on after its name."""
        return refusal(self.layer, reason)

    def _next(self, piece: str) -> str:
        self._asked[piece] += 1
        times = self._asked[piece]
        return piece if times == 1 else f"{piece}_{times}"

    def _once(self, key: str, make: Callable[[], Any]) -> Any:
        if key not in self._by_key:
            self._by_key[key] = make()
        return self._by_key[key]

    def _free(self, key: str) -> str:
        """A name that is not taken, and taken from now on."""
        if not key:
            return self.name  # which is the layer's own
        name = f"{self.name}_{key}"
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


class CannotRewrite(ValueError):
    """Something that has no elementary form; `reason` is the first sentence of what it says."""

    def __init__(self, reason: str, way_out: str) -> None:
        super().__init__(f"{reason}. {way_out}")
        self.reason = reason


def refusal(thing: Any, reason: str) -> CannotRewrite:
    """An error that names a layer, an operation or a function, why it is refused, and what to do.

    >>> print(refusal(keras.layers.LSTM(1, name="lstm"), "is not known"))
    Layer 'lstm', a LSTM, is not known. Name it in leave_float=['lstm'], build it from other
    layers, or teach it with nets.register(LSTM, rule).
    """
    name = getattr(thing, "name", getattr(thing, "__name__", "?"))
    kind = type(thing).__name__
    if isinstance(thing, keras.Layer):
        return CannotRewrite(
            f"Layer {name!r}, a {kind}, {reason}",
            f"Name it in leave_float=[{name!r}], build it from other layers, or teach it with "
            f"nets.register({kind}, rule).",
        )
    word = "Operation" if isinstance(thing, keras.Operation) else "Function"
    return CannotRewrite(
        f"{word} {name!r}, a {kind}, {reason}",
        "Write it with other Keras layers or operations, or put it into a layer of your own and "
        "name that in leave_float=[...].",
    )
