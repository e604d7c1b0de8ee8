"""Other answers to the exercises of lesson 05, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import numpy as np

image_range = {
    "right": [
        lambda mean, std: [np.float32(-mean / std), (255 - mean) / std],
    ],
    "wrong": [
        lambda mean, std: ((255 - mean) / std, (0 - mean) / std),
        lambda mean, std: (0.0, 255 / std),
        lambda mean, std: (-1.0, 1.0),
        lambda mean, std: ((1 - mean) / std, (255 - mean) / std),
        lambda mean, std: ((0 - mean) * std, (255 - mean) * std),
    ],
}

stored_bias = {
    "right": [
        lambda b, x, w: np.int32([round(v) for v in b / x / w]),
    ],
    "wrong": [
        lambda b, x, w: np.rint(b / (x * w)).astype(np.int16),  # NEAR
        lambda b, x, w: np.rint(b / (x * w)).astype(np.int64),  # NEAR
        lambda b, x, w: np.floor(b / (x * w)).astype(np.int32),
        lambda b, x, w: np.rint(b / (x + w)).astype(np.int32),
        lambda b, x, w: np.rint(b / (x * np.max(w))).astype(np.int32),
        lambda b, x, w: np.rint(np.abs(b) / (x * w)).astype(np.int32),
        lambda b, x, w: np.rint(b / (x * w)) + 128,
    ],
}

filter_ranges = {
    "right": [
        lambda w: [s * np.abs(w.reshape(-1, w.shape[-1])).max(axis=0) for s in (-1, 1)],
    ],
    "wrong": [
        lambda w: (np.abs(w).max(axis=(0, 1, 2)), -np.abs(w).max(axis=(0, 1, 2))),
        lambda w: np.abs(w).max(axis=(0, 1, 2)),
        lambda w: (-np.abs(w).max(axis=(1, 2, 3)), np.abs(w).max(axis=(1, 2, 3))),
        lambda w: tuple(s * np.abs(w).max(axis=(0, 1, 2), keepdims=True) for s in (-1, 1)),
        lambda w: tuple(s * np.abs(w).max(axis=(0, 1, 2)) / 127 for s in (-1, 1)),
        lambda w: (w.min(axis=(0, 1, 2)), -w.min(axis=(0, 1, 2))),
    ],
}

integer_layers = {
    "right": [
        lambda known: np.logical_and(known[1:], known[:-1]),
    ],
    "wrong": [
        lambda known: known[:-1] + known[1:],
        lambda known: [a and b for a, b in zip(known, known[1:] + known[:1], strict=True)],
        lambda known: [a == b for a, b in zip(known[:-1], known[1:], strict=True)],  # NEAR
        lambda known: [a != b for a, b in zip(known[:-1], known[1:], strict=True)],
        lambda known: [True] * (len(known) - 1),
        lambda known: [a and b for a, b in zip(known[:-1], known[1:], strict=True)][::-1],
    ],
}
