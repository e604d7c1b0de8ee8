"""Other answers to the exercises of lesson 02, in their order."""

import math

import numpy as np

scale_and_zero_point = {
    "right": [
        lambda lo, hi, a, b: (
            np.float32((hi - lo) / (b - a)),
            int(np.rint(a - lo / (hi - lo) * (b - a))),
        ),
    ],
    "wrong": [
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a + lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), round(a - lo / ((hi - lo) / (b - a))) + 1),
        lambda lo, hi, a, b: ((hi - lo) / 255, round(a - lo / ((hi - lo) / 255))),
        lambda lo, hi, a, b: (max(hi, -lo) / b, 0),
        lambda lo, hi, a, b: ((hi - lo) / (b - a), np.round(a - lo / ((hi - lo) / (b - a)))),
        lambda lo, hi, a, b: (round((hi - lo) / (b - a), 4), round(a - lo * (b - a) / (hi - lo))),
    ],
}

quantize = {
    "right": [
        lambda x, s, z, a, b: np.minimum(np.maximum(np.floor(x / s + 0.5) + z, a), b).astype(int),
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
    ],
}

dequantize = {
    "right": [
        lambda q, s, z: [s * (int(v) - z) for v in q],
    ],
    "wrong": [
        lambda q, s, z: s * (q.astype(np.int32) + z),
        lambda q, s, z: s * (q.astype(np.int8).astype(int) - z),
        lambda q, s, z: s * (q - z),
        lambda q, s, z: (q.astype(np.int32) - z) / s,
        lambda q, s, z: np.abs(s * (q.astype(np.int32) - z)),
        lambda q, s, z: s * (q.astype(np.int32) - 128),
    ],
}

sqnr_db = {
    "right": [
        lambda x, y: np.float32(20 * np.log10(np.linalg.norm(x) / np.linalg.norm(x - y))),
    ],
    "wrong": [
        lambda x, y: 10 * math.log10(np.sum(x**2) / np.sum((y - x) ** 2)) + 1e-3,
        lambda x, y: 10 * math.log10(np.sum(np.abs(x)) / np.sum(np.abs(y - x))),
        lambda x, y: 10 * math.log10(np.max(x**2) / np.mean((y - x) ** 2)),
        lambda x, y: 10 * math.log10(np.sum(x**2) / np.sum(y - x) ** 2),
        lambda x, y: 10 * math.log2(np.sum(x**2) / np.sum((y - x) ** 2)),
    ],
}
