"""Wrong answers beside those that a check knows by name, lessons 05 to 09.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import math

import numpy as np


def step_gradient(x, g, s, a, b, inside):
    steps = x / s
    slope = np.where(inside(steps), np.round(steps) - steps, np.clip(np.round(steps), a, b))
    return np.sum(g * slope) / np.sqrt(x.size * b)


def per_channel(w, bits, rounding=np.round, ends=0):
    scale = np.abs(w).max(axis=(0, 1, 2)) / (2 ** (bits - 1) - 1)
    end = 2 ** (bits - 1) - 1 + ends
    return np.clip(rounding(w / scale), -end, end) * scale


def followed(start, weight_of_new, maxima):
    track = [start]
    for value in maxima[1:]:
        track.append((1 - weight_of_new) * track[-1] + weight_of_new * value)
    return np.array(track)


def levels(x, hi, bits, rounding=np.round):
    return rounding(np.clip(x / hi, 0, 1) * (2**bits - 1))


def grid(x, hi, bits, rounding=np.round):
    return levels(x, hi, bits, rounding) * hi / (2**bits - 1)


def waits(x, rounded, delay):
    return np.where(np.arange(len(x))[:, None] < delay, x, rounded)


def largest(w):
    return np.abs(w).reshape(-1, w.shape[-1]).max(axis=0)


def lost(sizes, steps):
    return int(np.sum(sizes < np.max(sizes) / steps / 2))


def shifted(acc, multiplier, places, half):
    return (acc.astype(np.int64) * multiplier + half) >> places


WRONG = {
    "lesson_05.image_range": [
        lambda mean, std: ((255 - mean) / std, (0 - mean) / std),
        lambda mean, std: (0.0, 255 / std),
        lambda mean, std: (-1.0, 1.0),
        lambda mean, std: ((1 - mean) / std, (255 - mean) / std),
        lambda mean, std: ((0 - mean) * std, (255 - mean) * std),
    ],
    "lesson_05.stored_bias": [
        lambda b, x, w: np.rint(b / (x * w)).astype(np.int16),  # NEAR
        lambda b, x, w: np.rint(b / (x * w)).astype(np.int64),  # NEAR
        lambda b, x, w: np.floor(b / (x * w)).astype(np.int32),
        lambda b, x, w: np.rint(b / (x + w)).astype(np.int32),
        lambda b, x, w: np.rint(b / (x * np.max(w))).astype(np.int32),
        lambda b, x, w: np.rint(np.abs(b) / (x * w)).astype(np.int32),
        lambda b, x, w: np.rint(b / (x * w)) + 128,
    ],
    "lesson_05.filter_ranges": [
        lambda w: (np.abs(w).max(axis=(0, 1, 2)), -np.abs(w).max(axis=(0, 1, 2))),
        lambda w: np.abs(w).max(axis=(0, 1, 2)),
        lambda w: (-np.abs(w).max(axis=(1, 2, 3)), np.abs(w).max(axis=(1, 2, 3))),
        lambda w: tuple(s * np.abs(w).max(axis=(0, 1, 2), keepdims=True) for s in (-1, 1)),
        lambda w: tuple(s * np.abs(w).max(axis=(0, 1, 2)) / 127 for s in (-1, 1)),
        lambda w: (w.min(axis=(0, 1, 2)), -w.min(axis=(0, 1, 2))),
    ],
    "lesson_05.integer_layers": [
        lambda known: known[:-1] + known[1:],
        lambda known: [a and b for a, b in zip(known, known[1:] + known[:1], strict=True)],
        # NEAR
        lambda known: [a == b for a, b in zip(known[:-1], known[1:], strict=True)],
        lambda known: [a != b for a, b in zip(known[:-1], known[1:], strict=True)],
        lambda known: [True] * (len(known) - 1),
        lambda known: [a and b for a, b in zip(known[:-1], known[1:], strict=True)][::-1],
    ],
    "lesson_06.straight_through": [
        lambda x, g, s, a, b: np.where((x > s * a) & (x <= s * b), g, 0.0),
        lambda x, g, s, a, b: np.where((x >= s * a) & (x < s * b), g, 0.0),
        lambda x, g, s, a, b: np.where(x <= s * b, g, 0.0),
        lambda x, g, s, a, b: np.where(x >= s * a, g, 0.0),
        lambda x, g, s, a, b: np.where(np.abs(x) <= s * b, g, 0.0),
        lambda x, g, s, a, b: np.clip(g, s * a, s * b),
        lambda x, g, s, a, b: np.where((x >= s * (a - 0.5)) & (x <= s * (b + 0.5)), g, 0.0),
    ],
    "lesson_06.range_gradients": [
        lambda x, g, lo, hi: (g[x <= lo].sum(), g[x > hi].sum()),  # NEAR
        lambda x, g, lo, hi: (g[x < lo].sum(), g[x >= hi].sum()),  # NEAR
        lambda x, g, lo, hi: g[x < lo].sum() + g[x > hi].sum(),
        lambda x, g, lo, hi: (np.where(x < lo, g, 0), np.where(x > hi, g, 0)),
        lambda x, g, lo, hi: ((x * g)[x < lo].sum(), (x * g)[x > hi].sum()),
        lambda x, g, lo, hi: (np.abs(g[x < lo]).sum(), np.abs(g[x > hi]).sum()),
    ],
    "lesson_06.leaky": [
        lambda x, g, lo, hi, leak: np.where((x > lo) & (x < hi), g, leak * g),
        lambda x, g, lo, hi, leak: np.where(x <= hi, g, leak * g),
        lambda x, g, lo, hi, leak: np.where(x >= lo, g, leak * g),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), (1 - leak) * g, leak * g),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, g + leak),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, 0.1 * g),
        lambda x, g, lo, hi, leak: np.where((x >= lo) & (x <= hi), g, -leak * g),
    ],
    "lesson_06.step_gradient": [
        lambda x, g, s, a, b: step_gradient(x, g, s, a, b, lambda v: (v >= a) & (v <= b)),  # NEAR
        lambda x, g, s, a, b: step_gradient(x, g, s, a, b, lambda v: (v >= a) & (v < b)),  # NEAR
        lambda x, g, s, a, b: step_gradient(x, g, s, a, b, lambda v: (v > a) & (v <= b)),  # NEAR
        lambda x, g, s, a, b: step_gradient(x, g, s, a, b, lambda v: (x > a) & (x < b)),
        lambda x, g, s, a, b: step_gradient(x, 1.0, s, a, b, lambda v: (v > a) & (v < b)),
        lambda x, g, s, a, b: (
            step_gradient(x, g, s, a, b, lambda v: (v > a) & (v < b)) * np.sqrt(b / (b - a))
        ),
    ],
    "lesson_07.weights": [
        lambda w, bits: per_channel(w, bits, np.floor, ends=1),
        lambda w, bits: per_channel(w, 8),
        lambda w, bits: per_channel(w, bits, ends=-1),
        lambda w, bits: per_channel(w, bits) * (1 + 1e-6),
        lambda w, bits: np.round(w * 2 ** (bits - 1)) / 2 ** (bits - 1),
        lambda w, bits: np.moveaxis(per_channel(np.moveaxis(w, 3, 2), bits), 2, 3),
    ],
    "lesson_07.ranges": [
        lambda m, v: followed(v[0], 1 - m, v)[1:],
        lambda m, v: followed(v[0], 1 - m, v)[-1],
        lambda m, v: followed(v[0], 0.01, v),
        lambda m, v: followed((1 - m) * v[0], 1 - m, v),
        lambda m, v: m * np.roll(v, 1) + (1 - m) * v,
        lambda m, v: np.concatenate([[v[0]], m * v[:-1] + (1 - m) * v[1:]]),
    ],
    "lesson_07.delayed": [
        lambda x, hi, bits, delay: waits(x, np.minimum(x, hi[:, None]), delay),
        lambda x, hi, bits, delay: waits(x, levels(x, hi[:, None], bits), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi[:, None], bits, np.floor), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi.max(), bits), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, x.max(axis=1, keepdims=True), bits), delay),
        lambda x, hi, bits, delay: waits(x.T, grid(x, hi[:, None], bits).T, delay).T,
    ],
    "lesson_07.turns": [
        lambda levels: (np.diff(np.sign(np.diff(levels, axis=0)), axis=0) != 0).sum(axis=0),
        lambda levels: np.abs(np.diff(levels, axis=0)).sum(axis=0),
        lambda levels: np.array([len(np.unique(column)) - 1 for column in levels.T]),
        lambda levels: np.array([(np.diff(c, 2) != 0).sum() for c in levels.T]),
        lambda levels: np.array(
            [(np.diff(np.sign(d[d != 0])) != 0).sum() + 1 for d in np.diff(levels, axis=0).T]
        ),
    ],
    "lesson_08.folded_bias": [
        lambda b, g, be, m, v, e: be - (b - m) * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) * g * np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) / np.sqrt(v + e),
        lambda b, g, be, m, v, e: (b - m) * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) * g / np.sqrt(v + 1e-3),
        lambda b, g, be, m, v, e: g + (b - m) * be / np.sqrt(v + e),
    ],
    "lesson_08.depthwise_fold": [
        lambda w, f: w * f.reshape(w.shape[3], w.shape[2]).T[::-1],
        lambda w, f: (w.reshape(3, 3, -1) * f[::-1]).reshape(w.shape),
        lambda w, f: w * f.mean(),
        lambda w, f: w + f.reshape(w.shape[2:]),
        lambda w, f: w * np.sqrt(f.reshape(w.shape[2:])),
        lambda w, f: w * np.resize(f[: w.shape[2]], w.shape[2:]),
    ],
    "lesson_08.lost_channels": [
        lambda w, bits: lost(np.abs(w).max(axis=(0, 1)), 2 ** (bits - 1) - 1),  # NEAR
        lambda w, bits: lost(largest(w), 2 ** (bits - 1) - 1) + 1,
        lambda w, bits: lost(largest(w), 2**bits - 1),
        lambda w, bits: lost(largest(w), 127),
        lambda w, bits: lost(np.median(np.abs(w), axis=(0, 1)), 2 ** (bits - 1) - 1),
        lambda w, bits: float(lost(largest(w), 2 ** (bits - 1) - 1)),
        lambda w, bits: w.shape[-1],
    ],
    "lesson_08.cut_idle": [
        lambda w, b, be, v, e: (np.where(v < 1e-3, 0, w), np.where(v < 1e-3, be, b)),  # NEAR
        lambda w, b, be, v, e: (np.where(v <= e, 0, w), np.where(v <= e, be, b)),  # NEAR
        lambda w, b, be, v, e: (np.where(v == 0, 0, w), np.where(v == 0, be, b)),
        lambda w, b, be, v, e: (w[..., v >= e], b[v >= e]),
        lambda w, b, be, v, e: (np.where(np.sqrt(v) < e, 0, w), np.where(np.sqrt(v) < e, be, b)),
        lambda w, b, be, v, e: (np.where(v < e, be, w), np.where(v < e, be, b)),
        lambda w, b, be, v, e: (np.where(v < e, 0, w), np.where(v < e, b + be, b)),
    ],
    "lesson_09.accumulator": [
        lambda q, w, z, b: int(((q.astype(np.float32) - z) * w).sum() + np.float32(b)),  # NEAR
        lambda q, w, z, b: int(((q.astype(np.int16) - z) * w).sum(dtype=np.int16)) + b,  # NEAR
        lambda q, w, z, b: float(((q.astype(np.int32) - z) * w).sum() + b),
        lambda q, w, z, b: (q.astype(np.int32) - z) * w + b,
        lambda q, w, z, b: int((np.abs(q.astype(np.int32) - z) * w).sum() + b),
        lambda q, w, z, b: int(((q.astype(np.int32) - z) * (w.astype(np.int32) - z)).sum() + b),
        lambda q, w, z, b: int(((q.astype(np.int32) - z) * w).sum() - b),
    ],
    "lesson_09.quantized_bias": [
        lambda b, x, w, y: np.round(b / (x * w)).astype(np.int16),  # NEAR
        lambda b, x, w, y: np.round(b / (x * w)).astype(np.int64),  # NEAR
        lambda b, x, w, y: np.round(b / w).astype(np.int32),
        lambda b, x, w, y: np.floor(b / (x * w)).astype(np.int32),
        lambda b, x, w, y: np.clip(np.round(b / (x * w)), -128, 127).astype(np.int32),
        lambda b, x, w, y: np.round(b * (x * w)).astype(np.int32),
        lambda b, x, w, y: np.round(b / (x * w.max())).astype(np.int32),
    ],
    "lesson_09.multiplier": [
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
    "lesson_09.round_once": [
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (31 - s)) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, (1 << (30 - s)) - 1) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31, 1 << 30) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 + s, 1 << (30 + s)) + z, a, b),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)), a, b) + z,
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) + z, -128, 127),
        lambda q, m, s, z, a, b: np.clip(shifted(q, m, 31 - s, 1 << (30 - s)) + z, a, b) * 1.0,
    ],
}
