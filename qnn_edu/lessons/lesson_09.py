"""Exercises of lesson 09: integer-only inference."""

from __future__ import annotations

import numpy as np

from qnn_edu.core import fixed_point
from qnn_edu.lessons.exercise import Exercise, Mistake

RNG = np.random.default_rng


def _accumulator(q_x, q_w, zero_point, bias):
    x = q_x.astype(np.int32) - zero_point
    return int((x * q_w).sum() + bias)


def _products_in_int8(q_x, q_w, zero_point, bias):
    return ((q_x - np.int8(zero_point)) * q_w).sum(dtype=np.int64) + bias


def _sum_in_int8(q_x, q_w, zero_point, bias):
    return int(np.dot(q_x - np.int8(zero_point), q_w)) + bias


def _subtracted_in_int8(q_x, q_w, zero_point, bias):
    x = q_x - np.int8(zero_point)
    return (x.astype(np.int64) * q_w).sum() + bias


def _zero_point_forgotten(q_x, q_w, zero_point, bias):
    return (q_x.astype(np.int64) * q_w).sum() + bias


def _zero_point_once(q_x, q_w, zero_point, bias):
    return _zero_point_forgotten(q_x, q_w, zero_point, bias) - zero_point


def _zero_point_added(q_x, q_w, zero_point, bias):
    return ((q_x.astype(np.int64) + zero_point) * q_w).sum() + bias


def _bias_forgotten(q_x, q_w, zero_point, bias):
    return _accumulator(q_x, q_w, zero_point, 0)


def _bias_each_time(q_x, q_w, zero_point, bias):
    return _accumulator(q_x, q_w, zero_point, bias * q_x.size)


def _window(seed, size, zero_point, bias):
    q_x, q_w = RNG(seed).integers(-127, 128, (2, size)).astype(np.int8)
    return q_x, q_w, zero_point, bias


accumulator = Exercise(
    "One accumulator",
    _accumulator,
    [
        (np.int8([5, -128]), np.int8([3, 7]), -128, 100),
        _window(1, 9, -128, -2500),
        _window(2, 16, 3, 1200),
        _window(3, 640, -128, 123_456_789),  # beyond int16, and what float32 counts exactly
    ],
    (
        Mistake(
            _products_in_int8,
            "the products were formed in int8 and wrapped around. int8 times int8 needs 16 bits, "
            "and their sum more: widen to np.int32 first.",
        ),
        Mistake(_sum_in_int8, "products and sum stayed in int8. Widen to np.int32 before you sum."),
        Mistake(
            _subtracted_in_int8,
            "q_x - zero_point reaches from -255 to 255, and was formed in int8. Widen, then "
            "subtract.",
        ),
        Mistake(_zero_point_forgotten, "the zero point of the inputs was not taken off."),
        Mistake(
            _zero_point_once,
            "the zero point was taken off the sum, once. It belongs to every input, inside.",
        ),
        Mistake(_zero_point_added, "x = scale * (q - zero_point): it is subtracted."),
        Mistake(_bias_forgotten, "the bias is missing. It is added to the sum, once."),
        Mistake(_bias_each_time, "the bias was added with every product. It is added once."),
    ),
    (
        "Sum (q_x - zero_point) * q_w, then add the bias.",
        "Widen before you subtract: q_x.astype(np.int32)",
        "x = q_x.astype(np.int32) - zero_point, then int((x * q_w).sum() + bias)",
    ),
)


def _quantized_bias(bias, scale_x, scale_w, scale_y):
    return np.round(bias / (scale_x * scale_w)).astype(np.int32)


def _output_scale(bias, scale_x, scale_w, scale_y):
    return np.round(bias / scale_y)


def _input_scale(bias, scale_x, scale_w, scale_y):
    return np.round(bias / scale_x)


def _requantized_bias(bias, scale_x, scale_w, scale_y):
    return np.round(bias / (scale_x * scale_w / scale_y))


def _truncated_bias(bias, scale_x, scale_w, scale_y):
    return np.trunc(bias / (scale_x * scale_w))


def _layer(seed, channels, size=1):
    rng = RNG(seed)
    scale_x, scale_y = rng.uniform(0.01, 0.05, 2)
    return rng.normal(0, size, channels), scale_x, rng.uniform(0.002, 0.02, channels), scale_y


quantized_bias = Exercise(
    "The bias in integers",
    _quantized_bias,
    [_layer(4, 3), _layer(5, 16), _layer(6, 10, size=100)],
    (
        Mistake(
            _output_scale,
            "that is the output's scale. The bias joins the sum of products, long before there is "
            "an output: its step must be that of a product.",
        ),
        Mistake(_input_scale, "a product of an input and a weight has both their scales in it."),
        Mistake(
            _requantized_bias,
            "you divided by M. The whole sum, the bias in it, is multiplied by M afterwards.",
        ),
        Mistake(_truncated_bias, "cut off instead of rounded. np.round, then astype."),
    ),
    (
        "The bias is added to products of an input and a weight. How much is one step of such a "
        "product worth?",
        "scale_x * scale_w, one for each channel",
        "np.round(bias / (scale_x * scale_w)).astype(np.int32)",
    ),
    dtype="int32",
)


def _multiplier(m, bits):
    mantissa, shift = np.frexp(m)
    whole = int(np.floor(mantissa * 2**bits + 0.5))
    if whole == 2**bits:  # rounded up to the next power of two
        return whole // 2, int(shift) + 1
    return whole, int(shift)


def _not_normalised(m, bits):
    return int(np.floor(m * 2**bits + 0.5)), 0


def _from_one_to_two(m, bits):
    mantissa, shift = np.frexp(m)
    return int(np.floor(2 * mantissa * 2**bits + 0.5)), int(shift) - 1


def _truncated_multiplier(m, bits):
    mantissa, shift = np.frexp(m)
    return int(mantissa * 2**bits), int(shift)


def _one_bit_too_many(m, bits):
    mantissa, shift = np.frexp(m)
    return int(np.floor(mantissa * 2**bits + 0.5)), int(shift)


def _shift_reversed(m, bits):
    multiplier, shift = _multiplier(m, bits)
    return multiplier, -shift


multiplier = Exercise(
    "A multiplier of n bits",
    _multiplier,
    [(0.3, 4), (0.0123, 8), (0.25, 5), (0.2499, 4), (1.7, 6), (0.003, 31)],
    (
        Mistake(
            _not_normalised,
            "the multiplier is not normalised. A small m leaves most of its bits empty: take the "
            "mantissa, between 1/2 and 1, and keep the exponent as the shift.",
        ),
        Mistake(
            _from_one_to_two,
            "your mantissa lies between 1 and 2, so the multiplier has one bit too many.",
        ),
        Mistake(_truncated_multiplier, "cut off instead of rounded: add 0.5 before int()."),
        Mistake(
            _one_bit_too_many,
            "nearly. A mantissa just below 1 rounds up to 2**bits, one bit too many: halve it, and "
            "add 1 to the shift.",
        ),
        Mistake(_shift_reversed, "the sign of the shift: m = multiplier * 2**(shift - bits)."),
    ),
    (
        "mantissa, shift = np.frexp(m) gives m = mantissa * 2**shift with 0.5 <= mantissa < 1.",
        "Round mantissa * 2**bits to a whole number. Which one is too large for the bits?",
        "If it is 2**bits, return 2**(bits - 1) and shift + 1.",
    ),
)


def _round_once(acc, multiplier, shift, zero_point, lo, hi):
    places = 31 - shift
    half = 1 << (places - 1)
    whole = (acc.astype(np.int64) * multiplier + half) >> places
    return np.clip(whole + zero_point, lo, hi)


def _exactly(acc, multiplier, shift):
    return acc.astype(np.float64) * (multiplier * 2.0 ** (shift - 31))


def _floor_of_negative(acc, multiplier, shift, zero_point, lo, hi):
    whole = (acc.astype(np.int64) * multiplier) >> (31 - shift)
    return np.clip(whole + zero_point, lo, hi)


def _toward_zero(acc, multiplier, shift, zero_point, lo, hi):
    return np.clip(np.trunc(_exactly(acc, multiplier, shift)) + zero_point, lo, hi)


def _half_to_even(acc, multiplier, shift, zero_point, lo, hi):
    return np.clip(np.round(_exactly(acc, multiplier, shift)) + zero_point, lo, hi)


def _half_away(acc, multiplier, shift, zero_point, lo, hi):
    y = _exactly(acc, multiplier, shift)
    return np.clip(np.trunc(y + np.copysign(0.5, y)) + zero_point, lo, hi)


def _rounded_twice(acc, multiplier, shift, zero_point, lo, hi):
    whole = fixed_point.requantize(acc, multiplier, shift, rounding="double")
    return np.clip(whole + zero_point, lo, hi)


def _product_in_int32(acc, multiplier, shift, zero_point, lo, hi):
    product = acc.astype(np.int32) * np.int32(multiplier)
    whole = (product.astype(np.int64) + (1 << (30 - shift))) >> (31 - shift)
    return np.clip(whole + zero_point, lo, hi)


def _zero_point_first(acc, multiplier, shift, zero_point, lo, hi):
    return _round_once(acc + zero_point, multiplier, shift, 0, lo, hi)


def _zero_point_left_out(acc, multiplier, shift, zero_point, lo, hi):
    return _round_once(acc, multiplier, shift, 0, lo, hi)


def _no_clamp(acc, multiplier, shift, zero_point, lo, hi):
    return _round_once(acc, multiplier, shift, zero_point, -(2**31), 2**31)


def _sums(seed, m, zero_point, lo, hi):
    most = int(200 / m)
    ties = np.round(np.arange(-7, 8) / 2 / m)  # where m is a power of two
    acc = np.concatenate([ties, RNG(seed).integers(-most, most, 40)])
    return acc.astype(np.int32), *fixed_point.quantize_multiplier(m), zero_point, lo, hi


round_once = Exercise(
    "From the accumulator to the output, rounded once",
    _round_once,
    [_sums(7, 0.5, 0, -128, 127), _sums(8, 0.0625, -128, -128, 127), _sums(9, 0.0123, 5, 5, 90)],
    (
        Mistake(
            _floor_of_negative,
            "a right shift floors: it rounds every number down, the negative ones away from zero. "
            "Add half of the divisor, 1 << (places - 1), before you shift.",
        ),
        Mistake(_toward_zero, "cut off towards zero instead of rounded."),
        Mistake(_half_to_even, "ties went to even, as numpy's round does. Here they go up."),
        Mistake(_half_away, "ties went away from zero. Half, added before a shift, takes them up."),
        Mistake(_rounded_twice, "that is double rounding. Here is only one shift, of all places."),
        Mistake(
            _product_in_int32,
            "the product was formed in int32 and wrapped around. Two 32-bit numbers multiply to 64 "
            "bits: acc.astype(np.int64) first.",
        ),
        Mistake(
            _zero_point_first,
            "the zero point was added to the accumulator. It counts steps of the output: add it "
            "after the shift.",
        ),
        Mistake(_zero_point_left_out, "the output's zero point was not added."),
        Mistake(_no_clamp, "the result was not clamped to lo..hi."),
    ),
    (
        "In all, the product is shifted right by places = 31 - shift.",
        "Add 1 << (places - 1), half of the divisor, before the shift; use np.int64.",
        "((acc.astype(np.int64) * multiplier + half) >> places) + zero_point, then np.clip",
    ),
)
