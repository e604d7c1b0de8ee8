"""What gathers all values along some axes."""

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec


def _mean(keep):
    def make(rng):
        image = draw.image(rng, draw.dtype(rng))
        axes = Spec((2,), np.int32, data=[1, 2])
        shape = (1, 1, 1, image.shape[3]) if keep else (1, image.shape[3])
        scale = np.float32(image.scale * np.exp(rng.uniform(-1.5, 0.3)))
        output = Spec(shape, image.dtype, scale, draw.zero_point(rng, image.dtype))
        return [image, axes], output, "ReducerOptions", {"keepDims": keep, "version": 2}

    return make


def _arg_max(rng):
    image = draw.activation(rng, (1, int(rng.integers(2, 60))), draw.dtype(rng))
    axis = Spec((), np.int32, data=1)
    output = Spec((1,), np.int64)
    return [image, axis], output, "ArgMaxOptions", {"outputType": 4, "version": 2}


FAMILIES = {
    "MEAN": _mean(False),
    "MEAN keeping dimensions": _mean(True),
    "ARG_MAX": _arg_max,
}
