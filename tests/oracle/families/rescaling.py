"""What brings every value to another scale."""

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec


def _rescaled(version):
    def make(rng):
        image = draw.image(rng, draw.dtype(rng))
        scale = np.float32(image.scale * np.exp(rng.uniform(-1, 1)))
        output = Spec(image.shape, image.dtype, scale, draw.zero_point(rng, image.dtype))
        return [image], output, None, {"version": version}

    return make


def _quantize_again(rng):
    image = draw.image(rng, np.int8)
    dtype = rng.choice([np.int8, np.uint8])
    scale = np.float32(image.scale * np.exp(rng.uniform(-1, 1)))
    return (
        [image],
        Spec(image.shape, dtype, scale, draw.zero_point(rng, dtype)),
        None,
        {"version": 2},
    )


def _quantize(rng):
    image = draw.image(rng, np.int8)
    output = Spec(image.shape, image.dtype, image.scale, image.zero_point)
    return [Spec(image.shape, np.float32, image.scale)], output, None, {"version": 1}


def _dequantize(rng):
    image = draw.image(rng, draw.dtype(rng))
    return [image], Spec(image.shape, np.float32), None, {"version": 2}


FAMILIES = {
    "RELU": _rescaled(2),
    "RELU6": _rescaled(2),
    "QUANTIZE": _quantize,
    "QUANTIZE again": _quantize_again,
    "DEQUANTIZE": _dequantize,
}
