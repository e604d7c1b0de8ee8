"""Other answers to the exercises of lesson 07, in their order."""

import numpy as np

from tests.lessons.answers.lesson_03 import followed


def per_channel(w, bits, rounding=np.round, ends=0):
    scale = np.abs(w).max(axis=(0, 1, 2)) / (2 ** (bits - 1) - 1)
    end = 2 ** (bits - 1) - 1 + ends
    return np.clip(rounding(w / scale), -end, end) * scale


def levels(x, hi, bits, rounding=np.round):
    return rounding(np.clip(x / hi, 0, 1) * (2**bits - 1))


def grid(x, hi, bits, rounding=np.round):
    return levels(x, hi, bits, rounding) * hi / (2**bits - 1)


def waits(x, rounded, delay):
    return np.where(np.arange(len(x))[:, None] < delay, x, rounded)


weights = {
    "right": [
        lambda w, bits: np.stack(
            [
                np.rint(c * (2 ** (bits - 1) - 1) / abs(c).max())
                * (abs(c).max() / (2 ** (bits - 1) - 1))
                for c in np.moveaxis(w, 3, 0)
            ],
            axis=3,
        ),
    ],
    "wrong": [
        lambda w, bits: per_channel(w, bits, np.floor, ends=1),
        lambda w, bits: per_channel(w, 8),
        lambda w, bits: per_channel(w, bits, ends=-1),
        lambda w, bits: per_channel(w, bits) * (1 + 1e-6),
        lambda w, bits: np.round(w * 2 ** (bits - 1)) / 2 ** (bits - 1),
        lambda w, bits: np.moveaxis(per_channel(np.moveaxis(w, 3, 2), bits), 2, 3),
    ],
}

ranges = {
    "right": [
        lambda m, v: [
            v[0] * m**k + sum((1 - m) * m ** (k - j) * v[j] for j in range(1, k + 1))
            for k in range(len(v))
        ],
    ],
    "wrong": [
        lambda m, v: followed(v[0], 1 - m, v)[1:],
        lambda m, v: followed(v[0], 1 - m, v)[-1],
        lambda m, v: followed(v[0], 0.01, v),
        lambda m, v: followed((1 - m) * v[0], 1 - m, v),
        lambda m, v: m * np.roll(v, 1) + (1 - m) * v,
        lambda m, v: np.concatenate([[v[0]], m * v[:-1] + (1 - m) * v[1:]]),
    ],
}

delayed = {
    "right": [
        lambda x, hi, bits, delay: np.concatenate(
            [
                x[:delay],
                [
                    np.rint(np.minimum(row, h) / h * (2**bits - 1)) * (h / (2**bits - 1))
                    for row, h in zip(x[delay:], hi[delay:], strict=True)
                ],
            ]
        ),
    ],
    "wrong": [
        lambda x, hi, bits, delay: waits(x, np.minimum(x, hi[:, None]), delay),
        lambda x, hi, bits, delay: waits(x, levels(x, hi[:, None], bits), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi[:, None], bits, np.floor), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi.max(), bits), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, x.max(axis=1, keepdims=True), bits), delay),
        lambda x, hi, bits, delay: waits(x.T, grid(x, hi[:, None], bits).T, delay).T,
    ],
}

turns = {
    "right": [
        lambda levels: [
            int((np.diff(np.sign(d[d != 0])) != 0).sum()) for d in np.diff(levels, axis=0).T
        ],
    ],
    "wrong": [
        lambda levels: (np.diff(np.sign(np.diff(levels, axis=0)), axis=0) != 0).sum(axis=0),
        lambda levels: np.abs(np.diff(levels, axis=0)).sum(axis=0),
        lambda levels: np.array([len(np.unique(column)) - 1 for column in levels.T]),
        lambda levels: np.array([(np.diff(c, 2) != 0).sum() for c in levels.T]),
        lambda levels: np.array(
            [(np.diff(np.sign(d[d != 0])) != 0).sum() + 1 for d in np.diff(levels, axis=0).T]
        ),
    ],
}
