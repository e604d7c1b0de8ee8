"""Activations of 16 bits: the models of other families, their integers 256 times as fine."""

from dataclasses import replace

import numpy as np

from tests.oracle import draw
from tests.oracle.families import (
    layers,
    matmul,
    moving,
    nonlinear,
    pairs,
    pooling,
    reducing,
    resize,
    transposed,
)
from tests.oracle.families.rescaling import FAMILIES as RESCALING
from tests.oracle.one_operator import Spec

FINER = 2.0**-8
FEW = 32  # by so much weights are smaller here, that many sums end halfway between two outputs
INT32, INT64 = 2, 4  # the schema's numbers


def in_16_bits(make, **fields):
    """A family like another of int8, but for the fields named here."""

    def made(rng):
        specs, output, options, old = make(rng)
        while any(spec and spec.dtype == np.uint8 for spec in (*specs, output)):
            specs, output, options, old = make(rng)
        weighted = any(spec and spec.product_of for spec in specs)
        specs = [_finer(spec) for spec in specs]
        output = _finer(output)
        if weighted:
            output = replace(output, scale=output.scale / FEW)
        return specs, output, options, old | fields

    return made


def _finer(spec):
    """Activations of int8 get 16 bits, biases 64, and weights fewer; what has no scale stays."""
    if spec is None or spec.scale is None:
        return spec
    scale = spec.scale * FINER
    if spec.product_of:
        return replace(spec, dtype=np.int64, scale=scale, data=spec.data * (256 // FEW))
    if spec.data is not None:
        return replace(spec, data=spec.data // FEW)
    if spec.dtype == np.int8:
        return replace(spec, dtype=np.int16, scale=scale, zero_point=0)
    return replace(spec, scale=scale)


def with_bias_of_32_bits(make):
    def made(rng):
        (*inputs, bias), output, options, fields = make(rng)
        if bias.product_of:
            fields = fields | {"quantizedBiasType": INT32}
            bias = replace(bias, dtype=np.int32)
        return [*inputs, bias], output, options, fields

    return made


def without_bias(make):
    """What type of bias the operator then speaks of says how it adds up."""

    def made(rng):
        (image, weights, _), output, options, fields = make(rng)
        fields = fields | {"quantizedBiasType": int(rng.choice([0, INT32, INT64]))}
        return [image, weights], output, options, fields

    return made


def with_weights_of_4_bits(make):
    def made(rng):
        (image, weights, bias), *others = make(rng)
        return [image, replace(weights, type="INT4"), bias], *others

    return made


def of_computed(make):
    """A product of matrices that are both computed, and centred."""

    def made(rng):
        specs, *others = make(rng)
        while any(spec.data is not None for spec in specs):
            specs, *others = make(rng)
        return specs, *others

    return made


def to_steps_of_2_to_the_minus_15(make):
    def made(rng):
        specs, output, *others = make(rng)
        return specs, replace(output, scale=2.0**-15), *others

    return made


def by_shifts(make, *, broadcasts):
    """Powers of two for all scales, of which the output's is the larger of the inputs'."""

    def made(rng):
        (a, b), output, options, fields = make(rng)
        scales = 2.0 ** rng.integers(-15, -8, 2)
        pair = replace(a, scale=scales[0]), replace(b, scale=scales[1])
        if not broadcasts:
            pair = pair[0], replace(pair[1], shape=a.shape)
        fields = fields | {"potScaleInt16": True}
        return list(pair), replace(output, scale=scales.max()), options, fields

    return made


def of_small_values(make):
    """Inputs fill a part of their range, and the output is as much finer: last bits show."""

    def made(rng):
        pair, output, *others = make(rng)
        part = np.exp2(rng.uniform(-11, -2))
        most = max(2, int(2**15 * part))
        pair = [replace(spec, draw=_between(-most, most, spec.shape)) for spec in pair]
        return pair, replace(output, scale=np.float32(output.scale * part)), *others

    return made


def _between(low, high, shape):
    return lambda rng: rng.integers(low, high, shape)


def _to_8_bits(rng):
    """A product whose kernel does not look at scales."""
    shape = draw.image(rng, np.int8).shape
    factors = [Spec(shape, np.int16, 2.0**-15) for _ in range(2)]
    output = Spec(shape, np.int8, 2.0**-7, int(rng.integers(-128, 128)))
    fields = {"fusedActivationFunction": int(rng.choice(draw.ACTIVATIONS)), "version": 4}
    return factors, output, "MulOptions", fields


def _softmax_from_8_bits(rng):
    specs, output, options, fields = nonlinear.FAMILIES["SOFTMAX"](rng)
    output = replace(output, dtype=np.int16, scale=2.0**-16, zero_point=-(2**15))
    return specs, output, options, fields | {"version": 2}


def _requantized(before, after):
    """QUANTIZE from integers to others; those of 32 bits are 2**20 times as fine as those of 8."""
    finer = {np.int8: 1, np.uint8: 1, np.int16: FINER, np.int32: 2.0**-20}

    def zero_point(rng, dtype):
        if dtype == np.int32 or before == after:
            return 0
        grid = np.iinfo(dtype)
        return int(rng.choice([0, grid.min, rng.integers(grid.min, grid.max)]).clip(grid.min))

    def made(rng):
        image = draw.image(rng, np.int8)
        x, y = (
            Spec(
                image.shape,
                dtype,
                np.float32(image.scale * finer[dtype] * np.exp(rng.uniform(-0.5, 0.5))),
                zero_point(rng, dtype),
            )
            for dtype in (before, after)
        )
        return [x], y, None, {"version": 4}

    return made


ALIKE = layers.FAMILIES | pairs.FAMILIES | pooling.FAMILIES | nonlinear.FAMILIES | moving.FAMILIES
ALIKE |= resize.FAMILIES | reducing.FAMILIES | RESCALING | transposed.FAMILIES
ALIKE["BATCH_MATMUL"] = of_computed(matmul.FAMILIES["BATCH_MATMUL"])
VERSIONS = {
    "ADD": 4,
    "AVERAGE_POOL_2D": 3,
    "BATCH_MATMUL": 3,
    "CONCATENATION": 3,
    "CONV_2D": 8,
    "DEPTHWISE_CONV_2D": 5,
    "DEQUANTIZE": 3,
    "FULLY_CONNECTED": 11,
    "LOGISTIC": 3,
    "MAX_POOL_2D": 3,
    "MEAN": 3,
    "MEAN keeping dimensions": 3,
    "MUL": 4,
    "PAD": 2,
    "QUANTIZE": 3,
    "RELU": 3,
    "RELU6": 3,
    "RESHAPE": 1,
    "RESIZE_BILINEAR": 4,
    "SOFTMAX": 3,
    "SQUEEZE": 1,
    "STRIDED_SLICE": 4,
    "STRIDED_SLICE shrinking": 4,
    "SUB": 4,
    "TRANSPOSE_CONV": 4,
}
WIDE = {name: in_16_bits(ALIKE[name], version=version) for name, version in VERSIONS.items()}
for name in ("ADD", "SUB"):
    WIDE[name] = in_16_bits(ALIKE[name], version=VERSIONS[name], potScaleInt16=False)
    WIDE[f"{name} of small values"] = of_small_values(WIDE[name])
    WIDE[f"{name} by shifts"] = by_shifts(WIDE[name], broadcasts=name == "SUB")
for name in ("CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV"):
    WIDE[f"{name} with a bias of 32 bits"] = with_bias_of_32_bits(WIDE[name])
for name in ("CONV_2D", "FULLY_CONNECTED"):
    WIDE[f"{name} with weights of 4 bits"] = with_weights_of_4_bits(WIDE[name])
for name in ("LOGISTIC", "SOFTMAX"):
    WIDE[name] = to_steps_of_2_to_the_minus_15(WIDE[name])
WIDE |= {
    "FULLY_CONNECTED without bias": without_bias(WIDE["FULLY_CONNECTED"]),
    "MUL to int8": _to_8_bits,
    "SOFTMAX from 8 bits": _softmax_from_8_bits,
    "QUANTIZE again": _requantized(np.int16, np.int16),
    "QUANTIZE to int8": _requantized(np.int16, np.int8),
    "QUANTIZE to int32": _requantized(np.int16, np.int32),
    "QUANTIZE from int8": _requantized(np.int8, np.int16),
    "QUANTIZE from uint8": _requantized(np.uint8, np.int16),
    "QUANTIZE from int32": _requantized(np.int32, np.int16),
    "QUANTIZE from int32 to int8": _requantized(np.int32, np.int8),
}
FAMILIES = {f"{name} int16": make for name, make in WIDE.items()}
