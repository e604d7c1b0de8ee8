"""Other answers to the exercises of lesson 11, in their order."""

import numpy as np

from qnn_edu import ptq


def by_the_package(first, second):
    return ptq.equalize(first, None, second, first_axis=1, second_axis=0).factor


def made(first):
    return np.abs(first).max(axis=0)


def read(second):
    return np.abs(second).max(axis=1)


equalizing_factor = {
    "right": [
        by_the_package,
        lambda a, b: (made(a) / read(b)) ** 0.5,
        lambda a, b: np.sqrt(made(a)) / np.sqrt(read(b)),
        lambda a, b: made(a) / np.sqrt(made(a) * read(b)),
        lambda a, b: [np.sqrt(abs(a[:, c]).max() / abs(b[c]).max()) for c in range(len(b))],
    ],
    "wrong": [
        lambda a, b: np.sqrt(read(b) / made(a)),
        lambda a, b: made(a) / read(b),
        lambda a, b: np.sqrt(made(a) * read(b)),
        lambda a, b: np.sqrt(a.max(axis=0) / b.max(axis=1)),
        lambda a, b: np.sqrt(made(a) / np.abs(b).max()),
        lambda a, b: np.sqrt(np.abs(a).max() / read(b)),
        lambda a, b: np.sqrt(np.abs(a).min(axis=0) / np.abs(b).min(axis=1)),
        lambda a, b: np.sqrt(np.abs(a).sum(axis=0) / np.abs(b).sum(axis=1)),
        lambda a, b: np.sqrt(made(a) / made(b.T) ** 2),
        lambda a, b: made(a) / np.sqrt(read(b)),
        lambda a, b: np.sqrt(made(a)) / read(b),
        lambda a, b: np.sqrt(np.abs(a).mean(axis=0) / np.abs(b).mean(axis=1)),
        lambda a, b: np.sqrt(a.std(axis=0) / b.std(axis=1)),
        lambda a, b: np.sqrt(made(a)),
        lambda a, b: 1 / np.sqrt(read(b)),
        lambda a, b: (made(a) / read(b)) ** 2,
        lambda a, b: np.log(made(a) / read(b)),
        lambda a, b: np.sqrt(made(a) / np.abs(b).min(axis=1)),
    ],
}

scaled_relu6 = {
    "right": [
        lambda x, s: np.clip(x * s, 0, 6) / s,
        lambda x, s: np.clip(x, 0, 6 / s),
        lambda x, s: np.where(x > 6 / s, 6 / s, np.where(x > 0, x, 0)),
        lambda x, s: np.maximum(np.minimum(x, 6 / s), 0),
    ],
    "wrong": [
        lambda x, s: np.clip(x, 0, 6),
        lambda x, s: np.maximum(x, 0),
        lambda x, s: np.clip(x, 0, 6 * s),
        lambda x, s: np.clip(x, 0, 6 / s.max()),
        lambda x, s: np.clip(x * s, 0, 6),
        lambda x, s: np.maximum(x, 6 / s),
        lambda x, s: np.minimum(np.maximum(x, 0), 1 / s),
        lambda x, s: np.clip(x / s, 0, 6) * s,
        lambda x, s: np.clip(x / s, 0, 6),
        lambda x, s: np.minimum(x, 6 / s),
        lambda x, s: np.clip(x, 0, 6) / s,
        lambda x, s: np.clip(x, 0, 6) * s,
        lambda x, s: np.clip(x, 0, 6 / s.min()),
        lambda x, s: np.clip(x, 0, 6 / s.mean()),
        lambda x, s: np.clip(x, 0, 6 / s**2),
        lambda x, s: np.clip(x, 0, s),
    ],
}

corrected_bias = {
    "right": [
        lambda b, w, q, m: b + m @ w - m @ q,
        lambda b, w, q, m: b - m @ (q - w),
        lambda b, w, q, m: b + (m[:, np.newaxis] * (w - q)).sum(axis=0),
        lambda b, w, q, m: ptq.correct_bias(b, w, q, m),
        lambda b, w, q, m: (b + np.einsum("i,io->o", m, w - q)).tolist(),
    ],
    "wrong": [
        lambda b, w, q, m: b + m @ (q - w),
        lambda b, w, q, m: b - m @ (w - q),
        lambda b, w, q, m: m @ (w - q),
        lambda b, w, q, m: b + (w - q).sum(axis=0),
        lambda b, w, q, m: b + m.mean() * (w - q).sum(axis=0),
        lambda b, w, q, m: b + m @ (w + q),
        lambda b, w, q, m: b,
        lambda b, w, q, m: b * (m @ (w - q)),
        lambda b, w, q, m: m @ (q - w),
        lambda b, w, q, m: b - m @ w,
        lambda b, w, q, m: b + m @ q,
        lambda b, w, q, m: -b + m @ (w - q),
        lambda b, w, q, m: b + m @ w,
        lambda b, w, q, m: b - m @ q,
        lambda b, w, q, m: b + (w - q).mean(axis=0),
        lambda b, w, q, m: b + m @ (w - q) / len(m),
        lambda b, w, q, m: b + m @ np.abs(w - q),
        lambda b, w, q, m: b * (m @ w) / (m @ q),
        lambda b, w, q, m: b + (m @ (w - q)).mean(),
        lambda b, w, q, m: m @ w - m @ q - b,
    ],
}


def step_by_step(w, i, q, U):
    moved = w.copy()
    for j in range(i + 1, len(w)):
        moved[j] = w[j] - (w[i] - q) / U[i, i] * U[i, j]
    moved[i] = q
    return moved


made_up = {
    "right": [
        step_by_step,
        lambda w, i, q, U: w + (q - w[i]) * U[i] / U[i, i],
        lambda w, i, q, U: np.concatenate(
            [w[:i], [q], w[i + 1 :] - (w[i] - q) / U[i, i] * U[i, i + 1 :]]
        ),
    ],
    "wrong": [
        lambda w, i, q, U: w + (w[i] - q) / U[i, i] * U[i],
        lambda w, i, q, U: w - (w[i] - q) / U[i, i] * U[:, i],
        lambda w, i, q, U: np.where(np.arange(len(w)) == i, q, w),
        lambda w, i, q, U: w,
        lambda w, i, q, U: w - (w[i] + q) / U[i, i] * U[i],
        lambda w, i, q, U: w - (q - w[i]) / U[i, i] * U[i],
        lambda w, i, q, U: w - (w[i] - q) * U[i, i] * U[i],
        lambda w, i, q, U: w - (w[i] - q) / U[i, i],
        lambda w, i, q, U: (w[i] - q) / U[i, i] * U[i],
        lambda w, i, q, U: w * (w[i] - q) / U[i, i] * U[i],
        lambda w, i, q, U: w - (w[i] - q) * U[i],
        lambda w, i, q, U: w - (w[i] - q) / U[i, i] ** 2 * U[i],
        lambda w, i, q, U: w - w[i] / U[i, i] * U[i],
        lambda w, i, q, U: w - q / U[i, i] * U[i],
        lambda w, i, q, U: w - (w[i] - q) / np.diag(U) * U[i],
        lambda w, i, q, U: w[i + 1 :] - (w[i] - q) / U[i, i] * U[i, i + 1 :],
        lambda w, i, q, U: w - (np.rint(w) - w)[i] * U[i],
        lambda w, i, q, U: np.where(np.arange(len(w)) == i, q, w - (w[i] - q)),
    ],
}
