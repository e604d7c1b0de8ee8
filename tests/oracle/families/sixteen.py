"""Activations of 16 bits: their zero point is 0, and their range that of 8 bits with finer steps."""

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec

FINER = 2.0**-8


def _image(rng, channels=None):
    image = draw.image(rng, np.int8, channels)
    return Spec(image.shape, np.int16, image.scale * FINER)


def _conv(bias, **more):
    def make(rng):
        image = _image(rng)
        (height, width), fields, size = draw.windows(rng, image)
        filters = int(rng.integers(1, 40))
        weights = draw.weights(rng, (filters, height, width, image.shape[3]), 0, np.int8)
        output = draw.output(
            rng, image, weights, (1, *size, filters), height * width * image.shape[3]
        )
        fields |= {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), **more}
        return draw.with_bias(rng, image, weights, filters, bias), output, "Conv2DOptions", fields

    return make


def _depthwise(rng):
    image = _image(rng)
    (height, width), fields, size = draw.windows(rng, image)
    multiplier = int(rng.choice([1, 1, 1, 2, 3]))
    filters = image.shape[3] * multiplier
    weights = draw.weights(rng, (1, height, width, filters), 3, np.int8)
    output = draw.output(rng, image, weights, (1, *size, filters), height * width)
    fields |= {
        "fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)),
        "depthMultiplier": multiplier,
        "version": 5,
    }
    specs = draw.with_bias(rng, image, weights, filters, np.int64)
    return specs, output, "DepthwiseConv2DOptions", fields


def _dense(bias, **more):
    def make(rng):
        image = Spec((1, int(rng.integers(1, 300))), np.int16, draw.scale(rng) * FINER)
        count = int(rng.integers(1, 60))
        weights = draw.weights(rng, (count, image.shape[1]), 0, np.int8)
        output = draw.output(rng, image, weights, (1, count), image.shape[1])
        fields = {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), **more}
        specs = draw.with_bias(rng, image, weights, count, bias or np.int64)
        if bias is None:
            specs = specs[:2]
        return specs, output, "FullyConnectedOptions", fields

    return make


def _pair(options, **more):
    def make(rng):
        first = _image(rng)
        shape = first.shape if rng.random() < 0.7 else (1, 1, 1, first.shape[3])
        second = Spec(shape, np.int16, draw.scale(rng) * FINER)
        if options == "MulOptions":
            scale = 10000 * first.scale * second.scale
        else:
            scale = max(first.scale, second.scale)
        output = Spec(first.shape, np.int16, np.float32(scale * np.exp(rng.uniform(-1, 1))))
        fields = {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), **more}
        return [first, second], output, options, fields

    return make


def _by_shifts(options):
    """Powers of two, the larger of the inputs' scales for the output."""

    def make(rng):
        first = _image(rng)
        shape = first.shape
        if options == "SubOptions" and rng.random() < 0.3:
            shape = (1, 1, 1, first.shape[3])
        scales = 2.0 ** rng.integers(-15, -8, 2)
        a, b = (Spec(s, np.int16, scale) for s, scale in zip((first.shape, shape), scales))
        fields = {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), "potScaleInt16": True}
        return [a, b], Spec(first.shape, np.int16, max(scales)), options, fields | {"version": 3}

    return make


def _pool(rng):
    image = _image(rng)
    kernel, fields, size = draw.windows(rng, image, dilated=False)
    fields |= {"filterHeight": kernel[0], "filterWidth": kernel[1], "version": 3}
    fields["fusedActivationFunction"] = int(rng.choice(draw.ACTIVATIONS))
    shape = (1, *size, image.shape[3])
    return [image], Spec(shape, np.int16, image.scale), "Pool2DOptions", fields


def _mean(rng):
    image = _image(rng)
    keep = bool(rng.random() < 0.5)
    axes = Spec((2,), np.int32, data=[1, 2])
    shape = (1, 1, 1, image.shape[3]) if keep else (1, image.shape[3])
    output = Spec(shape, np.int16, np.float32(image.scale * np.exp(rng.uniform(-1.5, 0.3))))
    return [image, axes], output, "ReducerOptions", {"keepDims": keep, "version": 3}


def _softmax(rng):
    shape = (1, int(rng.integers(2, 60)))
    image = Spec(shape, np.int16, draw.scale(rng, 0.001, 0.8) * FINER)
    fields = {"beta": float(rng.choice([1, 1, 0.5])), "version": 3}
    return [image], Spec(shape, np.int16, 2.0**-15), "SoftmaxOptions", fields


def _logistic(rng):
    image = _image(rng)
    return [image], Spec(image.shape, np.int16, 2.0**-15), None, {"version": 3}


def _resize(rng):
    image = _image(rng)
    size = [int(n) for n in rng.integers(1, 20, 2)]
    output = Spec((1, *size, image.shape[3]), np.int16, image.scale)
    how = rng.choice([{}, {"alignCorners": True}, {"halfPixelCenters": True}])
    specs = [image, Spec((2,), np.int32, data=size)]
    return specs, output, "ResizeBilinearOptions", how | {"version": 4}


def _rescaled(version):
    def make(rng):
        image = _image(rng)
        output = Spec(image.shape, np.int16, np.float32(image.scale * np.exp(rng.uniform(-1, 1))))
        return [image], output, None, {"version": version}

    return make


def _requantized(before, after, version):
    def make(rng):
        image = draw.image(rng, np.int8)
        finer = {np.int8: 1, np.uint8: 1, np.int16: 2.0**-8, np.int32: 2.0**-20}
        specs = []
        for dtype in (before, after):
            scale = np.float32(image.scale * finer[dtype] * np.exp(rng.uniform(-0.5, 0.5)))
            zero_point = draw.zero_point(rng, dtype) if dtype in (np.int8, np.uint8) else 0
            specs.append(Spec(image.shape, dtype, scale, zero_point))
        return [specs[0]], specs[1], None, {"version": version}

    return make


def _quantize(rng):
    image = _image(rng)
    return [Spec(image.shape, np.float32, image.scale)], image, None, {"version": 3}


def _dequantize(rng):
    image = _image(rng)
    return [image], Spec(image.shape, np.float32), None, {"version": 3}


_GENERAL = {"potScaleInt16": False, "version": 4}
FAMILIES = {
    "CONV_2D int16": _conv(np.int64, version=4),
    "CONV_2D int16 int32 bias": _conv(np.int32, version=8, quantizedBiasType=2),
    "DEPTHWISE_CONV_2D int16": _depthwise,
    "FULLY_CONNECTED int16": _dense(np.int64, version=7),
    "FULLY_CONNECTED int16 int32 bias": _dense(np.int32, version=11, quantizedBiasType=2),
    "FULLY_CONNECTED int16 no bias": _dense(None, version=7),
    "ADD int16": _pair("AddOptions", **_GENERAL),
    "ADD int16 by shifts": _by_shifts("AddOptions"),
    "SUB int16": _pair("SubOptions", **_GENERAL),
    "SUB int16 by shifts": _by_shifts("SubOptions"),
    "MUL int16": _pair("MulOptions", version=4),
    "AVERAGE_POOL_2D int16": _pool,
    "MAX_POOL_2D int16": _pool,
    "MEAN int16": _mean,
    "SOFTMAX int16": _softmax,
    "LOGISTIC int16": _logistic,
    "RESIZE_BILINEAR int16": _resize,
    "RELU int16": _rescaled(3),
    "RELU6 int16": _rescaled(3),
    "QUANTIZE int16": _quantize,
    "QUANTIZE int16 again": _requantized(np.int16, np.int16, 4),
    "QUANTIZE int16 to int8": _requantized(np.int16, np.int8, 4),
    "QUANTIZE int16 to int32": _requantized(np.int16, np.int32, 4),
    "QUANTIZE int16 from int8": _requantized(np.int8, np.int16, 4),
    "QUANTIZE int16 from uint8": _requantized(np.uint8, np.int16, 4),
    "QUANTIZE int16 from int32": _requantized(np.int32, np.int16, 4),
    "QUANTIZE int32 to int8": _requantized(np.int32, np.int8, 4),
    "DEQUANTIZE int16": _dequantize,
}
