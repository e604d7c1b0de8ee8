"""The model that `quantize_aware` is given: its layers, their names, and its elementary form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qnn_edu.core.check import words
from qnn_edu.nets.qat.elementary.rewrite import Rewritten, rewrite
from qnn_edu.nets.qat.layers import keras
from qnn_edu.nets.qat.rules import is_registered
from qnn_edu.nets.qat.wiring import is_wired


def graph_name(name: str) -> str:
    """A name as TensorFlow's graphs take it.

    >>> graph_name("my layer")
    'my_layer'
    """
    return re.sub(r"[^A-Za-z0-9_.>-]", "_", name)


def layers_in(model: keras.Model) -> Iterator[keras.Layer]:
    """The layers of a model and of the models within.

    >>> from qnn_edu.nets.models import digits_net
    >>> [layer.name for layer in layers_in(digits_net())][:2]
    ['image', 'conv']
    """
    for layer in getattr(model, "layers", ()):
        yield layer
        if is_wired(layer):
            yield from layers_in(layer)


def names_in(model: keras.Model, names: Iterable[str]) -> frozenset[str]:
    """`names`, each of which a layer of the model has, as graphs take them.

    Raises:
        ValueError: a name that no layer has.

    >>> from qnn_edu.nets.models import digits_net
    >>> names_in(digits_net(), ["dense"])
    frozenset({'dense'})
    """
    wanted = {names} if isinstance(names, str) else set(words("quantize_aware: leave_float", names))
    there = dict.fromkeys(layer.name for layer in layers_in(model))
    if unknown := sorted(wanted - set(there)):
        raise ValueError(
            f"quantize_aware: leave_float names {', '.join(map(repr, unknown))}, and no layer is "
            f"called so; there are {', '.join(there)}."
        )
    return frozenset(map(graph_name, wanted))


def in_elementary_layers(model: keras.Model, left: frozenset[str]) -> Rewritten:
    """The model in elementary layers, but for those left in float and those of the reader's own.

    Names that TensorFlow's graphs do not take, such as those with a space, are replaced there.

    Raises:
        ValueError: what `rewrite` refuses.

    >>> from qnn_edu.nets.models import digits_net
    >>> in_elementary_layers(digits_net(), frozenset()).model.name
    'digits_net'
    """
    there = list(layers_in(model))
    kept = {x.name for x in there if is_registered(x) or graph_name(x.name) in left}
    try:
        rewritten = rewrite(model, keep=kept)
    except ValueError as error:
        raise ValueError(f"quantize_aware: {error}") from error
    for layer in rewritten.model.layers:
        layer.name = graph_name(layer.name)
    return rewritten
