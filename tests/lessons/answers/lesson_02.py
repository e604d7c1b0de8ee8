"""Other answers to the exercises of lesson 02, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import math

import numpy as np

import qnn_edu
from qnn_edu.core import metrics


def step_by_step(lo, hi, qmin, qmax):
    steps = qmax - qmin
    width = hi - lo
    scale = width / steps
    at_zero = -lo / scale
    return [scale, qmin + round(at_zero)]


def from_the_top(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return np.array([scale, round(qmax - hi / scale)])


def symmetric(lo, hi, qmin, qmax):
    a = max(abs(lo), abs(hi))
    return 2 * a / (qmax - qmin), 0


def middle_of_the_grid(lo, hi, qmin, qmax):
    scale = (hi - lo) / (qmax - qmin)
    return scale, round((qmin + qmax) / 2)


scale_and_zero_point = {
    "right": [
        lambda lo, hi, a, b: (
            np.float32((hi - lo) / (b - a)),
            int(np.rint(a - lo / (hi - lo) * (b - a))),
        ),
        step_by_step,
        from_the_top,
        lambda lo, hi, a, b: ((hi - lo) / (b - a), a - round(lo * (b - a) / (hi - lo))),
        lambda lo, hi, a, b: (
            (hi - lo) / (b - a),
            math.floor(a - lo / ((hi - lo) / (b - a)) + 0.5),
        ),
        lambda lo, hi, a, b: (
            np.ptp([lo, hi]) / (b - a),
            np.int32(round(a - lo / (hi - lo) * (b - a))),
        ),
        lambda lo, hi, a, b: (
            (float(hi) - lo) / (b - a),
            np.round(a - lo / ((hi - lo) / (b - a))).astype(int),
        ),
    ],
    "wrong": [
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a + lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a - lo / ((hi - lo) / (b - a))) + 1),
        lambda lo, hi, a, b: ((hi - lo) / 255, round(a - lo / ((hi - lo) / 255))),
        lambda lo, hi, a, b: (max(hi, -lo) / b, 0),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), np.round(a - lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: (round((hi - lo) / (b - a), 4), round(a - lo * (b - a) / (hi - lo))),
        symmetric,
        middle_of_the_grid,
        lambda lo, hi, a, b: (
            (hi - lo) / (b - a),
            math.ceil(a - lo / ((hi - lo) / (b - a))),
        ),  # NEAR
        lambda lo, hi, a, b: ((hi - lo) / (b - a), int(a - lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), a + int(-lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a + 1), round(a - lo / ((hi - lo) / (b - a + 1)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a + 1), int(a - lo / ((hi - lo) / (b - a + 1)))),
        lambda lo, hi, a, b: ((hi + lo) / (b - a), round(a - lo / ((hi + lo) / (b - a)))),
        lambda lo, hi, a, b: (hi / b, round(a - lo / (hi / b))),
        lambda lo, hi, a, b: ((b - a) / (hi - lo), round(a - lo * (b - a) / (hi - lo))),
        lambda lo, hi, a, b: ((b - a) / (hi - lo), round(a - lo / ((b - a) / (hi - lo)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(-lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(b - lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a - hi / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a - lo * (hi - lo) / (b - a))),
        lambda lo, hi, a, b: ((hi - lo) / (b + a), round(a - lo / ((hi - lo) / (b + a or 1)))),
        lambda lo, hi, a, b: (round(a - lo * (b - a) / (hi - lo)), (hi - lo) / (b - a)),
        lambda lo, hi, a, b: (abs(lo) / (b - a), round(a - lo / (hi - lo) * (b - a))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(lo / ((hi - lo) / (b - a)) - a)),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a - lo)),
        lambda lo, hi, a, b: ((hi - lo) / b, round(a - lo / ((hi - lo) / b))),
    ],
}


def value_by_value(x, scale, zero_point, qmin, qmax):
    q = []
    for value in x:
        level = int(round(value / scale)) + zero_point
        if level < qmin:
            level = qmin
        elif level > qmax:
            level = qmax
        q.append(level)
    return q


def cut_value_by_value(x, scale, zero_point, qmin, qmax):
    q = []
    for value in x:
        level = int(value / scale) + zero_point
        q.append(min(max(level, qmin), qmax))
    return np.array(q)


def limits_swapped(x, scale, zero_point, qmin, qmax):
    q = np.round(x / scale) + zero_point
    return np.maximum(np.minimum(q, qmin), qmax).astype(int)


def grid_from_zero(x, scale, zero_point, qmin, qmax):
    q = np.round(x / scale) + zero_point
    return np.clip(q, 0, qmax - qmin).astype(int)


def nearest_of_all_levels(x, scale, zero_point, qmin, qmax):
    levels = np.arange(qmin, qmax + 1)
    return levels[np.abs(x[:, None] - scale * (levels - zero_point)).argmin(axis=1)]


def zeroes_what_is_outside(x, scale, zero_point, qmin, qmax):
    q = np.round(x / scale) + zero_point
    q[(q < qmin) | (q > qmax)] = 0
    return q.astype(int)


quantize = {
    "right": [
        lambda x, s, z, a, b: np.minimum(np.maximum(np.floor(x / s + 0.5) + z, a), b).astype(int),
        lambda x, s, z, a, b: np.clip(np.rint(x / s + z), a, b).astype(np.int32),
        lambda x, s, z, a, b: np.clip(np.around(x / s), a - z, b - z).astype(int) + z,
        lambda x, s, z, a, b: np.rint(np.clip(x / s + z, a, b)).astype(np.int16),
        value_by_value,
        nearest_of_all_levels,
        lambda x, s, z, a, b: [min(max(round(v / s) + z, a), b) for v in x.tolist()],
    ],
    "wrong": [
        lambda x, s, z, a, b: (x / s + z + 0.5).clip(a, b).astype(int),
        lambda x, s, z, a, b: np.clip((x / s + 0.5).astype(int) + z, a, b),
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, a + 1, b).astype(int),
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, -128, 127).astype(int),
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, a, b).astype(np.uint8),
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, a, b),
        lambda x, s, z, a, b: np.minimum(np.round(x / s) + z, b).astype(int),
        lambda x, s, z, a, b: np.clip(np.round(x / s + 0.5) + z, a, b).astype(int),
        cut_value_by_value,
        limits_swapped,
        grid_from_zero,
        zeroes_what_is_outside,
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, a, b).astype(np.int8),  # NEAR
        lambda x, s, z, a, b: np.clip(np.ceil(x / s) + z, a, b).astype(int),
        lambda x, s, z, a, b: np.clip(x // s + z, a, b).astype(int),
        lambda x, s, z, a, b: np.clip(np.round((x - z) / s), a, b).astype(int),
        lambda x, s, z, a, b: np.clip(np.round((x + z) / s), a, b).astype(int),
        lambda x, s, z, a, b: np.maximum(np.round(x / s) + z, a).astype(int),
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, a, b - 1).astype(int),
        lambda x, s, z, a, b: np.clip(np.round(x * s) - z, a, b).astype(int),
        lambda x, s, z, a, b: np.clip(np.round(s * (x - z)), a, b).astype(int),
        lambda x, s, z, a, b: (np.floor(x / s) + z).astype(int),
        lambda x, s, z, a, b: np.round(x / s).astype(int),
        lambda x, s, z, a, b: np.clip(np.round(x) / s + z, a, b).astype(int),
        lambda x, s, z, a, b: np.clip(np.floor(x / s), a, b).astype(int),
        lambda x, s, z, a, b: (np.round(x / s) + z).astype(int) % 256,
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, -b, b).astype(int),
        lambda x, s, z, a, b: (np.clip(np.floor(x / s), a, b) + z).astype(int),
        lambda x, s, z, a, b: s * (np.clip(np.round(x / s) + z, a, b) - z),
        lambda x, s, z, a, b: np.clip(np.round(x / s) + z, s * (a - z), s * (b - z)).astype(int),
    ],
}


def with_a_loop(q, scale, zero_point):
    x = np.empty(len(q))
    for i, level in enumerate(q):
        x[i] = (float(level) - zero_point) * scale
    return x


def narrow_in_place(q, scale, zero_point):
    q = q.astype(np.uint8)
    q -= np.uint8(zero_point)
    return scale * q


dequantize = {
    "right": [
        lambda q, s, z: [s * (int(v) - z) for v in q],
        with_a_loop,
        lambda q, s, z: (q.astype(np.float32) - z) * np.float32(s),
        lambda q, s, z: s * q.astype(np.int16) - s * z,
        lambda q, s, z: (q - np.int32(z)) * s,
        lambda q, s, z: np.array(q.tolist()) * s - z * s,
        lambda q, s, z: qnn_edu.dequantize(
            q, qnn_edu.QuantParams(s, z, signed=q.dtype.kind == "i")
        ),
    ],
    "wrong": [
        lambda q, s, z: s * (q.astype(np.int32) + z),
        lambda q, s, z: s * (q.astype(np.int8).astype(int) - z),
        lambda q, s, z: s * (q - z),
        lambda q, s, z: (q.astype(np.int32) - z) / s,
        lambda q, s, z: np.abs(s * (q.astype(np.int32) - z)),
        lambda q, s, z: s * (q.astype(np.int32) - 128),
        narrow_in_place,
        lambda q, s, z: s * q,
        lambda q, s, z: s * (z - q.astype(int)),
        lambda q, s, z: q.astype(int) / s - z,
        lambda q, s, z: s * q.astype(int) + z,
        lambda q, s, z: s * q.astype(int) - z,
        lambda q, s, z: q.astype(np.float32) - z,
        lambda q, s, z: s * (q - q.dtype.type(z)).astype(np.int32),
        lambda q, s, z: np.round(s * (q.astype(int) - z)),
        lambda q, s, z: (s * (q.astype(int) - z)).astype(int),
        lambda q, s, z: (q.astype(int) + z) / s,
        lambda q, s, z: s * (q.astype(np.int8) - np.float32(z)),
        lambda q, s, z: (q.astype(int) - z) * (1 / s),
        lambda q, s, z: s * (q.astype(int) - z).astype(np.int8),
        lambda q, s, z: s * np.maximum(q.astype(int) - z, 0),
        lambda q, s, z: s * (q.astype(int) - z + 1),
        lambda q, s, z: s * (q.astype(int) - z).sum(),
    ],
}


def energies(x, y):
    signal = noise = 0
    for a, b in zip(x, y, strict=True):
        signal += a * a
        noise += (a - b) ** 2
    return 10 * math.log10(signal / noise)


def difference_of_levels(x, y):
    return 10 * math.log10(np.sum(x**2)) - 10 * math.log10(np.sum((x - y) ** 2))


def mean_of_ratios(x, y):
    return np.mean(10 * np.log10(x**2 / ((x - y) ** 2 + 1e-12)))


sqnr_db = {
    "right": [
        lambda x, y: np.float32(20 * np.log10(np.linalg.norm(x) / np.linalg.norm(x - y))),
        lambda x, y: 10 * np.log10(np.mean(x**2) / np.mean((x - y) ** 2)),
        lambda x, y: 10 * math.log(np.dot(x, x) / np.dot(y - x, y - x), 10),
        lambda x, y: -10 * np.log10(np.square(y - x).sum() / np.square(x).sum()),
        metrics.sqnr_db,
        energies,
        difference_of_levels,
    ],
    "wrong": [
        lambda x, y: 10 * math.log10(np.sum(x**2) / np.sum((y - x) ** 2)) + 1e-3,
        lambda x, y: 10 * math.log10(np.sum(np.abs(x)) / np.sum(np.abs(y - x))),
        lambda x, y: 10 * math.log10(np.max(x**2) / np.mean((y - x) ** 2)),
        lambda x, y: 10 * math.log10(np.sum(x**2) / np.sum(y - x) ** 2),
        lambda x, y: 10 * math.log2(np.sum(x**2) / np.sum((y - x) ** 2)),
        mean_of_ratios,
        lambda x, y: 20 * np.log10(np.sum(x**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log(np.sum(x**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.sum((x - y) ** 2) / np.sum(x**2)),
        lambda x, y: np.sum(x**2) / np.sum((x - y) ** 2),
        lambda x, y: np.log10(np.sum(x**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.std(x) / np.std(x - y)),
        lambda x, y: 10 * np.log10(np.var(x) / np.var(x - y)),
        lambda x, y: 10 * np.log10(np.linalg.norm(x) / np.linalg.norm(x - y)),
        lambda x, y: 20 * np.log(np.sum(x**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.sum(y**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.sum(x**2) / np.sum(y**2)),
        lambda x, y: 10 * np.log10(np.sum(x) ** 2 / np.sum(x - y) ** 2),
        lambda x, y: 20 * np.log10(np.sum(np.abs(x)) / np.sum(np.abs(x - y))),
        lambda x, y: 10 * np.log10(np.sum(x**2) / np.mean((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.mean(x**2) / np.sum((x - y) ** 2)),
        lambda x, y: 10 * np.log10(np.max(np.abs(x)) / np.max(np.abs(x - y))),
        lambda x, y: 10 * np.log10(np.sum(x**2) / np.sum((x + y) ** 2)),
        lambda x, y: 10 * np.log10(np.sum(x**2) / np.sqrt(np.sum((x - y) ** 2))),
        lambda x, y: 10 * np.log10(np.sum(x**2) - np.sum((x - y) ** 2)),
        lambda x, y: 100 * np.sum((x - y) ** 2) / np.sum(x**2),
    ],
}
