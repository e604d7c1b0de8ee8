"""Lesson 03 says that its scheme is LiteRT's: it gives back the weights of the converter's file."""

import numpy as np

from qnn_edu import data, params_from_range, quantize, ranges, tflite


def test_symmetric_narrow_ranges_give_the_converters_weights():
    real = tflite.read(data.asset("digits_float32.tflite"))
    stored = tflite.read(data.asset("digits_int8.tflite"))
    layers = 0
    for a, b in zip(real.operators, stored.operators, strict=True):
        if len(a.inputs) == 3:  # input, weights, bias
            weights, integers = real.tensors[a.inputs[1]].data, stored.tensors[b.inputs[1]]
            lo, hi = ranges.min_max(weights, axis=integers.axis)
            options = {"symmetric": True, "narrow_range": True, "axis": integers.axis}
            params = params_from_range(lo, hi, **options)
            np.testing.assert_array_equal(params.scale, integers.scale)
            np.testing.assert_array_equal(quantize(weights, params), integers.data)
            layers += 1
    assert layers == 8
