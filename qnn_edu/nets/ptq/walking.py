"""A prepared model gone through once, float and quantized values side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qnn_edu.nets.qat.layers import FakeQuantActivation, keras, ops
from qnn_edu.nets.qat.prepared import inner_layer
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.nets.qat.wiring import Step, wiring_of


@dataclass(frozen=True, eq=False)
class Both:
    """A tensor of the network, as it is in float and as it is quantized."""

    real: Any
    quantized: Any


def walk(
    model: keras.Model,
    inputs: Any,
    weighted: Callable[[QuantizedLayer, Both], None],
    ranged: Callable[[FakeQuantActivation, Both, int], None],
) -> Any:
    """Go through a prepared model with `inputs`, nested as it takes them; its outputs, as `Both`.

    Before a layer with weights computes, `weighted(layer, its input)` may change it; before a fake
    quantizer does, `ranged(quantizer, its input, member)`. Both see quantized what comes out
    of the layers before, as they were left. The float values are those of the unchanged weights.

    >>> import numpy as np
    >>> from qnn_edu.nets import quantize_aware
    >>> from qnn_edu.nets.models import digits_net
    >>> names = []
    >>> net = quantize_aware(digits_net())
    >>> x = np.zeros((1, 8, 8, 1), np.float32)
    >>> found = walk(net, x, lambda layer, x: names.append(layer.name), lambda *_: None)
    >>> names[:2], tuple(found.real.shape)
    (['conv', 'block1_depthwise'], (1, 10))
    """

    def call(step: Step, *args: Any, **kwargs: Any) -> Any:
        layer = step.operation
        real = _float_of(layer, *_only("real", args), **_only("real", kwargs))
        came = keras.tree.flatten(args)[0]
        if isinstance(layer, QuantizedLayer):
            weighted(layer, came)
        elif isinstance(layer, FakeQuantActivation) and not _only_passes(kwargs):
            ranged(layer, came, kwargs.get("member", 0))
        quantized = layer(*_only("quantized", args), **_only("quantized", kwargs))
        pairs = zip(keras.tree.flatten(real), keras.tree.flatten(quantized), strict=True)
        return [Both(*pair) for pair in pairs]

    given = keras.tree.map_structure(lambda x: Both(*[ops.convert_to_tensor(x)] * 2), inputs)
    return wiring_of(model).rebuilt(given, call)


def _float_of(layer: keras.Operation, *args: Any, **kwargs: Any) -> Any:
    """What the float network has there: a quantizer is nothing, but that its top cuts off."""
    if isinstance(layer, FakeQuantActivation):
        return args[0] if layer.top is None else ops.minimum(args[0], layer.top)
    return inner_layer(layer)(*args, **kwargs)


def _only_passes(kwargs: dict[str, Any]) -> bool:
    return bool(kwargs.get("again") or kwargs.get("stated"))


def _only(which: str, nested: Any) -> Any:
    """Arguments with the one tensor of each pair."""
    return keras.tree.map_structure(
        lambda x: getattr(x, which) if isinstance(x, Both) else x, nested
    )
