"""Functions of one value that bend."""

import numpy as np

from tests.oracle import draw_any
from tests.oracle.one_operator import Spec

INTEGERS = [np.int8, np.uint8]
SLOPES = [0.1, 0.25, 0.3, 1.5, -0.2, 1e-3, 300, 0]  # XNNPACK declines the last three


def _leaky_relu(rng):
    image = draw_any.tensor(rng, draw_any.shape(rng), rng.choice([*INTEGERS, np.int16]))
    fields = {"alpha": float(rng.choice(SLOPES))}
    return [image], draw_any.like(rng, image), "LeakyReluOptions", fields


def _prelu(rng):
    image = draw_any.tensor(rng, draw_any.shape(rng), rng.choice([*INTEGERS, np.int16]))
    slopes = draw_any.broadcast(rng, image.shape)
    alpha = draw_any.tensor(rng, slopes, np.int8 if image.dtype == np.int16 else image.dtype)
    if rng.random() < 0.8:
        alpha = draw_any.constant(rng, alpha)
    return [image, alpha], draw_any.like(rng, image), None, {}


def _clamped(rng):
    image = draw_any.tensor(rng, draw_any.shape(rng), rng.choice(INTEGERS))
    return [image], draw_any.like(rng, image), None, {}


FAMILIES = {
    "LEAKY_RELU": _leaky_relu,
    "PRELU": _prelu,
    "RELU_0_TO_1": _clamped,
    "RELU_N1_TO_1": _clamped,
}
