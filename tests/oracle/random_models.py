"""Random models of one operator that nobody has tuned the engine to, and inputs for them."""

from dataclasses import replace

import numpy as np

from tests.oracle.one_operator import Spec, model

ACTIVATIONS = (0, 1, 3)  # the schema's numbers for none, RELU and RELU6
SAME, VALID = 0, 1
WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")


def random_model(family, seed, *, ties=False):
    """A model of `family` (a name of FAMILIES) as bytes, and a list of random inputs for it.

    With `ties` all scales are powers of two, so that many results lie halfway between two integers.
    """
    rng = np.random.default_rng((seed, *family.encode()))
    specs, output, options, fields = FAMILIES[family](rng)
    if ties:
        *specs, output = map(_snapped, (*specs, output))
        if family in WEIGHTED:
            specs[2] = replace(specs[2], scale=specs[0].scale * specs[1].scale)
    content = model(family.split()[0], specs, output, options, **fields)
    return content, [_values(rng, spec) for spec in specs if spec.data is None]


def _snapped(spec):
    """The same tensor, its scales the nearest powers of two."""
    if spec.scale is None:
        return spec
    return replace(spec, scale=np.exp2(np.rint(np.log2(np.float32(spec.scale)))))


def _values(rng, spec):
    if np.dtype(spec.dtype).kind == "f":  # half of them ties, of a scale that the spec tells
        ties = (rng.integers(-200, 200, spec.shape) + 0.5) * np.float32(spec.scale)
        return np.where(rng.random(spec.shape) < 0.5, ties, rng.normal(0, 1, spec.shape)).astype(
            np.float32
        )
    grid = np.iinfo(spec.dtype)
    return rng.integers(grid.min, grid.max + 1, spec.shape).astype(spec.dtype)


def _dtype(rng):
    return rng.choice([np.int8, np.uint8], p=[0.7, 0.3])


def _scale(rng, low=0.005, high=0.2):
    return np.float32(np.exp(rng.uniform(np.log(low), np.log(high))))


def _zero_point(rng, dtype):
    grid = np.iinfo(dtype)
    return int(rng.integers(grid.min, grid.max + 1))


def _activation(rng, shape, dtype, **kwargs):
    return Spec(shape, dtype, _scale(rng), _zero_point(rng, dtype), **kwargs)


def _image(rng, dtype, channels=None):
    height, width = rng.integers(1, 12, 2)
    shape = (1, int(height), int(width), channels or int(rng.integers(1, 40)))
    return _activation(rng, shape, dtype)


def _windows(rng, image, dilated=True):
    """(kernel, fields, output height and width) of windows that fit the image."""
    kernel, stride = rng.integers(1, 5, 2), rng.integers(1, 4, 2)
    dilation = rng.integers(1, 3, 2) if dilated and rng.random() < 0.3 else np.array([1, 1])
    size, reach = np.array(image.shape[1:3]), (kernel - 1) * dilation + 1
    padding = SAME if (reach > size).any() else int(rng.integers(2))
    out = -(-size // stride) if padding == SAME else (size - reach) // stride + 1
    fields = {"padding": padding, "strideH": int(stride[0]), "strideW": int(stride[1])}
    if dilated:
        fields |= {"dilationHFactor": int(dilation[0]), "dilationWFactor": int(dilation[1])}
    return [int(k) for k in kernel], fields, tuple(int(n) for n in out)


def _weights(rng, shape, axis, dtype):
    """Weights, per channel or per tensor for int8, and their scales as float32."""
    if dtype == np.uint8:
        spec = _activation(rng, shape, dtype)
        return Spec(shape, dtype, spec.scale, spec.zero_point, data=_values(rng, spec))
    channels = shape[axis] if rng.random() < 0.7 else 1
    scale = np.array([_scale(rng, 0.001, 0.05) for _ in range(channels)])
    return Spec(shape, dtype, scale, 0, axis, rng.integers(-127, 128, shape))


def _bias(rng, image, weights, count):
    scale = np.float32(image.scale) * np.float32(weights.scale)
    values = np.round(rng.normal(0, 1, count) / scale)
    return Spec((count,), np.int32, scale, 0, 0, values)


def _output(rng, image, weights, shape, products):
    """An output whose scale fits what comes: some values are clamped, most are not."""
    steps = 64 if image.dtype == np.int8 else 90
    deviation = float(np.max(weights.scale)) * steps * float(image.scale) * 75 * products**0.5
    scale = np.float32(deviation / 127 * np.exp(rng.uniform(-0.5, 1.5)))
    return Spec(shape, image.dtype, scale, _zero_point(rng, image.dtype))


def _conv(rng):
    dtype = _dtype(rng)
    image = _image(rng, dtype)
    (height, width), fields, size = _windows(rng, image)
    filters = int(rng.integers(1, 40))
    weights = _weights(rng, (filters, height, width, image.shape[3]), 0, dtype)
    output = _output(rng, image, weights, (1, *size, filters), height * width * image.shape[3])
    fields["fusedActivationFunction"] = int(rng.choice(ACTIVATIONS))
    return _with_bias(rng, image, weights, filters), output, "Conv2DOptions", fields


def _with_bias(rng, image, weights, count):
    return [image, weights, _bias(rng, image, weights, count)]


def _depthwise(rng):
    dtype = _dtype(rng)
    image = _image(rng, dtype)
    (height, width), fields, size = _windows(rng, image)
    multiplier = int(rng.choice([1, 1, 1, 2, 3]))
    filters = image.shape[3] * multiplier
    weights = _weights(rng, (1, height, width, filters), 3, dtype)
    output = _output(rng, image, weights, (1, *size, filters), height * width)
    fields |= {
        "fusedActivationFunction": int(rng.choice(ACTIVATIONS)),
        "depthMultiplier": multiplier,
    }
    specs = _with_bias(rng, image, weights, filters)
    return specs, output, "DepthwiseConv2DOptions", fields | {"version": 2}


def _dense(rng):
    dtype = _dtype(rng)
    image = _activation(rng, (1, int(rng.integers(1, 300))), dtype)
    count = int(rng.integers(1, 60))
    weights = _weights(rng, (count, image.shape[1]), 0, dtype)
    output = _output(rng, image, weights, (1, count), image.shape[1])
    fields = {"fusedActivationFunction": int(rng.choice(ACTIVATIONS)), "version": 4}
    return _with_bias(rng, image, weights, count), output, "FullyConnectedOptions", fields


def _pair(options):
    def make(rng):
        dtype = _dtype(rng)
        first = _image(rng, dtype)
        shape = first.shape if rng.random() < 0.7 else (1, 1, 1, first.shape[3])
        second = _activation(rng, shape, dtype)
        if options == "MulOptions":
            scale = 40 * first.scale * second.scale
        else:
            scale = max(first.scale, second.scale)
        scale = np.float32(scale * np.exp(rng.uniform(-1, 1)))
        output = Spec(first.shape, dtype, scale, _zero_point(rng, dtype))
        fields = {"fusedActivationFunction": int(rng.choice(ACTIVATIONS)), "version": 2}
        return [first, second], output, options, fields

    return make


def _pool(rng):
    image = _image(rng, _dtype(rng))
    kernel, fields, size = _windows(rng, image, dilated=False)
    fields |= {"filterHeight": kernel[0], "filterWidth": kernel[1], "version": 2}
    fields["fusedActivationFunction"] = int(rng.choice(ACTIVATIONS))
    shape = (1, *size, image.shape[3])
    return [image], Spec(shape, image.dtype, image.scale, image.zero_point), "Pool2DOptions", fields


def _mean(keep):
    def make(rng):
        image = _image(rng, _dtype(rng))
        axes = Spec((2,), np.int32, data=[1, 2])
        shape = (1, 1, 1, image.shape[3]) if keep else (1, image.shape[3])
        scale = np.float32(image.scale * np.exp(rng.uniform(-1.5, 0.3)))
        output = Spec(shape, image.dtype, scale, _zero_point(rng, image.dtype))
        return [image, axes], output, "ReducerOptions", {"keepDims": keep, "version": 2}

    return make


def _softmax(rng):
    dtype = _dtype(rng)
    shape = (1, int(rng.integers(2, 60)))
    image = Spec(shape, dtype, _scale(rng, 0.001, 0.8), _zero_point(rng, dtype))
    output = Spec(shape, dtype, 1 / 256, np.iinfo(dtype).min)
    return [image], output, "SoftmaxOptions", {"beta": float(rng.choice([1, 1, 0.5])), "version": 2}


def _logistic(rng):
    image = _image(rng, _dtype(rng))
    output = Spec(image.shape, image.dtype, 1 / 256, np.iinfo(image.dtype).min)
    return [image], output, None, {"version": 2}


def _rescaled(version):
    def make(rng):
        image = _image(rng, _dtype(rng))
        scale = np.float32(image.scale * np.exp(rng.uniform(-1, 1)))
        output = Spec(image.shape, image.dtype, scale, _zero_point(rng, image.dtype))
        return [image], output, None, {"version": version}

    return make


def _quantize_again(rng):
    image = _image(rng, np.int8)
    dtype = rng.choice([np.int8, np.uint8])
    scale = np.float32(image.scale * np.exp(rng.uniform(-1, 1)))
    return [image], Spec(image.shape, dtype, scale, _zero_point(rng, dtype)), None, {"version": 2}


def _quantize(rng):
    image = _image(rng, np.int8)
    output = Spec(image.shape, image.dtype, image.scale, image.zero_point)
    return [Spec(image.shape, np.float32, image.scale)], output, None, {"version": 1}


def _dequantize(rng):
    image = _image(rng, _dtype(rng))
    return [image], Spec(image.shape, np.float32), None, {"version": 2}


def _reshape(rng):
    image = _image(rng, _dtype(rng))
    shape = (1, int(np.prod(image.shape)))
    output = Spec(shape, image.dtype, image.scale, image.zero_point)
    return [image, Spec((2,), np.int32, data=shape)], output, "ReshapeOptions", {"newShape": shape}


def _squeeze(rng):
    dtype = _dtype(rng)
    image = _activation(rng, (1, 1, 1, int(rng.integers(1, 40))), dtype)
    output = Spec((1, image.shape[3]), dtype, image.scale, image.zero_point)
    return [image], output, "SqueezeOptions", {"squeezeDims": [1, 2]}


def _pad(rng):
    image = _image(rng, _dtype(rng))
    widths = np.array([[0, 0], *rng.integers(0, 4, (2, 2)), [0, int(rng.integers(3))]])
    shape = tuple(int(n) for n in np.array(image.shape) + widths.sum(axis=1))
    output = Spec(shape, image.dtype, image.scale, image.zero_point)
    return [image, Spec((4, 2), np.int32, data=widths)], output, "PadOptions", {"version": 2}


def _concatenation(rng):
    image = _image(rng, _dtype(rng))
    axis = int(rng.integers(1, 4))
    shapes = [list(image.shape) for _ in range(int(rng.integers(2, 4)))]
    for shape in shapes:
        shape[axis] = int(rng.integers(1, 12))
    total = list(image.shape)
    total[axis] = sum(shape[axis] for shape in shapes)
    specs = [Spec(tuple(s), image.dtype, image.scale, image.zero_point) for s in (*shapes, total)]
    return specs[:-1], specs[-1], "ConcatenationOptions", {"axis": axis, "version": 2}


def _resize(rng):
    image = _image(rng, _dtype(rng))
    size = [int(n) for n in rng.integers(1, 20, 2)]
    output = Spec((1, *size, image.shape[3]), image.dtype, image.scale, image.zero_point)
    how = rng.choice([{}, {"alignCorners": True}, {"halfPixelCenters": True}])
    specs = [image, Spec((2,), np.int32, data=size)]
    return specs, output, "ResizeBilinearOptions", how | {"version": 3}


def _arg_max(rng):
    image = _activation(rng, (1, int(rng.integers(2, 60))), _dtype(rng))
    axis = Spec((), np.int32, data=1)
    output = Spec((1,), np.int64)
    return [image, axis], output, "ArgMaxOptions", {"outputType": 4, "version": 2}


FAMILIES = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _dense,
    "ADD": _pair("AddOptions"),
    "SUB": _pair("SubOptions"),
    "MUL": _pair("MulOptions"),
    "AVERAGE_POOL_2D": _pool,
    "MAX_POOL_2D": _pool,
    "MEAN": _mean(False),
    "MEAN keeping dimensions": _mean(True),
    "SOFTMAX": _softmax,
    "LOGISTIC": _logistic,
    "RELU": _rescaled(2),
    "RELU6": _rescaled(2),
    "QUANTIZE": _quantize,
    "QUANTIZE again": _quantize_again,
    "DEQUANTIZE": _dequantize,
    "RESHAPE": _reshape,
    "SQUEEZE": _squeeze,
    "PAD": _pad,
    "CONCATENATION": _concatenation,
    "RESIZE_BILINEAR": _resize,
    "ARG_MAX": _arg_max,
}
