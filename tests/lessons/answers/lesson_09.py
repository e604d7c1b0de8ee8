"""Other answers to the exercises of lesson 09, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import math

import numpy as np

from qnn_edu.core import fixed_point


def shifted(acc, multiplier, places, half):
    return (acc.astype(np.int64) * multiplier + half) >> places


def summed_in_a_loop(q_x, q_w, zero_point, bias):
    acc = int(bias)
    for x, w in zip(q_x, q_w, strict=True):
        acc += (int(x) - zero_point) * int(w)
    return acc


def bias_in_every_turn(q_x, q_w, zero_point, bias):
    acc = 0
    for x, w in zip(q_x, q_w, strict=True):
        acc += (int(x) - zero_point) * int(w) + bias
    return acc


def zero_point_at_the_end(q_x, q_w, zero_point, bias):
    acc = 0
    for x, w in zip(q_x, q_w, strict=True):
        acc += int(x) * int(w)
    return acc - zero_point + bias


def narrow_in_the_loop(q_x, q_w, zero_point, bias):
    acc = 0
    with np.errstate(over="ignore"):
        for x, w in zip(q_x, q_w, strict=True):
            acc += int((x - np.int8(zero_point)) * w)
    return acc + bias


def skips_the_last(q_x, q_w, zero_point, bias):
    acc = bias
    for k in range(len(q_x) - 1):
        acc += (int(q_x[k]) - zero_point) * int(q_w[k])
    return acc


def skips_the_first(q_x, q_w, zero_point, bias):
    acc = bias
    for k in range(1, len(q_x)):
        acc += (int(q_x[k]) - zero_point) * int(q_w[k])
    return acc


accumulator = {
    "right": [
        lambda q, w, z, b: np.dot(q.astype(int), w) - z * int(w.sum()) + b,
        summed_in_a_loop,
        lambda q, w, z, b: int(np.dot(q.astype(np.int64) - z, w.astype(np.int64))) + b,
        lambda q, w, z, b: int(np.sum((q.astype(np.float64) - z) * w)) + b,
        lambda q, w, z, b: int(b + sum((int(x) - z) * int(v) for x, v in zip(q, w, strict=True))),
        lambda q, w, z, b: (w.astype(np.int32) @ (q - np.int32(z))).item() + b,
        lambda q, w, z, b: np.int32(np.sum((q.astype(np.int16) - z) * w.astype(np.int32)) + b),
    ],
    "wrong": [
        lambda q, w, z, b: int(((q.astype(np.float32) - z) * w).sum() + np.float32(b)),  # NEAR
        lambda q, w, z, b: int(((q.astype(np.int16) - z) * w).sum(dtype=np.int16)) + b,  # NEAR
        lambda q, w, z, b: float(((q.astype(np.int32) - z) * w).sum() + b),
        lambda q, w, z, b: (q.astype(np.int32) - z) * w + b,
        lambda q, w, z, b: int((np.abs(q.astype(np.int32) - z) * w).sum() + b),
        lambda q, w, z, b: int(((q.astype(np.int32) - z) * (w.astype(np.int32) - z)).sum() + b),
        lambda q, w, z, b: int(((q.astype(np.int32) - z) * w).sum() - b),
        bias_in_every_turn,
        zero_point_at_the_end,
        narrow_in_the_loop,
        skips_the_last,
        skips_the_first,
        lambda q, w, z, b: int((q.astype(np.int32) * w).sum() + b),
        lambda q, w, z, b: int((q.astype(np.int32) * w).sum() - z + b),
        lambda q, w, z, b: int(((q.astype(np.int32) + z) * w).sum() + b),
        lambda q, w, z, b: int(((q.astype(np.int32) - z) * w).sum()),
        lambda q, w, z, b: int(np.sum(q * w)) + b,
        lambda q, w, z, b: int(((q - np.int8(z)) * w).sum()) + b,
        lambda q, w, z, b: int(np.dot(q - np.int8(z), w)) + b,
        lambda q, w, z, b: int(((q - np.int8(z)).astype(np.int32) * w).sum() + b),
        lambda q, w, z, b: int(((q.astype(np.int32) - z) * w).sum().astype(np.int16)) + b,
        lambda q, w, z, b: int((q.astype(np.int32) * w - z).sum() + b),
        lambda q, w, z, b: int((q.astype(np.int32) * (w.astype(np.int32) - z)).sum() + b),
        lambda q, w, z, b: int((q.astype(np.int32) - z).sum() * w.astype(np.int32).sum() + b),
        lambda q, w, z, b: int(((q.astype(np.int32) - z) * w).mean() + b),
        lambda q, w, z, b: int(((q.astype(np.int32) - z) + w).sum() + b),
        lambda q, w, z, b: int(((q.astype(np.int32) - z + b) * w).sum()),
        lambda q, w, z, b: int((q.astype(np.int32) * w).sum()),
        lambda q, w, z, b: int(((z - q.astype(np.int32)) * w).sum() + b),
        lambda q, w, z, b: int(np.clip(((q.astype(np.int32) - z) * w).sum() + b, -128, 127)),
        lambda q, w, z, b: int((q.astype(np.int32) * w).sum() - z * w.size + b),
    ],
}


def one_after_another(bias, scale_x, scale_w, scale_y):
    return np.array(
        [round(b / (scale_x * s)) for b, s in zip(bias, scale_w, strict=True)], np.int32
    )


def cut_one_after_another(bias, scale_x, scale_w, scale_y):
    return np.array([int(b / (scale_x * s)) for b, s in zip(bias, scale_w, strict=True)], np.int32)


def first_scale_for_all(bias, scale_x, scale_w, scale_y):
    return np.array([round(b / (scale_x * scale_w[0])) for b in bias], np.int32)


quantized_bias = {
    "right": [
        lambda b, x, w, y: np.rint(b / x / w).astype(np.int32),
        one_after_another,
        lambda b, x, w, y: np.int32(np.floor(b / (x * w) + 0.5)),
        lambda b, x, w, y: np.around(b / (w * x)).astype("int32"),
        lambda b, x, w, y: np.round(b * (1 / (x * w))).astype(np.int64).astype(np.int32),
        lambda b, x, w, y: np.array(np.round(b / (x * w)).tolist(), dtype=np.int32),
    ],
    "wrong": [
        lambda b, x, w, y: np.round(b / (x * w)).astype(np.int16),  # NEAR
        lambda b, x, w, y: np.round(b / (x * w)).astype(np.int64),  # NEAR
        lambda b, x, w, y: np.round(b / w).astype(np.int32),
        lambda b, x, w, y: np.floor(b / (x * w)).astype(np.int32),
        lambda b, x, w, y: np.clip(np.round(b / (x * w)), -128, 127).astype(np.int32),
        lambda b, x, w, y: np.round(b * (x * w)).astype(np.int32),
        lambda b, x, w, y: np.round(b / (x * w.max())).astype(np.int32),
        cut_one_after_another,
        first_scale_for_all,
        lambda b, x, w, y: (b / (x * w)).astype(np.int32),
        lambda b, x, w, y: np.ceil(b / (x * w)).astype(np.int32),
        lambda b, x, w, y: np.round(b / y).astype(np.int32),
        lambda b, x, w, y: np.round(b / x).astype(np.int32),
        lambda b, x, w, y: np.round(b / (x * w * y)).astype(np.int32),
        lambda b, x, w, y: np.round(b * y / (x * w)).astype(np.int32),
        lambda b, x, w, y: np.round(b / (x * w / y)).astype(np.int32),
        lambda b, x, w, y: np.round(b / (x * y)).astype(np.int32),
        lambda b, x, w, y: np.round(b / (w * y)).astype(np.int32),
        lambda b, x, w, y: np.round(b / (x + w)).astype(np.int32),
        lambda b, x, w, y: np.round(b / x * w).astype(np.int32),
        lambda b, x, w, y: np.round(b).astype(np.int32),
        lambda b, x, w, y: np.round(b / (x * w.mean())).astype(np.int32),
        lambda b, x, w, y: np.round(b / (x / w)).astype(np.int32),
        lambda b, x, w, y: (b / y).astype(np.int32),
        lambda b, x, w, y: (b / w).astype(np.int32),
        lambda b, x, w, y: np.round(x * w / b).astype(np.int32),
        lambda b, x, w, y: np.round(b / (x * w)).astype(np.int64).astype(np.int8).astype(np.int32),
        lambda b, x, w, y: np.round(b / (np.abs(b).max() / (2**31 - 1))).astype(np.int32),
        lambda b, x, w, y: (np.round(b) / (x * w)).astype(np.int32),
        lambda b, x, w, y: np.round(-b / (x * w)).astype(np.int32),
    ],
}


def halved_and_doubled(m, bits):
    shift = 0
    while m >= 1:
        m, shift = m / 2, shift + 1
    while m < 0.5:
        m, shift = m * 2, shift - 1
    whole = round(m * 2**bits)
    if whole == 2**bits:
        whole, shift = whole // 2, shift + 1
    return whole, shift


def halved_and_doubled_without_care(m, bits):
    shift = 0
    while m >= 1:
        m, shift = m / 2, shift + 1
    while m < 0.5:
        m, shift = m * 2, shift - 1
    return round(m * 2**bits), shift


def shift_counted_upwards(m, bits):
    shift = 0
    while m >= 1:
        m, shift = m / 2, shift - 1
    while m < 0.5:
        m, shift = m * 2, shift + 1
    whole = round(m * 2**bits)
    return (whole, shift) if whole < 2**bits else (whole // 2, shift - 1)


def between_one_and_two(m, bits):
    shift = math.floor(math.log2(m))
    return round(m / 2**shift * 2 ** (bits - 1)), shift


def forgets_the_halving(m, bits):
    mantissa, shift = math.frexp(m)
    whole = round(mantissa * 2**bits)
    if whole == 2**bits:
        shift += 1
    return whole, shift


def forgets_the_shift(m, bits):
    mantissa, shift = math.frexp(m)
    whole = round(mantissa * 2**bits)
    if whole == 2**bits:
        whole //= 2
    return whole, shift


def truncated_and_careful(m, bits):
    mantissa, shift = math.frexp(m)
    whole = int(mantissa * 2**bits)
    if whole == 2**bits:
        return whole // 2, shift + 1
    return whole, shift


multiplier = {
    "right": [
        lambda m, bits: max(
            (round(m * 2 ** (bits - s)), s)
            for s in range(-40, 9)
            if round(m * 2 ** (bits - s)) < 2**bits
        ),
        halved_and_doubled,
        lambda m, bits: (
            lambda f, s: (
                (round(f * 2**bits), s)
                if round(f * 2**bits) < 2**bits
                else (2 ** (bits - 1), s + 1)
            )
        )(*math.frexp(m)),
        lambda m, bits: np.array(halved_and_doubled(m, bits)),
        lambda m, bits: list(halved_and_doubled(float(m), bits)),
        lambda m, bits: tuple(np.int64(v) for v in halved_and_doubled(m, bits)),
    ],
    "wrong": [
        lambda m, bits: (round(math.frexp(m)[0] * 2 ** (bits - 1)), math.frexp(m)[1] + 1),
        lambda m, bits: (round(math.frexp(m)[0] * (2**bits - 1)), math.frexp(m)[1]),
        lambda m, bits: (
            min(round(math.frexp(m)[0] * 2**bits), 2**bits - 1),
            math.frexp(m)[1],
        ),
        lambda m, bits: (math.ceil(math.frexp(m)[0] * 2**bits), math.frexp(m)[1]),
        lambda m, bits: (round(math.frexp(m)[0] * 2**31), math.frexp(m)[1]),
        lambda m, bits: round(math.frexp(m)[0] * 2**bits),
        halved_and_doubled_without_care,
        shift_counted_upwards,
        between_one_and_two,
        forgets_the_halving,
        forgets_the_shift,
        truncated_and_careful,
        lambda m, bits: (round(math.frexp(m)[0] * 2**bits), math.frexp(m)[1]),
        lambda m, bits: (int(math.frexp(m)[0] * 2**bits), math.frexp(m)[1]),
        lambda m, bits: (round(math.frexp(m)[0] * 2**bits), -math.frexp(m)[1]),
        lambda m, bits: (round(m * 2**bits), 0),
        lambda m, bits: (round(m * 2**bits), math.frexp(m)[1]),
        lambda m, bits: (round(math.frexp(m)[0] * 2 ** (bits - 1)), math.frexp(m)[1]),
        lambda m, bits: (round(math.frexp(m)[0] * 2 ** (bits + 1)), math.frexp(m)[1] - 1),
        lambda m, bits: (math.frexp(m)[0] * 2**bits, math.frexp(m)[1]),
        lambda m, bits: (round(math.frexp(m)[0] * 2**bits), math.frexp(m)[1] - bits),
        lambda m, bits: (round(math.frexp(m)[0] * 2**bits), math.frexp(m)[1] + 1),
        lambda m, bits: (math.frexp(m)[1], round(math.frexp(m)[0] * 2**bits)),
        lambda m, bits: (round(math.frexp(m)[0]), math.frexp(m)[1]),
        lambda m, bits: math.frexp(m),
        lambda m, bits: (int(m * 2**bits), 0),
        lambda m, bits: (round(m * 2 ** (bits - 1)), 1),
        lambda m, bits: (int(math.frexp(m)[0] * 2 ** (bits - 1)), math.frexp(m)[1] + 1),
        lambda m, bits: (math.floor(math.frexp(m)[0] * 2**bits), -math.frexp(m)[1]),
    ],
}


def twice_in_plain_integers(acc, multiplier, shift, zero_point, lo, hi):
    out = []
    for a in acc.tolist():
        high = (a * multiplier + 2**30) // 2**31
        size = (abs(high) + 2 ** (-shift - 1)) // 2**-shift
        out.append(max(lo, min(hi, (size if high >= 0 else -size) + zero_point)))
    return out


def twice_by_size(acc, multiplier, shift, zero_point, lo, hi):
    high = first_step(acc, multiplier)
    size = (np.abs(high) + (1 << (-shift - 1))) >> -shift
    return np.clip(np.sign(high) * size + zero_point, lo, hi)


def twice_in_floats(acc, multiplier, shift, zero_point, lo, hi):
    high = np.floor(acc * (multiplier / 2.0**31) + 0.5)
    y = high * 2.0**shift
    whole = np.trunc(y + np.copysign(0.5, y)).astype(int)
    return np.clip(whole + zero_point, lo, hi)


def both_steps_away_from_zero(acc, multiplier, shift, zero_point, lo, hi):
    product = acc.astype(np.int64) * multiplier
    high = np.sign(product) * ((np.abs(product) + 2**30) >> 31)
    whole = np.sign(high) * ((np.abs(high) + (1 << (-shift - 1))) >> -shift)
    return np.clip(whole + zero_point, lo, hi)


def first_step(acc, multiplier, half=1 << 30):
    return (acc.astype(np.int64) * multiplier + half) >> 31


def second_step(high, shift):
    return fixed_point.divide_by_power(high, -shift)


def two_steps(acc, multiplier, shift):
    return second_step(first_step(acc, multiplier), shift)


round_twice = {
    "right": [
        twice_in_plain_integers,
        twice_by_size,
        lambda q, m, s, z, a, b: np.clip(fixed_point.requantize(q, m, s) + z, a, b),
        lambda q, m, s, z, a, b: np.minimum(np.maximum(two_steps(q, m, s) + z, a), b),
        twice_in_floats,
        lambda q, m, s, z, a, b: np.clip(
            ((first_step(q, m) + (1 << (-s - 1)) + (first_step(q, m) >> 63)) >> -s) + z, a, b
        ),
    ],
    "wrong": [
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(((first_step(q, m) + (1 << (-s - 1))) >> -s) + z, a, b),
        both_steps_away_from_zero,  # NEAR
        lambda q, m, s, z, a, b: np.clip((first_step(q, m) >> -s) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(second_step(first_step(q, m, 0), s) + z, a, b),
        lambda q, m, s, z, a, b: np.clip((first_step(q, m, 0) >> -s) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(two_steps(q, m, s), a, b),
        lambda q, m, s, z, a, b: two_steps(q, m, s) + z,
        lambda q, m, s, z, a, b: np.clip(two_steps(q, m, s) - z, a, b),
        lambda q, m, s, z, a, b: np.clip(two_steps(q + z, m, s), a, b),
        lambda q, m, s, z, a, b: np.clip(two_steps(q, m, s), a, b) + z,
        lambda q, m, s, z, a, b: np.clip(two_steps(q, m, s) + z, -128, 127),
        lambda q, m, s, z, a, b: np.clip(two_steps(q, m, s) + z, a, b).astype(float),
        lambda q, m, s, z, a, b: np.clip(two_steps(q, m, s - 1) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(two_steps(q, m, s + 1) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(np.rint(first_step(q, m) / 2.0**-s).astype(int) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(np.rint(q * (m * 2.0 ** (s - 31))).astype(int) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(
            ((first_step(q, m) + (1 << (-s - 1)) - 1) >> -s) + z, a, b
        ),
        lambda q, m, s, z, a, b: np.clip(
            ((first_step(q, m) + (1 << (-s - 1)) + (first_step(q, m) < 0)) >> -s) + z, a, b
        ),
        lambda q, m, s, z, a, b: np.clip(first_step(q, m) + z, a, b),
        lambda q, m, s, z, a, b: np.clip((first_step(q, m) << -s) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(two_steps(q, m, s) + z, a, None),
        lambda q, m, s, z, a, b: np.clip(two_steps(q, m, s) + z, 0, b),
        lambda q, m, s, z, a, b: (two_steps(q, m, s) + z).astype(np.int8),
        lambda q, m, s, z, a, b: np.clip(
            second_step(((q * np.int32(m)).astype(np.int64) + (1 << 30)) >> 31, s) + z, a, b
        ),
        lambda q, m, s, z, a, b: np.clip(second_step(first_step(q, m, 1 << 31), s) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(two_steps(q, m, s) + z, a, b - 1),
    ],
}


def with_plain_integers(acc, multiplier, shift, zero_point, lo, hi):
    places = 31 - shift
    out = []
    for a in acc.tolist():
        y = (a * multiplier + (1 << (places - 1))) >> places
        out.append(max(lo, min(hi, y + zero_point)))
    return out


def with_int_division(acc, multiplier, shift, zero_point, lo, hi):
    places = 31 - shift
    out = []
    for a in acc.tolist():
        y = int((a * multiplier + 2 ** (places - 1)) / 2**places)
        out.append(max(lo, min(hi, y + zero_point)))
    return out


def floored_plain_integers(acc, multiplier, shift, zero_point, lo, hi):
    places = 31 - shift
    return [max(lo, min(hi, (a * multiplier >> places) + zero_point)) for a in acc.tolist()]


def zero_point_with_the_half(acc, multiplier, shift, zero_point, lo, hi):
    places = 31 - shift
    whole = (acc.astype(np.int64) * multiplier + (1 << (places - 1)) + zero_point) >> places
    return np.clip(whole, lo, hi)


def shifts_twice(acc, multiplier, shift, zero_point, lo, hi):
    high = (acc.astype(np.int64) * multiplier + (1 << 30)) >> 31
    if shift < 0:
        high = (high + (1 << (-shift - 1))) >> -shift
    return np.clip(high + zero_point, lo, hi)


round_once = {
    "right": [
        lambda acc, m, s, z, lo, hi: [
            min(max((int(a) * m + 2 ** (30 - s)) // 2 ** (31 - s) + z, lo), hi) for a in acc
        ],
        with_plain_integers,
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) + z, a, b).astype(
            int
        ),
        lambda q, m, s, z, a, b: np.clip(
            fixed_point.requantize(q, m, s, rounding="single") + z, a, b
        ),
        lambda q, m, s, z, a, b: np.clip(
            np.floor(q.astype(np.float64) * m / 2.0 ** (31 - s) + 0.5) + z, a, b
        ).astype(np.int32),
        lambda q, m, s, z, a, b: np.minimum(
            np.maximum((q.astype(np.int64) * m + (1 << (30 - s)) + (z << (31 - s))) >> (31 - s), a),
            b,
        ),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)), a - z, b - z) + z,
    ],
    "wrong": [
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (31 - s)) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, (1 << (30 - s)) - 1) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31, 1 << 30) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 + s, 1 << (30 + s)) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)), a, b) + z,
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) + z, -128, 127),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) + z, a, b) * 1.0,
        with_int_division,
        floored_plain_integers,
        zero_point_with_the_half,
        shifts_twice,
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 0) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)), a, b),
        lambda q, m, s, z, a, b: shifted(q, m, 31 - s, 1 << (30 - s)) + z,
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) - z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q + z, m, 31 - s, 1 << (30 - s)), a, b),
        lambda q, m, s, z, a, b: np.clip(
            np.round(q.astype(np.float64) * m / 2.0 ** (31 - s)).astype(int) + z, a, b
        ),
        lambda q, m, s, z, a, b: np.clip(
            np.trunc(q.astype(np.float64) * m / 2.0 ** (31 - s)).astype(int) + z, a, b
        ),
        lambda q, m, s, z, a, b: np.clip(
            np.trunc(q * (m / 2.0 ** (31 - s)) + np.copysign(0.5, q)).astype(int) + z, a, b
        ),
        lambda q, m, s, z, a, b: np.clip(
            np.ceil(q * (m / 2.0 ** (31 - s)) - 0.5).astype(int) + z, a, b
        ),
        lambda q, m, s, z, a, b: np.clip(np.ceil(q * (m / 2.0 ** (31 - s))).astype(int) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(
            fixed_point.requantize(q, m, s, rounding="double") + z, a, b
        ),
        lambda q, m, s, z, a, b: np.clip(
            ((q.astype(np.int32) * np.int32(m)).astype(np.int64) + (1 << (30 - s)) >> (31 - s)) + z,
            a,
            b,
        ),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 30 - s, 1 << (29 - s)) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 32 - s, 1 << (31 - s)) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (29 - s)) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 0), a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) + z, 0, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) + z, a, None),
        lambda q, m, s, z, a, b: (shifted(q, m, 31 - s, 1 << (30 - s)) + z).astype(np.int8),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 0) + z, -128, 127),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) + z, a, b - 1),
    ],
}
