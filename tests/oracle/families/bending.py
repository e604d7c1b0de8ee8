"""Functions of one value that bend."""

import numpy as np

from tests.oracle import draw_any
from tests.oracle.draw_any import of_types

SLOPES = [0.1, 0.25, 0.3, 1.5, -0.2, 1e-3, 300, 0]  # XNNPACK declines the last three


def _leaky_relu(rng, dtype):
    image = draw_any.tensor(rng, draw_any.shape(rng), dtype)
    fields = {"alpha": float(rng.choice(SLOPES))}
    return [image], draw_any.like(rng, image), "LeakyReluOptions", fields


def _prelu(rng, dtype):
    image = draw_any.tensor(rng, draw_any.shape(rng), dtype)
    slopes = draw_any.broadcast(rng, image.shape)
    alpha = draw_any.tensor(rng, slopes, np.int8 if dtype == np.int16 else dtype)
    if rng.random() < 0.8:
        alpha = draw_any.constant(rng, alpha)
    return [image, alpha], draw_any.like(rng, image), None, {}


def _clamped(rng, dtype):
    image = draw_any.tensor(rng, draw_any.shape(rng), dtype)
    return [image], draw_any.like(rng, image), None, {}


FAMILIES = {
    **of_types("LEAKY_RELU", _leaky_relu, np.int8, np.uint8, np.int16),
    **of_types("PRELU", _prelu, np.int8, np.uint8, np.int16),
    **of_types("RELU_0_TO_1", _clamped, np.int8, np.uint8),
    **of_types("RELU_N1_TO_1", _clamped, np.int8, np.uint8),
}
