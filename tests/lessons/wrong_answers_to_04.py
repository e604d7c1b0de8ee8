"""Wrong answers beside those that a check knows by name, lessons 00 to 04.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import math

import numpy as np


def narrow(x, t, bits, *, lowest=0, top=0):
    """`x` quantized over `[-t, t]`; `lowest` and `top` move the ends of the narrow grid."""
    end = 2 ** (bits - 1) - 1
    scale = t / (end + top)
    return np.clip(np.round(x / scale), -end - lowest, end + top) * scale


def best(x, thresholds, loss):
    return thresholds[np.argmin([loss(t) for t in thresholds])]


def share(made, inherited, total=np.sum):
    return total(made**2) / (total(made**2) + total(inherited**2))


def walked_back(sqnr_db, share, broken, most):
    """Lesson 04's walk, with another idea of what is broken, or of most of an error."""
    k = int(np.argmax(broken(sqnr_db)))
    while not most(share[k]):
        k -= 1
    return k


def followed(start, weight_of_new, maxima):
    track = [start]
    for value in maxima[1:]:
        track.append((1 - weight_of_new) * track[-1] + weight_of_new * value)
    return np.array(track)


WRONG = {
    "lesson_00.levels": [
        lambda bits: 256,
        lambda bits: 2**bits + 1,
        lambda bits: 2 ** (bits - 1),
        lambda bits: 2.0**bits,
    ],
    "lesson_01.model_input": [
        lambda x, s, z: np.clip(np.round(x / s) + z, -128, 127),
        lambda x, s, z: np.clip(np.round(x / s) + z, -128, 127).astype(np.int64),  # NEAR
        lambda x, s, z: np.clip(np.round(x / s) + z, -127, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x / s), -128, 127).astype(np.int8) + np.int8(z),
        lambda x, s, z: np.clip(np.round(x * 255) - 128, -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.floor(x / s) + z, -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x / s) - z, -128, 127).astype(np.int8),
    ],
    "lesson_01.probabilities": [
        lambda q, s, z: s * q.astype(np.int32) - z,
        lambda q, s, z: s * (q.astype(np.int32) + z),
        lambda q, s, z: s * (q.astype(np.int32) + 128),
        lambda q, s, z: s * (q.astype(np.uint8) - float(z)),
        lambda q, s, z: np.round(s * (q.astype(np.int32) - z), 2),
    ],
    "lesson_01.top": [
        lambda p, k: np.argsort(-p)[: k + 1],
        lambda p, k: np.argsort(-p)[:3],
        lambda p, k: np.argpartition(-p, k)[:k][::-1],
        lambda p, k: np.sort(np.argsort(-p)[:k]),
        lambda p, k: np.argsort(-p)[:k] + 1,
        lambda p, k: (np.argsort(-p)[:k]).astype(float),
    ],
    "lesson_02.scale_and_zero_point": [
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a + lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a - lo / ((hi - lo) / (b - a))) + 1),
        lambda lo, hi, a, b: ((hi - lo) / 255, round(a - lo / ((hi - lo) / 255))),
        lambda lo, hi, a, b: (max(hi, -lo) / b, 0),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), np.round(a - lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: (round((hi - lo) / (b - a), 4), round(a - lo * (b - a) / (hi - lo))),
    ],
    "lesson_02.quantize": [
        lambda x, s, z, a, b: (x / s + z + 0.5).clip(a, b).astype(int),
        lambda x, s, z, a, b: np.clip((x / s + 0.5).astype(int) + z, a, b),
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, a + 1, b).astype(int),
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, -128, 127).astype(int),
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, a, b).astype(np.uint8),
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, a, b),
        lambda x, s, z, a, b: np.minimum(np.round(x / s) + z, b).astype(int),
        lambda x, s, z, a, b: np.clip(np.round(x / s + 0.5) + z, a, b).astype(int),
    ],
    "lesson_02.dequantize": [
        lambda q, s, z: s * (q.astype(np.int32) + z),
        lambda q, s, z: s * (q.astype(np.int8).astype(int) - z),
        lambda q, s, z: s * (q - z),
        lambda q, s, z: (q.astype(np.int32) - z) / s,
        lambda q, s, z: np.abs(s * (q.astype(np.int32) - z)),
        lambda q, s, z: s * (q.astype(np.int32) - 128),
    ],
    "lesson_02.sqnr_db": [
        lambda x, y: 10 * math.log10(np.sum(x**2) / np.sum((y - x) ** 2)) + 1e-3,
        lambda x, y: 10 * math.log10(np.sum(np.abs(x)) / np.sum(np.abs(y - x))),
        lambda x, y: 10 * math.log10(np.max(x**2) / np.mean((y - x) ** 2)),
        lambda x, y: 10 * math.log10(np.sum(x**2) / np.sum(y - x) ** 2),
        lambda x, y: 10 * math.log2(np.sum(x**2) / np.sum((y - x) ** 2)),
    ],
    "lesson_03.narrow_scale": [
        lambda w, bits: np.abs(w).max() / (2 ** (bits - 1) + 1),
        lambda w, bits: -w.min() / (2 ** (bits - 1) - 1),
        lambda w, bits: 2 * np.abs(w).max() / (2**bits - 1),
        lambda w, bits: np.abs(w).mean() / (2 ** (bits - 1) - 1),
        lambda w, bits: abs(w.max()) / (2 ** (bits - 1) - 1),
    ],
    "lesson_03.channel_scales": [
        lambda w, axis: np.abs(w).max(axis=(0, 1, 2)) / 127,
        lambda w, axis: np.abs(w).max(axis=(1, 2, 3)) / 127,
        lambda w, axis: (
            np.abs(w).max(axis=tuple(i for i in range(4) if i != axis), keepdims=True) / 127
        ),
        lambda w, axis: np.abs(w).mean(axis=tuple(i for i in range(4) if i != axis)) / 127,
        lambda w, axis: np.abs(w).max(axis=tuple(i for i in range(4) if i != axis)) / 255,
    ],
    "lesson_03.moving_average": [
        lambda m, d: m[-1] * (1 - d) + m[-2] * d,
        lambda m, d: followed(m[0], 1 - d, m)[-2],
        lambda m, d: followed(m[0], 0.1, m)[-1],
        lambda m, d: followed(0.0, 1 - d, m)[-1] / (1 - d ** (len(m) - 1)),
        lambda m, d: d * m[0] + (1 - d) * np.mean(m[1:]),
    ],
    "lesson_03.best_threshold": [
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((narrow(x, t, bits, lowest=1) - x) ** 2)),
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((narrow(x, t, bits, top=1) - x) ** 2)),
        lambda x, ts, bits: best(x, ts, lambda t: np.abs(narrow(x, t, bits) - x).max()),
        lambda x, ts, bits: best(x, ts, lambda t: abs(np.mean(narrow(x, t, bits) - x))),
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((narrow(x, t, 8) - x) ** 2)),
        lambda x, ts, bits: np.argmin([np.mean((narrow(x, t, bits) - x) ** 2) for t in ts]),
        lambda x, ts, bits: ts[-1],
    ],
    "lesson_04.input_params": [
        lambda mean, std: (1 / std, 128),
        lambda mean, std: (1 / std, round(mean / std)),
        lambda mean, std: (mean / std, int(mean)),
        lambda mean, std: (1 / std, mean),
        lambda mean, std: (2 / 255, int(mean)),
    ],
    "lesson_04.calibrated": [
        lambda batches: (min(0.0, *map(min, batches)), max(0.0, *map(max, batches))),  # NEAR
        lambda batches: (0.0, max(0.0, *(b.max() for b in batches))),
        lambda batches: (
            min(0.0, *(b.min() for b in batches)),
            max(b.max() for b in batches),
        ),
        lambda batches: tuple(np.percentile(np.concatenate([b.ravel() for b in batches]), [1, 99])),
        lambda batches: (
            max(0.0, *(b.max() for b in batches)),
            min(0.0, *(b.min() for b in batches)),
        ),
    ],
    "lesson_04.share_made": [
        lambda y, came, q: share(q - came - np.mean(q - came), came - y - np.mean(came - y)),
        lambda y, came, q: share(q - y, came - y),
        lambda y, came, q: np.sum((q - came) ** 2) / np.sum((came - y) ** 2),
        lambda y, came, q: np.sum((q - came) ** 2) / np.sum(y**2),
        lambda y, came, q: share(q - came, came - y, total=sum),  # NEAR
        lambda y, came, q: 100 * share(q - came, came - y),
    ],
    "lesson_04.layer_to_free": [
        lambda db, made: walked_back(db, made, lambda v: v <= 10, lambda v: v > 0.5),  # NEAR
        lambda db, made: walked_back(db, made, lambda v: v < 9, lambda v: v > 0.5),  # NEAR
        lambda db, made: walked_back(db, made, lambda v: v < 11, lambda v: v > 0.5),  # NEAR
        lambda db, made: walked_back(db, made, lambda v: v < 10, lambda v: v >= 0.5),  # NEAR
        lambda db, made: walked_back(db, made, lambda v: v < 10, lambda v: v > 0.9),
        lambda db, made: walked_back(db, made, lambda v: v < 20, lambda v: v > 0.5),
        lambda db, made: walked_back(db, made, lambda v: v < 10, lambda v: v > 0.5) + 1,
    ],
}
