"""Layers with weights."""

from tests.oracle import draw


def _conv(rng):
    dtype = draw.dtype(rng)
    image = draw.image(rng, dtype)
    (height, width), fields, size = draw.windows(rng, image)
    filters = int(rng.integers(1, 40))
    weights = draw.weights(rng, (filters, height, width, image.shape[3]), 0, dtype)
    output = draw.output(rng, image, weights, (1, *size, filters), height * width * image.shape[3])
    fields["fusedActivationFunction"] = int(rng.choice(draw.ACTIVATIONS))
    return draw.with_bias(rng, image, weights, filters), output, "Conv2DOptions", fields


def _depthwise(rng):
    dtype = draw.dtype(rng)
    image = draw.image(rng, dtype)
    (height, width), fields, size = draw.windows(rng, image)
    multiplier = int(rng.choice([1, 1, 1, 2, 3]))
    filters = image.shape[3] * multiplier
    weights = draw.weights(rng, (1, height, width, filters), 3, dtype)
    output = draw.output(rng, image, weights, (1, *size, filters), height * width)
    fields |= {
        "fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)),
        "depthMultiplier": multiplier,
    }
    specs = draw.with_bias(rng, image, weights, filters)
    return specs, output, "DepthwiseConv2DOptions", fields | {"version": 2}


def _dense(rng):
    dtype = draw.dtype(rng)
    image = draw.activation(rng, (1, int(rng.integers(1, 300))), dtype)
    count = int(rng.integers(1, 60))
    weights = draw.weights(rng, (count, image.shape[1]), 0, dtype)
    output = draw.output(rng, image, weights, (1, count), image.shape[1])
    fields = {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), "version": 4}
    return draw.with_bias(rng, image, weights, count), output, "FullyConnectedOptions", fields


FAMILIES = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _dense,
}
