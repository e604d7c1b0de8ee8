"""How a layer or operation is written as elementary ones: a rewriting for each kind.

A rewriting is a function `(layer, pieces, *args, **kwargs)` that returns what a call of the layer
returns. What it calls, it makes with `pieces(Kind, "name", **options)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras

    from qnn_edu.nets.qat.elementary.pieces import Pieces
else:
    keras = load_keras()

Rewriting = Callable[..., Any]
_OF_CLASSES: dict[type, Rewriting] = {}
_OF_NAMES: dict[str, Rewriting] = {}


def rewriting(*kinds: type | str) -> Callable[[Rewriting], Rewriting]:
    """Let the function below rewrite these kinds: classes, or names of classes that Keras hides.

    >>> class Twice(keras.layers.Layer):
    ...     pass
    >>> @rewriting(Twice)
    ... def twice(layer, pieces, x):
    ...     return pieces(keras.layers.Add)([x, x])
    >>> rewriting_of(Twice()) is twice
    True
    """

    def remember(function: Rewriting) -> Rewriting:
        for kind in kinds:
            if isinstance(kind, str):
                _OF_NAMES[kind] = function
            else:
                _OF_CLASSES[kind] = function
        return function

    return remember


def rewriting_of(operation: keras.Operation) -> Rewriting | None:
    """What rewrites a layer or operation of this very class, if anything does.

    >>> rewriting_of(keras.layers.LSTM(1)) is None
    True
    """
    kind = type(operation)
    if kind in _OF_CLASSES:
        return _OF_CLASSES[kind]
    return _OF_NAMES.get(kind.__name__) if kind.__module__.startswith("keras.") else None


def as_it_is(layer: keras.Operation, pieces: Pieces, *args: Any, **kwargs: Any) -> Any:
    """The rewriting of what is elementary already: a copy, called as the layer is.

    >>> rewriting(keras.layers.Identity)(as_it_is) is as_it_is
    True
    """
    return pieces.copy()(*args, **kwargs)
