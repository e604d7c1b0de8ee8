"""The table of all kinds of models: NAME -> function that builds one, with data that fits it."""

from collections.abc import Callable

import numpy as np

from qnn_edu.nets.conversion.source import Source, source
from tests.nets.kinds.layers import INTEGERS, LAYERS, keras
from tests.nets.kinds.wirings import WIRINGS

OPEN = 8  # what a size that a model leaves open is in the data


def _of_layers(name):
    shape, layers = LAYERS[name]

    def build():
        x = y = keras.Input(shape, dtype="int32" if name in INTEGERS else "float32")
        for layer in layers():
            y = layer(y)
        return keras.Model(x, y)

    return build


KINDS: dict[str, Callable] = {**{name: _of_layers(name) for name in LAYERS}, **WIRINGS}


def built(name):
    """A model of the kind, the same weights every time."""
    keras.utils.set_random_seed(0)
    return KINDS[name]()


def data(model, count=4, seed=0):
    """`count` examples as `calibrate` takes them: an array, or a tuple of one for each input."""
    rng, origin = np.random.default_rng(seed), source(model)
    assert isinstance(origin, Source)
    arrays = []
    for each in origin.inputs:
        shape = [OPEN if size is None else size for size in each.shape[1:]]
        if each.dtype.kind in "iu":
            arrays.append(rng.integers(0, 10, (count, *shape)).astype(each.dtype))
        else:
            arrays.append(rng.normal(0, 1, (count, *shape)).astype(each.dtype))
    return arrays[0] if len(arrays) == 1 else tuple(arrays)
