"""Other answers to the exercises of lesson 08, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import numpy as np


def largest(w):
    return np.abs(w).reshape(-1, w.shape[-1]).max(axis=0)


def lost(sizes, steps):
    return int(np.sum(sizes < np.max(sizes) / steps / 2))


folded_bias = {
    "right": [
        lambda b, g, be, m, v, e: (b - m) * (g * (v + e) ** -0.5) + be,
    ],
    "wrong": [
        lambda b, g, be, m, v, e: be - (b - m) * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) * g * np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) / np.sqrt(v + e),
        lambda b, g, be, m, v, e: (b - m) * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) * g / np.sqrt(v + 1e-3),
        lambda b, g, be, m, v, e: g + (b - m) * be / np.sqrt(v + e),
    ],
}

depthwise_fold = {
    "right": [
        lambda w, f: (w.reshape(3, 3, -1) * np.float32(f).astype(float)).reshape(w.shape),
    ],
    "wrong": [
        lambda w, f: w * f.reshape(w.shape[3], w.shape[2]).T[::-1],
        lambda w, f: (w.reshape(3, 3, -1) * f[::-1]).reshape(w.shape),
        lambda w, f: w * f.mean(),
        lambda w, f: w + f.reshape(w.shape[2:]),
        lambda w, f: w * np.sqrt(f.reshape(w.shape[2:])),
        lambda w, f: w * np.resize(f[: w.shape[2]], w.shape[2:]),
    ],
}

lost_channels = {
    "right": [
        lambda w, bits: sum(
            not np.rint(c * (2 ** (bits - 1) - 1) / abs(w).max()).any()
            for c in np.moveaxis(w, -1, 0)
        ),
    ],
    "wrong": [
        lambda w, bits: lost(np.abs(w).max(axis=(0, 1)), 2 ** (bits - 1) - 1),  # NEAR
        lambda w, bits: lost(largest(w), 2 ** (bits - 1) - 1) + 1,
        lambda w, bits: lost(largest(w), 2**bits - 1),
        lambda w, bits: lost(largest(w), 127),
        lambda w, bits: lost(np.median(np.abs(w), axis=(0, 1)), 2 ** (bits - 1) - 1),
        lambda w, bits: float(lost(largest(w), 2 ** (bits - 1) - 1)),
        lambda w, bits: w.shape[-1],
    ],
}

cut_idle = {
    "right": [
        lambda w, b, be, v, e: [w * (v >= e), b * (v >= e) + be * (v < e)],
    ],
    "wrong": [
        lambda w, b, be, v, e: (np.where(v < 1e-3, 0, w), np.where(v < 1e-3, be, b)),  # NEAR
        lambda w, b, be, v, e: (np.where(v <= e, 0, w), np.where(v <= e, be, b)),  # NEAR
        lambda w, b, be, v, e: (np.where(v == 0, 0, w), np.where(v == 0, be, b)),
        lambda w, b, be, v, e: (w[..., v >= e], b[v >= e]),
        lambda w, b, be, v, e: (np.where(np.sqrt(v) < e, 0, w), np.where(np.sqrt(v) < e, be, b)),
        lambda w, b, be, v, e: (np.where(v < e, be, w), np.where(v < e, be, b)),
        lambda w, b, be, v, e: (np.where(v < e, 0, w), np.where(v < e, b + be, b)),
    ],
}
