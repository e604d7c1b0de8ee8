"""Layers that take real numbers, and weights of 8 or 4 bits."""

from dataclasses import replace

import numpy as np

from tests.oracle import draw
from tests.oracle.families.layers import FAMILIES as LAYERS
from tests.oracle.families.weights import _of_four_bits
from tests.oracle.one_operator import Spec


def _hybrid(make, **options):
    """Another operator's weights, between real numbers; a dense layer may say how to quantize."""

    def made(rng):
        while True:
            (image, weights, bias), output, kind, fields = make(rng)
            depthwise = kind == "DepthwiseConv2DOptions"
            if weights.dtype == np.int8 and (np.size(weights.scale) > 1 or not depthwise):
                break
        x = Spec(image.shape, np.float32, draw=_values(rng, image.shape))
        bias = Spec(bias.shape, np.float32, data=rng.normal(0, 1, bias.shape))
        if kind == "FullyConnectedOptions":
            fields["asymmetricQuantizeInputs"] = bool(rng.random() < 0.5)
        fields |= options
        return [x, weights, bias], Spec(output.shape, np.float32), kind, fields

    return made


def _values(rng, shape):
    """Around 0 or not, and now and then all 0."""
    shift, spread = rng.choice([0, 1, -3]), rng.choice([0, 1, 1, 5])
    return lambda rng: rng.normal(shift * spread, spread, shape)


def _rows(make):
    """Several rows, each with a range of its own."""

    def made(rng):
        (x, weights, bias), output, kind, fields = make(rng)
        shape = (1, int(rng.integers(1, 6)), x.shape[1])
        x = Spec(
            shape,
            np.float32,
            draw=lambda rng: rng.normal(0, rng.uniform(0, 2, (1, shape[1], 1)), shape),
        )
        fields["keepNumDims"] = True
        return (
            [x, weights, bias],
            replace(output, shape=(*shape[:2], output.shape[1])),
            kind,
            fields,
        )

    return made


def _pixels(rng):
    """Convolutions of one pixel at a time, which XNNPACK computes as dense layers."""
    x = Spec((1, 5, 4, int(rng.integers(1, 30))), np.float32)
    filters, stride = int(rng.integers(1, 20)), int(rng.choice([1, 1, 2]))
    data = rng.integers(-127, 128, (filters, 1, 1, x.shape[3]))
    scales = rng.uniform(0.001, 0.01, filters if rng.random() < 0.5 else 1)
    bias = Spec((filters,), np.float32, data=rng.normal(0, 1, filters))
    output = Spec((1, -(-5 // stride), -(-4 // stride), filters), np.float32)
    fields = {"padding": 0, "strideH": stride, "strideW": stride, "version": 5}
    weights = Spec(data.shape, np.int8, scales, data=data)
    return [x, weights, bias], output, "Conv2DOptions", fields


def _in_blocks(rng):
    """A dense layer of 4 bits with a scale for every 32, 64 or 96 weights of a row."""
    block, blocks = int(rng.choice([32, 64, 96])), int(rng.integers(1, 6))
    rows, outputs, inputs = int(rng.integers(1, 6)), int(rng.integers(1, 40)), block * blocks
    x = Spec((1, rows, inputs), np.float32, draw=_values(rng, (1, rows, inputs)))
    scales = rng.uniform(0.001, 0.1, (outputs, blocks)).astype(np.float16)
    data = rng.integers(-8, 8, (outputs, inputs))
    weights = Spec(data.shape, np.int8, scales, data=data, type="INT4", block=block)
    bias = Spec((outputs,), np.float32, data=rng.normal(0, 1, outputs))
    output = Spec((1, rows, outputs), np.float32)
    fields = {"keepNumDims": True, "version": 13}
    fields["fusedActivationFunction"] = int(rng.choice(draw.ACTIVATIONS))
    inputs = [x, weights, bias] if rng.random() < 0.7 else [x, weights]
    return inputs, output, "FullyConnectedOptions", fields


FAMILIES = {
    "FULLY_CONNECTED hybrid in blocks": _in_blocks,
    "CONV_2D hybrid": _hybrid(LAYERS["CONV_2D"], version=5),
    "DEPTHWISE_CONV_2D hybrid": _hybrid(LAYERS["DEPTHWISE_CONV_2D"], version=6),
    "FULLY_CONNECTED hybrid": _rows(_hybrid(LAYERS["FULLY_CONNECTED"], version=9)),
    "CONV_2D hybrid pixels": _pixels,
    "CONV_2D hybrid int4": _hybrid(_of_four_bits(LAYERS["CONV_2D"]), version=6),
    "FULLY_CONNECTED hybrid int4": _rows(
        _hybrid(_of_four_bits(LAYERS["FULLY_CONNECTED"]), version=10)
    ),
}
