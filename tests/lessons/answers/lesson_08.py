"""Other answers to the exercises of lesson 08, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import numpy as np

from qnn_edu import ptq


def largest(w):
    return np.abs(w).reshape(-1, w.shape[-1]).max(axis=0)


def lost(sizes, steps):
    return int(np.sum(sizes < np.max(sizes) / steps / 2))


def folded_by_the_package(bias, gamma, beta, mean, variance, epsilon):
    weight = np.ones((1, len(bias)))
    return ptq.fold_batch_norm(weight, bias, gamma, beta, mean, variance, epsilon, axis=1)[1]


def channel_after_channel(bias, gamma, beta, mean, variance, epsilon):
    out = []
    for b, g, be, m, v in zip(bias, gamma, beta, mean, variance, strict=True):
        factor = g / (v + epsilon) ** 0.5
        out.append(b * factor + be - m * factor)
    return out


def in_float32(bias, gamma, beta, mean, variance, epsilon):
    b, g, be, m, v = (np.float32(a) for a in (bias, gamma, beta, mean, variance))
    return be + (b - m) * g / np.sqrt(v + np.float32(epsilon))


folded_bias = {
    "right": [
        lambda b, g, be, m, v, e: (b - m) * (g * (v + e) ** -0.5) + be,
        folded_by_the_package,
        channel_after_channel,
        in_float32,
        lambda b, g, be, m, v, e: g / np.sqrt(v + e) * b - g / np.sqrt(v + e) * m + be,
        lambda b, g, be, m, v, e: be - g * (m - b) / np.sqrt(v + e),
        lambda b, g, be, m, v, e: (g * (b - m) / np.sqrt(e + v) + be).tolist(),
    ],
    "wrong": [
        lambda b, g, be, m, v, e: be - (b - m) * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) * g * np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) / np.sqrt(v + e),
        lambda b, g, be, m, v, e: (b - m) * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) * g / np.sqrt(v + 1e-3),
        lambda b, g, be, m, v, e: g + (b - m) * be / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) * g / np.sqrt(v),
        lambda b, g, be, m, v, e: be + (b - m) * g / (np.sqrt(v) + e),
        lambda b, g, be, m, v, e: be + (b - m) * g / (v + e),
        lambda b, g, be, m, v, e: be + (b - m) * g / v,
        lambda b, g, be, m, v, e: be + (b - m) * g / np.sqrt(v - e),
        lambda b, g, be, m, v, e: be + (b + m) * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (m - b) * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + b - m * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be - m * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + b * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + b * g / np.sqrt(v + e) - m,
        lambda b, g, be, m, v, e: (be + b - m) * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + b + (b - m) * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) * g / (v + e) ** 2,
        lambda b, g, be, m, v, e: g * b / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) * g,
        lambda b, g, be, m, v, e: be + b * g / np.sqrt(v + e) + m * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be - m * g / np.sqrt(v) + b,
        lambda b, g, be, m, v, e: g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: be + (b - m) * g / (v**2 + e),
        lambda b, g, be, m, v, e: b - m * g / np.sqrt(v + e),
        lambda b, g, be, m, v, e: (b - be) * g / np.sqrt(v + e) + m,
        lambda b, g, be, m, v, e: be + (b - m.mean()) * g / np.sqrt(v.mean() + e),
    ],
}


def output_after_output(weight, factor):
    out = weight.copy()
    channels, multiplier = weight.shape[2:]
    for k in range(channels * multiplier):
        out[:, :, k // multiplier, k % multiplier] *= factor[k]
    return out


def channels_fastest(weight, factor):
    out = weight.copy()
    channels, multiplier = weight.shape[2:]
    for k in range(channels * multiplier):
        out[:, :, k % channels, k // channels] *= factor[k]
    return out


def every_input_with_its_first(weight, factor):
    out = weight.copy()
    multiplier = weight.shape[3]
    for c in range(weight.shape[2]):
        out[:, :, c, :] *= factor[c * multiplier]
    return out


def every_input_by_index(weight, factor):
    out = weight.copy()
    for c in range(weight.shape[2]):
        out[:, :, c, :] *= factor[c]
    return out


depthwise_fold = {
    "right": [
        lambda w, f: (w.reshape(3, 3, -1) * np.float32(f).astype(float)).reshape(w.shape),
        output_after_output,
        lambda w, f: w * f.reshape(1, 1, w.shape[2], w.shape[3]),
        lambda w, f: w.astype(np.float32) * f.astype(np.float32).reshape(w.shape[2:]),
        lambda w, f: np.einsum("hwcm,cm->hwcm", w, f.reshape(w.shape[2], -1)),
        lambda w, f: np.multiply(w, np.array(np.split(f, w.shape[2]))),
    ],
    "wrong": [
        lambda w, f: w * f.reshape(w.shape[3], w.shape[2]).T[::-1],
        lambda w, f: (w.reshape(3, 3, -1) * f[::-1]).reshape(w.shape),
        lambda w, f: w * f.mean(),
        lambda w, f: w + f.reshape(w.shape[2:]),
        lambda w, f: w * np.sqrt(f.reshape(w.shape[2:])),
        lambda w, f: w * np.resize(f[: w.shape[2]], w.shape[2:]),
        channels_fastest,
        every_input_with_its_first,
        every_input_by_index,
        lambda w, f: w * f.reshape(w.shape[3], w.shape[2]).T,
        lambda w, f: w * f.reshape(w.shape[2:], order="F"),
        lambda w, f: w * f[: w.shape[3]],
        lambda w, f: w * f[: w.shape[2]].reshape(-1, 1),
        lambda w, f: w / f.reshape(w.shape[2:]),
        lambda w, f: w.reshape(3, 3, -1) * f,
        lambda w, f: w.reshape(9, -1) * f,
        lambda w, f: w.reshape(-1) * np.resize(f, w.size),
        lambda w, f: w * f[0],
        lambda w, f: w * f.max(),
        lambda w, f: w,
        lambda w, f: w * f.reshape(w.shape[2:]) ** 2,
        lambda w, f: w - f.reshape(w.shape[2:]),
        lambda w, f: (w * f.reshape(w.shape[2:])).sum(axis=3),
        lambda w, f: w * f.reshape(w.shape[2:])[:, :1],
        lambda w, f: w * f.reshape(w.shape[2:])[:1],
        lambda w, f: w * f.reshape(w.shape[2:]).mean(axis=1, keepdims=True),
        lambda w, f: np.swapaxes(w * f.reshape(w.shape[2:]), 2, 3),
        lambda w, f: w / f.reshape(w.shape[3], w.shape[2]).T,
    ],
}


def counted_one_by_one(weight, bits):
    top = 2 ** (bits - 1) - 1
    scale = np.abs(weight).max() / top
    count = 0
    for k in range(weight.shape[-1]):
        if np.all(np.round(weight[..., k] / scale) == 0):
            count += 1
    return count


def some_zero(weight, bits):
    scale = np.abs(weight).max() / (2 ** (bits - 1) - 1)
    count = 0
    for k in range(weight.shape[-1]):
        if np.any(np.round(weight[..., k] / scale) == 0):
            count += 1
    return count


def truncated_to_zero(weight, bits):
    scale = np.abs(weight).max() / (2 ** (bits - 1) - 1)
    q = (weight / scale).astype(int)
    return int((q.reshape(-1, weight.shape[-1]) == 0).all(axis=0).sum())


def floored_to_zero(weight, bits):
    scale = np.abs(weight).max() / (2 ** (bits - 1) - 1)
    q = np.floor(weight / scale)
    return int((q.reshape(-1, weight.shape[-1]) == 0).all(axis=0).sum())


def on_the_first_axis(weight, bits):
    sizes = np.abs(weight).reshape(weight.shape[0], -1).max(axis=1)
    return lost(sizes, 2 ** (bits - 1) - 1)


lost_channels = {
    "right": [
        lambda w, bits: sum(
            not np.rint(c * (2 ** (bits - 1) - 1) / abs(w).max()).any()
            for c in np.moveaxis(w, -1, 0)
        ),
        counted_one_by_one,
        lambda w, bits: lost(largest(w), 2 ** (bits - 1) - 1),
        lambda w, bits: np.count_nonzero(2 * largest(w) * (2 ** (bits - 1) - 1) < largest(w).max()),
        lambda w, bits: lost(largest(w.astype(np.float32)), 2 ** (bits - 1) - 1),
        lambda w, bits: (
            w.shape[-1]
            - int(
                np.round(w / np.abs(w).max() * (2 ** (bits - 1) - 1))
                .reshape(-1, w.shape[-1])
                .any(axis=0)
                .sum()
            )
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
        some_zero,
        truncated_to_zero,
        floored_to_zero,
        on_the_first_axis,
        lambda w, bits: lost(largest(w), (2 ** (bits - 1) - 1) / 2),
        lambda w, bits: lost(largest(w), 2 ** (bits - 1)),
        lambda w, bits: lost(w.reshape(-1, w.shape[-1]).max(axis=0), 2 ** (bits - 1) - 1),
        lambda w, bits: lost(np.abs(w).reshape(-1, w.shape[-1]).mean(axis=0), 2 ** (bits - 1) - 1),
        lambda w, bits: lost(np.abs(w).reshape(-1, w.shape[-1]).min(axis=0), 2 ** (bits - 1) - 1),
        lambda w, bits: int((np.abs(w) < np.abs(w).max() / (2 ** (bits - 1) - 1) / 2).sum()),
        lambda w, bits: w.shape[-1] - lost(largest(w), 2 ** (bits - 1) - 1),
        lambda w, bits: lost(largest(w), 2 ** (bits - 1) - 1) / w.shape[-1],
        lambda w, bits: int((largest(w) == 0).sum()),
        lambda w, bits: int((largest(w) < 2 ** -(bits - 1)).sum()),
        lambda w, bits: int((largest(w) < largest(w).mean() / (2 ** (bits - 1) - 1) / 2).sum()),
        lambda w, bits: int((largest(w) < np.ptp(w) / (2**bits - 1) / 2).sum()),
        lambda w, bits: np.flatnonzero(largest(w) < largest(w).max() / (2 ** (bits - 1) - 1) / 2),
        lambda w, bits: int((np.abs(w).sum(axis=(0, 1)) < np.abs(w).max() / 2**bits).sum()),
        lambda w, bits: lost(largest(w), 2 ** (bits - 1) - 1) - 1,
        lambda w, bits: int((largest(w) < 0.5).sum()),
        lambda w, bits: lost(np.abs(w.sum(axis=(0, 1))), 2 ** (bits - 1) - 1),
        lambda w, bits: int((largest(w) > largest(w).max() / (2 ** (bits - 1) - 1)).sum()),
        lambda w, bits: largest(w) < largest(w).max() / (2 ** (bits - 1) - 1) / 2,
        lambda w, bits: lost(w.reshape(-1, w.shape[-1]).std(axis=0), 2 ** (bits - 1) - 1),
        lambda w, bits: lost(np.abs(w).reshape(w.shape[-1], -1).max(axis=1), 2 ** (bits - 1) - 1),
        lambda w, bits: lost(np.ptp(w.reshape(-1, w.shape[-1]), axis=0), 2 ** (bits - 1) - 1),
        lambda w, bits: int((np.ceil(w / abs(w).max() * (2 ** (bits - 1) - 1)) == 0).all(0).sum()),
    ],
}


def cut_one_by_one(weight, bias, beta, variance, epsilon):
    weight, bias = weight.copy(), bias.copy()
    for k in range(len(variance)):
        if variance[k] < epsilon:
            weight[..., k] = 0
            bias[k] = beta[k]
    return weight, bias


def cut_on_the_first_axis(weight, bias, beta, variance, epsilon):
    weight, bias = weight.copy(), bias.copy()
    for k in range(len(variance)):
        if variance[k] < epsilon:
            if k < weight.shape[0]:
                weight[k] = 0
            bias[k] = beta[k]
    return weight, bias


def only_the_first_idle(weight, bias, beta, variance, epsilon):
    weight, bias = weight.copy(), bias.copy()
    for k in range(len(variance)):
        if variance[k] < epsilon:
            weight[..., k] = 0
            bias[k] = beta[k]
            break
    return weight, bias


def one_beta_for_all(weight, bias, beta, variance, epsilon):
    idle = variance < epsilon
    new = bias.copy()
    new[idle] = beta[0]
    return np.where(idle, 0, weight), new


cut_idle = {
    "right": [
        lambda w, b, be, v, e: [w * (v >= e), b * (v >= e) + be * (v < e)],
        cut_one_by_one,
        lambda w, b, be, v, e: (w * ~(v < e), np.where(v < e, be, b)),
        lambda w, b, be, v, e: (
            np.where(v < e, 0, w).astype(np.float32),
            np.where(v < e, be, b).astype(np.float32),
        ),
        lambda w, b, be, v, e: (
            np.where(v >= e, w, 0.0),
            np.array([c if d < e else a for a, c, d in zip(b, be, v, strict=True)]),
        ),
        lambda w, b, be, v, e: (np.einsum("...c,c->...c", w, v >= e), np.select([v < e], [be], b)),
    ],
    "wrong": [
        lambda w, b, be, v, e: (np.where(v < 1e-3, 0, w), np.where(v < 1e-3, be, b)),  # NEAR
        lambda w, b, be, v, e: (np.where(v <= e, 0, w), np.where(v <= e, be, b)),  # NEAR
        lambda w, b, be, v, e: (np.where(v == 0, 0, w), np.where(v == 0, be, b)),
        lambda w, b, be, v, e: (w[..., v >= e], b[v >= e]),
        lambda w, b, be, v, e: (np.where(np.sqrt(v) < e, 0, w), np.where(np.sqrt(v) < e, be, b)),
        lambda w, b, be, v, e: (np.where(v < e, be, w), np.where(v < e, be, b)),
        lambda w, b, be, v, e: (np.where(v < e, 0, w), np.where(v < e, b + be, b)),
        cut_on_the_first_axis,
        only_the_first_idle,
        one_beta_for_all,
        lambda w, b, be, v, e: (np.where(v < e, 0, w), b),
        lambda w, b, be, v, e: (w, np.where(v < e, be, b)),
        lambda w, b, be, v, e: (np.where(v < e, 0, w), np.where(v < e, 0, b)),
        lambda w, b, be, v, e: (np.where(v < e, 0, w), be),
        lambda w, b, be, v, e: (np.where(v > e, 0, w), np.where(v > e, be, b)),
        lambda w, b, be, v, e: (np.where(v < e, 0, w), np.where(v < e, b, be)),
        lambda w, b, be, v, e: (np.where(v < e, w, 0), np.where(v < e, b, be)),
        lambda w, b, be, v, e: (np.where(v < e, 0, w), np.where(v < e, -be, b)),
        lambda w, b, be, v, e: (np.where(v < e, 0, w), np.where(v < e, be - b, b)),
        lambda w, b, be, v, e: (np.where(v == v.min(), 0, w), np.where(v == v.min(), be, b)),
        lambda w, b, be, v, e: (
            np.where(largest(w) == largest(w).max(), 0, w),
            np.where(largest(w) == largest(w).max(), be, b),
        ),
        lambda w, b, be, v, e: (np.where(v < e, 0, w),),
        lambda w, b, be, v, e: np.where(v < e, 0, w),
        lambda w, b, be, v, e: (np.where(v < e, be, b), np.where(v < e, 0, w)),
        lambda w, b, be, v, e: (np.where(v < e**2, 0, w), np.where(v < e**2, be, b)),
        lambda w, b, be, v, e: (np.where(v < e, 1, w), np.where(v < e, be, b)),
        lambda w, b, be, v, e: (np.where(largest(w) < e, 0, w), np.where(largest(w) < e, be, b)),
        lambda w, b, be, v, e: (np.where(v < v.mean(), 0, w), np.where(v < v.mean(), be, b)),
        lambda w, b, be, v, e: (np.where(v < e, 0, w), np.where(v < e, be + e, b)),
        lambda w, b, be, v, e: (w / np.sqrt(v + e), b),
    ],
}
