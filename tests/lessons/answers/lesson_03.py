"""Other answers to the exercises of lesson 03, in their order."""

import numpy as np


def narrow(x, t, bits, *, lowest=0, top=0):
    """`x` quantized over `[-t, t]`; `lowest` and `top` move the ends of the narrow grid."""
    end = 2 ** (bits - 1) - 1
    scale = t / (end + top)
    return np.clip(np.round(x / scale), -end - lowest, end + top) * scale


def best(x, thresholds, loss):
    return thresholds[np.argmin([loss(t) for t in thresholds])]


def followed(start, weight_of_new, maxima):
    track = [start]
    for value in maxima[1:]:
        track.append((1 - weight_of_new) * track[-1] + weight_of_new * value)
    return np.array(track)


narrow_scale = {
    "right": [
        lambda w, bits: max(w.max(), -w.min()) / (2 ** (bits - 1) - 1),
    ],
    "wrong": [
        lambda w, bits: np.abs(w).max() / (2 ** (bits - 1) + 1),
        lambda w, bits: -w.min() / (2 ** (bits - 1) - 1),
        lambda w, bits: 2 * np.abs(w).max() / (2**bits - 1),
        lambda w, bits: np.abs(w).mean() / (2 ** (bits - 1) - 1),
        lambda w, bits: abs(w.max()) / (2 ** (bits - 1) - 1),
    ],
}

channel_scales = {
    "right": [
        lambda w, axis: [np.abs(c).max() / 127 for c in np.moveaxis(w, axis, 0)],
    ],
    "wrong": [
        lambda w, axis: np.abs(w).max(axis=(0, 1, 2)) / 127,
        lambda w, axis: np.abs(w).max(axis=(1, 2, 3)) / 127,
        lambda w, axis: (
            np.abs(w).max(axis=tuple(i for i in range(4) if i != axis), keepdims=True) / 127
        ),
        lambda w, axis: np.abs(w).mean(axis=tuple(i for i in range(4) if i != axis)) / 127,
        lambda w, axis: np.abs(w).max(axis=tuple(i for i in range(4) if i != axis)) / 255,
    ],
}

moving_average = {
    "right": [
        lambda m, d: (
            m[0] * d ** (len(m) - 1) + sum((1 - d) * d**k * v for k, v in enumerate(m[:0:-1]))
        ),
    ],
    "wrong": [
        lambda m, d: m[-1] * (1 - d) + m[-2] * d,
        lambda m, d: followed(m[0], 1 - d, m)[-2],
        lambda m, d: followed(m[0], 0.1, m)[-1],
        lambda m, d: followed(0.0, 1 - d, m)[-1] / (1 - d ** (len(m) - 1)),
        lambda m, d: d * m[0] + (1 - d) * np.mean(m[1:]),
    ],
}

best_threshold = {
    "right": [
        lambda x, thresholds, bits: thresholds[
            np.argmin([np.square(narrow(x, t, bits) - x).sum() for t in thresholds])
        ],
    ],
    "wrong": [
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((narrow(x, t, bits, lowest=1) - x) ** 2)),
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((narrow(x, t, bits, top=1) - x) ** 2)),
        lambda x, ts, bits: best(x, ts, lambda t: np.abs(narrow(x, t, bits) - x).max()),
        lambda x, ts, bits: best(x, ts, lambda t: abs(np.mean(narrow(x, t, bits) - x))),
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((narrow(x, t, 8) - x) ** 2)),
        lambda x, ts, bits: np.argmin([np.mean((narrow(x, t, bits) - x) ** 2) for t in ts]),
        lambda x, ts, bits: ts[-1],
    ],
}
