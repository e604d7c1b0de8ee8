"""How a layer or operation is written as elementary ones: a rewriting for each kind.

A rewriting is a function `(layer, pieces, *args, **kwargs)` that gives what a call of the layer
gives. It calls what `pieces(Kind, "name", **options)` makes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

Rewriting = Callable[..., Any]
_OF_CLASSES: dict[type, Rewriting] = {}
_OF_NAMES: dict[str, Rewriting] = {}


def rewriting(*kinds: type | str) -> Callable[[Rewriting], Rewriting]:
    """Let the function below rewrite these kinds: classes, or names of classes that Keras hides.

    >>> @rewriting("Twice")
    ... def twice(layer, pieces, x):
    ...     return pieces(keras.layers.Add)([x, x])
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

    >>> rewriting_of(keras.layers.ReLU()).__name__
    'relu'
    """
    kind = type(operation)
    if kind in _OF_CLASSES:
        return _OF_CLASSES[kind]
    return _OF_NAMES.get(kind.__name__) if kind.__module__.startswith("keras.") else None


def as_it_is(layer: keras.Operation, pieces: Pieces, *args: Any, **kwargs: Any) -> Any:
    """The rewriting of what is elementary already.

    >>> from qnn_edu.nets.qat.elementary.pieces import Pieces
    """
    return pieces.copy()(*args, **kwargs)
