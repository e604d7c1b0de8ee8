"""A prepared model converted once, untrained: what no file can be is refused before training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from qnn_edu.nets.qat.layers import FakeQuantActivation, keras
from qnn_edu.nets.qat.originals import graph_name, layers_in
from qnn_edu.nets.qat.prepared import left_float
from qnn_edu.tflite.reader import read

TRIED = 5_000_000  # parameters: MobileNet has 4.3 million, and takes a second or two to convert


def require_convertible(copy: keras.Model, model: keras.Model) -> None:
    """Refuse `copy`, the prepared `model`, if its file cannot be made, or computes in float.

    Tried with up to TRIED parameters, where Keras runs on TensorFlow.

    Raises:
        ValueError: so it is; names the layers of `model` at fault, and the way out.

    >>> from qnn_edu import nets
    >>> net = nets.models.digits_net()
    >>> require_convertible(nets.quantize_aware(net), net)
    """
    if keras.backend.backend() != "tensorflow" or copy.count_params() > TRIED:
        return
    from qnn_edu.nets.conversion.stated_ranges import convert_stated, layers_of, unstated

    with _unlike_ranges(copy):
        try:
            graph = read(convert_stated(copy, io="float32"))
        except ValueError as error:
            raise ValueError(
                f"quantize_aware: {model.name!r}, untrained, cannot be converted: "
                f"{str(error).rstrip('.')}. Name the layer it is about in leave_float=[...], or "
                "write it with other layers."
            ) from error
    floats = unstated(graph, left_float(copy))
    if not floats:
        return
    names = sorted({graph_name(x.name) for x in layers_in(model)}, key=len, reverse=True)
    found = {}
    for op in floats:
        scopes = layers_of(graph, op)
        owner = next((n for n in names if any(f"{s}_".startswith(f"{n}_") for s in scopes)), "?")
        found.setdefault(owner, op.name)
    of = "; ".join(f"{op} of layer {name!r}" for name, op in found.items())
    raise ValueError(
        f"quantize_aware: the file would compute in float: {of}. The converter finds no integer "
        f"form between fake quantizers. Say that it may, leave_float={list(found)}, or for a layer "
        "of your own, nets.register(Class, nets.Rule(...)), how its kernel rounds."
    )


@contextmanager
def _unlike_ranges(copy: keras.Model) -> Iterator[None]:
    """Within, no two quantizers have one range, as before training all have."""
    quantizers = [x for x in copy.layers if isinstance(x, FakeQuantActivation)]
    quantizers = [x for x in quantizers if x.ranges == "ema"]
    before = [x.get_weights() for x in quantizers]
    for i, each in enumerate(quantizers, 1):
        lo = 0.0 if each.positive else -i / (i + 1)
        each.lo.assign(np.full(each.lo.shape, lo, np.float32))
        each.hi.assign(np.full(each.hi.shape, 1 / (1 + i / 100), np.float32))
    try:
        yield
    finally:
        for each, weights in zip(quantizers, before, strict=True):
            each.set_weights(weights)
