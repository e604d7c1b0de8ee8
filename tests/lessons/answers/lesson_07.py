"""Other answers to the exercises of lesson 07, in their order."""

import numpy as np

import qnn_edu
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


def with_step(w, scale):
    return np.round(w / scale) * scale


def channel_after_channel(w, bits):
    out = np.empty_like(w)
    top = 2 ** (bits - 1) - 1
    for k in range(w.shape[3]):
        scale = np.abs(w[..., k]).max() / top
        out[..., k] = np.round(w[..., k] / scale) * scale
    return out


def with_the_package(w, bits):
    a = np.abs(w).max(axis=(0, 1, 2))
    params = qnn_edu.params_from_range(-a, a, bits=bits, narrow_range=True, symmetric=True, axis=3)
    return qnn_edu.fake_quant(w, params)


def there_and_back(w, bits):
    a = np.abs(w).max(axis=(0, 1, 2))
    params = qnn_edu.params_from_range(-a, a, bits=bits, narrow_range=True, symmetric=True, axis=3)
    return qnn_edu.dequantize(qnn_edu.quantize(w, params), params)


def channel_after_channel_cut(w, bits):
    out = np.empty_like(w)
    top = 2 ** (bits - 1) - 1
    for k in range(w.shape[3]):
        scale = np.abs(w[..., k]).max() / top
        out[..., k] = (w[..., k] / scale).astype(int) * scale
    return out


def asymmetric(w, bits):
    lo, hi = w.min(axis=(0, 1, 2)), w.max(axis=(0, 1, 2))
    scale = (hi - lo) / (2**bits - 1)
    return np.round((w - lo) / scale) * scale + lo


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
        channel_after_channel,
        with_the_package,
        there_and_back,
        lambda w, bits: per_channel(w.astype(np.float32), bits),
        lambda w, bits: np.floor(w / narrow_scales(w, bits) + 0.5) * narrow_scales(w, bits),
        lambda w, bits: per_channel(w, bits).tolist(),
    ],
    "wrong": [
        lambda w, bits: per_channel(w, bits, np.floor, ends=1),
        lambda w, bits: per_channel(w, 8),
        lambda w, bits: per_channel(w, bits, ends=-1),
        lambda w, bits: per_channel(w, bits) * (1 + 1e-6),
        lambda w, bits: np.round(w * 2 ** (bits - 1)) / 2 ** (bits - 1),
        lambda w, bits: np.moveaxis(per_channel(np.moveaxis(w, 3, 2), bits), 2, 3),
        channel_after_channel_cut,
        asymmetric,
        lambda w, bits: with_step(w, np.abs(w).max() / (2 ** (bits - 1) - 1)),
        lambda w, bits: with_step(w, np.abs(w).max() / 2 ** (bits - 1)),
        lambda w, bits: with_step(w, np.abs(w).max(axis=(0, 1, 2)) / 2 ** (bits - 1)),
        lambda w, bits: with_step(w, np.abs(w).max(axis=(0, 1, 2)) / (2**bits - 1)),
        lambda w, bits: with_step(w, np.abs(w).max(axis=(0, 1, 2)) / 127),
        lambda w, bits: with_step(w, w.max(axis=(0, 1, 2)) / (2 ** (bits - 1) - 1)),
        lambda w, bits: with_step(w, 2 * np.abs(w).max(axis=(0, 1, 2)) / (2**bits - 1)),
        lambda w, bits: with_step(
            w, np.abs(w).max(axis=(0, 1, 3), keepdims=True) / (2 ** (bits - 1) - 1)
        ),
        lambda w, bits: with_step(w, np.abs(w).max(axis=3, keepdims=True) / (2 ** (bits - 1) - 1)),
        lambda w, bits: with_step(
            w, np.abs(w).max(axis=(1, 2, 3), keepdims=True) / (2 ** (bits - 1) - 1)
        ),
        lambda w, bits: np.round(w / narrow_scales(w, bits)),
        lambda w, bits: np.round(w / narrow_scales(w, bits)).astype(np.int8),
        lambda w, bits: np.round(w * narrow_scales(w, bits)) / narrow_scales(w, bits),
        lambda w, bits: np.round(w / narrow_scales(w, bits)) / narrow_scales(w, bits),
        lambda w, bits: np.ceil(w / narrow_scales(w, bits)) * narrow_scales(w, bits),
        lambda w, bits: np.floor(w / narrow_scales(w, bits)) * narrow_scales(w, bits),
        lambda w, bits: np.trunc(w / narrow_scales(w, bits)) * narrow_scales(w, bits),
        lambda w, bits: np.floor(w / np.abs(w).max() * 127) * np.abs(w).max() / 127,
        lambda w, bits: np.clip(w, -narrow_scales(w, bits), narrow_scales(w, bits)),
        lambda w, bits: (
            np.clip(np.round(w / narrow_scales(w, bits)), 0, 2**bits - 1) * narrow_scales(w, bits)
        ),
        lambda w, bits: w / narrow_scales(w, bits) * narrow_scales(w, bits),
        lambda w, bits: with_step(w, np.abs(w).mean(axis=(0, 1, 2)) / (2 ** (bits - 1) - 1)),
        lambda w, bits: np.round(w / narrow_scales(w, bits - 1)) * narrow_scales(w, bits - 1),
        lambda w, bits: narrow_scales(w, bits),
    ],
}


def narrow_scales(w, bits):
    return np.abs(w).max(axis=(0, 1, 2)) / (2 ** (bits - 1) - 1)


def tracked(momentum, maxima):
    out = np.zeros(len(maxima))
    out[0] = maxima[0]
    for k in range(1, len(maxima)):
        out[k] = momentum * out[k - 1] + (1 - momentum) * maxima[k]
    return out


def tracked_from_zero(momentum, maxima):
    out, current = [], 0.0
    for value in maxima:
        current = momentum * current + (1 - momentum) * value
        out.append(current)
    return np.array(out)


def tracked_before(momentum, maxima):
    out, current = [], maxima[0]
    for value in maxima[1:]:
        out.append(current)
        current = momentum * current + (1 - momentum) * value
    out.append(current)
    return out[::-1]


def appended_before_the_update(momentum, maxima):
    out, current = [], maxima[0]
    for value in maxima:
        out.append(current)
        current = momentum * current + (1 - momentum) * value
    return np.array(out)


def only_grows(momentum, maxima):
    out = [maxima[0]]
    for value in maxima[1:]:
        out.append(max(out[-1], momentum * out[-1] + (1 - momentum) * value))
    return np.array(out)


def first_twice(momentum, maxima):
    out = [maxima[0]]
    for value in maxima:
        out.append(momentum * out[-1] + (1 - momentum) * value)
    return np.array(out)


def corrected(momentum, maxima):
    out, current = [], 0.0
    for k, value in enumerate(maxima):
        current = momentum * current + (1 - momentum) * value
        out.append(current / (1 - momentum ** (k + 1)))
    return np.array(out)


def without_one_minus(momentum, maxima):
    out = [maxima[0]]
    for value in maxima[1:]:
        out.append(momentum * out[-1] + momentum * value)
    return np.array(out)


def zero_and_swapped(momentum, maxima):
    out, current = [], 0.0
    for value in maxima:
        current = (1 - momentum) * current + momentum * value
        out.append(current)
    return np.array(out)


ranges = {
    "right": [
        lambda m, v: [
            v[0] * m**k + sum((1 - m) * m ** (k - j) * v[j] for j in range(1, k + 1))
            for k in range(len(v))
        ],
        tracked,
        lambda m, v: followed(v[0], 1 - m, v),
        lambda m, v: followed(v[0], 1 - m, v).tolist(),
        lambda m, v: followed(np.float32(v[0]), np.float32(1 - m), v.astype(np.float32)),
        lambda m, v: [followed(v[0], 1 - m, v[: k + 1])[-1] for k in range(len(v))],
        lambda m, v: tuple(tracked(m, v)),
    ],
    "wrong": [
        lambda m, v: followed(v[0], 1 - m, v)[1:],
        lambda m, v: followed(v[0], 1 - m, v)[-1],
        lambda m, v: followed(v[0], 0.01, v),
        lambda m, v: followed((1 - m) * v[0], 1 - m, v),
        lambda m, v: m * np.roll(v, 1) + (1 - m) * v,
        lambda m, v: np.concatenate([[v[0]], m * v[:-1] + (1 - m) * v[1:]]),
        tracked_from_zero,
        tracked_before,
        appended_before_the_update,
        only_grows,
        first_twice,
        corrected,
        without_one_minus,
        zero_and_swapped,
        lambda m, v: followed(v[0], m, v),
        lambda m, v: v,
        lambda m, v: np.maximum.accumulate(v),
        lambda m, v: np.cumsum(v) / (1 + np.arange(len(v))),
        lambda m, v: np.full(len(v), v.max()),
        lambda m, v: np.full(len(v), v.mean()),
        lambda m, v: m * v,
        lambda m, v: m * v + (1 - m) * v.max(),
        lambda m, v: followed(v[0], 1 - m, v)[::-1],
        lambda m, v: followed(v.max(), 1 - m, v),
        lambda m, v: np.concatenate([[0.0], followed(v[0], 1 - m, v)[:-1]]),
        lambda m, v: followed(v[0], m, v)[-1],
        lambda m, v: followed(v[0], 1 - m, v) / v.max(),
        lambda m, v: m * v[0] + (1 - m) * v,
    ],
}


def batch_by_batch(x, hi, bits, delay):
    out = []
    for k, row in enumerate(x):
        if k < delay:
            out.append(row)
        else:
            scale = hi[k] / (2**bits - 1)
            out.append(np.minimum(np.round(row / scale), 2**bits - 1) * scale)
    return np.array(out)


def batch_by_batch_inclusive(x, hi, bits, delay):
    out = x.copy()
    for k in range(len(x)):
        if k > delay:
            scale = hi[k] / (2**bits - 1)
            out[k] = np.clip(np.round(x[k] / scale), 0, 2**bits - 1) * scale
    return out


def package_by_row(x, hi, bits, delay):
    params = qnn_edu.params_from_range(0 * hi, hi, bits=bits, signed=False, axis=0)
    return np.concatenate([x[:delay], qnn_edu.fake_quant(x, params)[delay:]])


def range_of_the_batch_before(x, hi, bits, delay):
    out = x.copy()
    for k in range(delay, len(x)):
        scale = hi[k - 1] / (2**bits - 1)
        out[k] = np.clip(np.round(x[k] / scale), 0, 2**bits - 1) * scale
    return out


def counted_from_the_delay(x, hi, bits, delay):
    out = x.copy()
    for k in range(len(x) - delay):
        scale = hi[k] / (2**bits - 1)
        out[k + delay] = np.clip(np.round(x[k + delay] / scale), 0, 2**bits - 1) * scale
    return out


def signed_grid(x, hi, bits, delay):
    scale = hi[:, None] / (2 ** (bits - 1) - 1)
    end = 2 ** (bits - 1) - 1
    return waits(x, np.clip(np.round(x / scale), -end, end) * scale, delay)


def forgets_the_scale(x, hi, bits, delay):
    out = x.copy()
    out[delay:] = np.clip(np.round(x[delay:]), 0, hi[delay:, None])
    return out


def drops_the_waiting(x, hi, bits, delay):
    return grid(x, hi[:, None], bits)[delay:]


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
        batch_by_batch,
        package_by_row,
        lambda x, hi, bits, delay: waits(x, grid(x, hi[:, None], bits), delay),
        lambda x, hi, bits, delay: waits(
            x.astype(np.float32),
            grid(x.astype(np.float32), hi[:, None].astype(np.float32), bits),
            delay,
        ),
        lambda x, hi, bits, delay: np.vstack(
            [x[:delay], grid(x, hi[:, None], bits)[delay:]]
        ).tolist(),
    ],
    "wrong": [
        lambda x, hi, bits, delay: waits(x, np.minimum(x, hi[:, None]), delay),
        lambda x, hi, bits, delay: waits(x, levels(x, hi[:, None], bits), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi[:, None], bits, np.floor), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi.max(), bits), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, x.max(axis=1, keepdims=True), bits), delay),
        lambda x, hi, bits, delay: waits(x.T, grid(x, hi[:, None], bits).T, delay).T,
        batch_by_batch_inclusive,
        range_of_the_batch_before,
        counted_from_the_delay,
        signed_grid,
        forgets_the_scale,
        drops_the_waiting,
        lambda x, hi, bits, delay: grid(x, hi[:, None], bits),
        lambda x, hi, bits, delay: x,
        lambda x, hi, bits, delay: waits(grid(x, hi[:, None], bits), x, delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi[-1], bits), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi[0], bits), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi[delay], bits), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi[:, None], bits), delay - 1),
        lambda x, hi, bits, delay: waits(x, with_step(x, hi[:, None] / (2**bits - 1)), delay),
        lambda x, hi, bits, delay: waits(
            x,
            np.clip(np.round(x / (hi[:, None] / 2**bits)), 0, 2**bits - 1) * hi[:, None] / 2**bits,
            delay,
        ),
        lambda x, hi, bits, delay: waits(
            x,
            np.clip(np.round(x / (hi[:, None] / 2**bits)), 0, 2**bits) * hi[:, None] / 2**bits,
            delay,
        ),
        lambda x, hi, bits, delay: waits(x, grid(x, hi[:, None], 8), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi[:, None], bits, np.ceil), delay),
        lambda x, hi, bits, delay: waits(x, grid(x, hi[:, None], bits, np.trunc), delay + 1),
        lambda x, hi, bits, delay: waits(x, grid(x, hi[:, None], bits, lambda v: v), delay),
        lambda x, hi, bits, delay: waits(0 * x, grid(x, hi[:, None], bits), delay),
        lambda x, hi, bits, delay: waits(
            np.minimum(x, hi[:, None]), grid(x, hi[:, None], bits), delay
        ),
        lambda x, hi, bits, delay: waits(
            x, np.clip(np.round(x / hi[:, None]), 0, 2**bits - 1) * hi[:, None], delay
        ),
        lambda x, hi, bits, delay: waits(x, grid(x, hi.mean(), bits), delay),
    ],
}


def turns_in_a_loop(levels):
    out = []
    for column in levels.T:
        last, count = 0, 0
        for before, after in zip(column[:-1], column[1:], strict=True):
            if after == before:
                continue
            way = 1 if after > before else -1
            if last and way != last:
                count += 1
            last = way
        out.append(count)
    return out


def forgets_over_a_rest(levels):
    out = []
    for column in levels.T:
        count = 0
        for a, b, c in zip(column[:-2], column[1:-1], column[2:], strict=True):
            if (b - a) * (c - b) < 0:
                count += 1
        out.append(count)
    return out


def counts_the_first_move(levels):
    out = []
    for column in levels.T:
        last, count = 0, 0
        for move in np.diff(column):
            if move and np.sign(move) != last:
                count += 1
                last = np.sign(move)
        out.append(count)
    return out


def only_downwards(levels):
    out = []
    for column in levels.T:
        moves = np.sign(np.diff(column))
        moves = moves[moves != 0]
        out.append(int(((moves[:-1] > 0) & (moves[1:] < 0)).sum()))
    return out


def returns_to_the_same_level(levels):
    return (levels[2:] == levels[:-2]).sum(axis=0)


turns = {
    "right": [
        lambda levels: [
            int((np.diff(np.sign(d[d != 0])) != 0).sum()) for d in np.diff(levels, axis=0).T
        ],
        turns_in_a_loop,
        lambda levels: np.array(turns_in_a_loop(levels), dtype=np.int32),
        lambda levels: [
            sum(a != b for a, b in zip(s[:-1], s[1:], strict=True))
            for s in ([np.sign(v) for v in d if v] for d in np.diff(levels, axis=0).T)
        ],
        lambda levels: np.array(
            [np.abs(np.diff(np.sign(d[d != 0]))).sum() // 2 for d in np.diff(levels, axis=0).T]
        ).astype(int),
        lambda levels: tuple(
            np.count_nonzero(d[d != 0][1:] * d[d != 0][:-1] < 0) for d in np.diff(levels, axis=0).T
        ),
    ],
    "wrong": [
        lambda levels: (np.diff(np.sign(np.diff(levels, axis=0)), axis=0) != 0).sum(axis=0),
        lambda levels: np.abs(np.diff(levels, axis=0)).sum(axis=0),
        lambda levels: np.array([len(np.unique(column)) - 1 for column in levels.T]),
        lambda levels: np.array([(np.diff(c, 2) != 0).sum() for c in levels.T]),
        lambda levels: np.array(
            [(np.diff(np.sign(d[d != 0])) != 0).sum() + 1 for d in np.diff(levels, axis=0).T]
        ),
        forgets_over_a_rest,
        counts_the_first_move,
        only_downwards,
        returns_to_the_same_level,
        lambda levels: (np.diff(levels, axis=0) != 0).sum(axis=0),
        lambda levels: turns_in_a_loop(levels.T),
        lambda levels: sum(turns_in_a_loop(levels)),
        lambda levels: (np.diff(levels, axis=1) != 0).sum(axis=1),
        lambda levels: (np.diff(np.sign(levels), axis=0) != 0).sum(axis=0),
        lambda levels: (levels[1:] < levels[:-1]).sum(axis=0),
        lambda levels: (levels[1:] > levels[:-1]).sum(axis=0),
        lambda levels: np.mean(np.diff(levels, axis=0) != 0, axis=0),
        lambda levels: 2 * np.array(turns_in_a_loop(levels)),
        lambda levels: np.array(turns_in_a_loop(levels)) // 2,
        lambda levels: np.array(turns_in_a_loop(levels)) / (len(levels) - 1),
        lambda levels: np.array(turns_in_a_loop(levels)) > 0,
        lambda levels: (np.diff(levels, axis=0) != 0).sum(axis=0) - 1,
        lambda levels: levels.max(axis=0) - levels.min(axis=0),
        lambda levels: (np.diff(levels, axis=0) == 0).sum(axis=0),
        lambda levels: forgets_over_a_rest(levels.T),
        lambda levels: np.array(turns_in_a_loop(levels[1:])),
        lambda levels: int((np.diff(levels, axis=0) != 0).sum()),
    ],
}
