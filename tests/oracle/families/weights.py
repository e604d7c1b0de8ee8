"""Layers whose weights are special: computed, of 4 bits, in groups."""

from dataclasses import replace

import numpy as np

from tests.oracle import draw
from tests.oracle.families.layers import FAMILIES as LAYERS


def _computed(make):
    """Another operator's weights, and some biases, are inputs of the model."""

    def made(rng):
        (image, weights, bias), output, options, fields = make(rng)
        reach = 256 if weights.dtype == np.uint8 else 128
        weights = _as_input(weights, reach - 255, reach)
        if rng.random() < 0.3:
            spread = np.abs(bias.data).max() + 1
            bias = _as_input(bias, -spread, spread)
        return [image, weights, bias], output, options, fields

    return made


def _as_input(spec, low, high):
    return replace(spec, data=None, draw=lambda rng: rng.integers(low, high, spec.shape))


def _of_four_bits(make):
    def made(rng):
        while True:
            (image, weights, bias), output, options, fields = make(rng)
            if weights.dtype == np.int8:
                break
        data = rng.integers(-7, 8, weights.shape)
        scale = np.float32(weights.scale) * np.float32(127 / 7)
        halved = replace(weights, type="INT4", data=data, scale=scale)
        bias = replace(bias, scale=image.scale * scale)
        return [image, halved, bias], output, options, fields

    return made


def _in_groups(rng):
    dtype = draw.dtype(rng)
    groups = int(rng.integers(2, 5))
    image = draw.image(rng, dtype, groups * int(rng.integers(1, 10)))
    (height, width), fields, size = draw.windows(rng, image)
    filters, met = groups * int(rng.integers(1, 10)), image.shape[3] // groups
    weights = draw.weights(rng, (filters, height, width, met), 0, dtype)
    output = draw.output(rng, image, weights, (1, *size, filters), height * width * met)
    fields["fusedActivationFunction"] = int(rng.choice(draw.ACTIVATIONS))
    return draw.with_bias(rng, image, weights, filters), output, "Conv2DOptions", fields


def _dense_rows(rng):
    """Several rows, with dimensions that are kept or not, weights computed or not, any bias."""
    dtype = draw.dtype(rng)
    front = (1, *(int(n) for n in rng.integers(1, 5, int(rng.integers(3)))))
    image = draw.activation(rng, (*front, int(rng.integers(1, 60))), dtype)
    count = int(rng.integers(1, 40))
    weights = draw.weights(rng, (count, image.shape[-1]), 0, dtype)
    if np.size(weights.scale) == 1:
        weights = replace(weights, zero_point=draw.zero_point(rng, dtype))
    keep = bool(rng.random() < 0.5)
    shape = (*front, count) if keep else (int(np.prod(front)), count)
    output = draw.output(rng, image, weights, shape, image.shape[-1])
    fields = {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), "keepNumDims": keep}
    specs = draw.with_bias(rng, image, weights, count)
    if rng.random() < 0.3:
        specs[2] = None
    return specs, output, "FullyConnectedOptions", fields | {"version": 5}


FAMILIES = {
    **{f"{name} computed": _computed(LAYERS[name]) for name in LAYERS},
    **{f"{name} int4": _of_four_bits(LAYERS[name]) for name in LAYERS},
    "CONV_2D groups": _in_groups,
    "FULLY_CONNECTED rows": _dense_rows,
}
