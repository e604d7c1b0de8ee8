"""Other answers to the exercises of lesson 09, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import math

import numpy as np


def shifted(acc, multiplier, places, half):
    return (acc.astype(np.int64) * multiplier + half) >> places


accumulator = {
    "right": [
        lambda q, w, z, b: np.dot(q.astype(int), w) - z * int(w.sum()) + b,
    ],
    "wrong": [
        lambda q, w, z, b: int(((q.astype(np.float32) - z) * w).sum() + np.float32(b)),  # NEAR
        lambda q, w, z, b: int(((q.astype(np.int16) - z) * w).sum(dtype=np.int16)) + b,  # NEAR
        lambda q, w, z, b: float(((q.astype(np.int32) - z) * w).sum() + b),
        lambda q, w, z, b: (q.astype(np.int32) - z) * w + b,
        lambda q, w, z, b: int((np.abs(q.astype(np.int32) - z) * w).sum() + b),
        lambda q, w, z, b: int(((q.astype(np.int32) - z) * (w.astype(np.int32) - z)).sum() + b),
        lambda q, w, z, b: int(((q.astype(np.int32) - z) * w).sum() - b),
    ],
}

quantized_bias = {
    "right": [
        lambda b, x, w, y: np.rint(b / x / w).astype(np.int32),
    ],
    "wrong": [
        lambda b, x, w, y: np.round(b / (x * w)).astype(np.int16),  # NEAR
        lambda b, x, w, y: np.round(b / (x * w)).astype(np.int64),  # NEAR
        lambda b, x, w, y: np.round(b / w).astype(np.int32),
        lambda b, x, w, y: np.floor(b / (x * w)).astype(np.int32),
        lambda b, x, w, y: np.clip(np.round(b / (x * w)), -128, 127).astype(np.int32),
        lambda b, x, w, y: np.round(b * (x * w)).astype(np.int32),
        lambda b, x, w, y: np.round(b / (x * w.max())).astype(np.int32),
    ],
}

multiplier = {
    "right": [
        lambda m, bits: max(
            (round(m * 2 ** (bits - s)), s)
            for s in range(-40, 9)
            if round(m * 2 ** (bits - s)) < 2**bits
        ),
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
    ],
}

round_once = {
    "right": [
        lambda acc, m, s, z, lo, hi: [
            min(max((int(a) * m + 2 ** (30 - s)) // 2 ** (31 - s) + z, lo), hi) for a in acc
        ],
    ],
    "wrong": [
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (31 - s)) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, (1 << (30 - s)) - 1) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31, 1 << 30) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 + s, 1 << (30 + s)) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)), a, b) + z,
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) + z, -128, 127),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) + z, a, b) * 1.0,
    ],
}
