"""Other answers to the exercises of lesson 03, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import numpy as np

import qnn_edu


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


def largest_in_a_loop(w, bits):
    largest = 0.0
    for value in w:
        if abs(value) > largest:
            largest = abs(value)
    return largest / (2 ** (bits - 1) - 1)


def largest_positive_in_a_loop(w, bits):
    largest = 0.0
    for value in w:
        if value > largest:
            largest = value
    return largest / (2 ** (bits - 1) - 1)


narrow_scale = {
    "right": [
        lambda w, bits: max(w.max(), -w.min()) / (2 ** (bits - 1) - 1),
        lambda w, bits: max(abs(v) for v in w) / ((1 << (bits - 1)) - 1),
        lambda w, bits: np.float32(np.max(np.abs(w))) / np.float32(2 ** (bits - 1) - 1),
        lambda w, bits: 2 * np.max(np.abs(w)) / (2**bits - 2),
        lambda w, bits: np.linalg.norm(w, np.inf) / (2 ** (bits - 1) - 1),
        lambda w, bits: (
            qnn_edu.params_from_range(
                w.min(), w.max(), bits=bits, narrow_range=True, symmetric=True
            ).scale
        ),
        largest_in_a_loop,
    ],
    "wrong": [
        lambda w, bits: np.abs(w).max() / (2 ** (bits - 1) + 1),
        lambda w, bits: -w.min() / (2 ** (bits - 1) - 1),
        lambda w, bits: 2 * np.abs(w).max() / (2**bits - 1),
        lambda w, bits: np.abs(w).mean() / (2 ** (bits - 1) - 1),
        lambda w, bits: abs(w.max()) / (2 ** (bits - 1) - 1),
        largest_positive_in_a_loop,
        lambda w, bits: np.max(w) / 2 ** (bits - 1),
        lambda w, bits: np.abs(w).max() / 2**bits,
        lambda w, bits: np.abs(w).max() / 2 ** (bits - 1),
        lambda w, bits: np.abs(w).max() / (2**bits - 1),
        lambda w, bits: (w.max() - w.min()) / (2**bits - 1),
        lambda w, bits: (w.max() - w.min()) / (2 ** (bits - 1) - 1),
        lambda w, bits: np.abs(w).max() / 127,
        lambda w, bits: np.abs(w).max() / (2 ** (bits - 1) - 2),
        lambda w, bits: (2 ** (bits - 1) - 1) / np.abs(w).max(),
        lambda w, bits: np.abs(w).max() * (2 ** (bits - 1) - 1),
        lambda w, bits: np.abs(w).max(),
        lambda w, bits: np.abs(w) / (2 ** (bits - 1) - 1),
        lambda w, bits: np.abs(w).max() / (2 * (bits - 1) - 1),
        lambda w, bits: np.abs(w).max() / ((bits - 1) ** 2 - 1),
        lambda w, bits: np.abs(w).sum() / (2 ** (bits - 1) - 1),
        lambda w, bits: 2 * np.abs(w).max() / 2**bits,
        lambda w, bits: np.std(w) / (2 ** (bits - 1) - 1),
        lambda w, bits: (w.max() - w.min()) / (2**bits - 2),
        lambda w, bits: 2 * np.abs(w).max() / (2 ** (bits - 1) - 1),
        lambda w, bits: abs(w.min() + w.max()) / (2 ** (bits - 1) - 1),
    ],
}


def channel_by_channel(w, axis):
    scales = []
    for k in range(w.shape[axis]):
        scales.append(np.abs(np.take(w, k, axis=axis)).max() / 127)
    return scales


def channel_by_channel_signed(w, axis):
    scales = []
    for k in range(w.shape[axis]):
        channel = np.take(w, k, axis=axis)
        scales.append(np.max(channel) / 127)
    return np.array(scales)


def channel_by_channel_both_ends(w, axis):
    scales = []
    for k in range(w.shape[axis]):
        channel = np.take(w, k, axis=axis)
        scales.append((channel.max() - channel.min()) / 255)
    return np.array(scales)


channel_scales = {
    "right": [
        lambda w, axis: [np.abs(c).max() / 127 for c in np.moveaxis(w, axis, 0)],
        channel_by_channel,
        lambda w, axis: (
            np.abs(np.moveaxis(w, axis, -1).reshape(-1, w.shape[axis])).max(axis=0) / 127
        ),
        lambda w, axis: (
            np.max(np.abs(w).astype(np.float32), axis=tuple(set(range(w.ndim)) - {axis}))
            / np.float32(127)
        ),
        lambda w, axis: (
            np.maximum(
                w.max(axis=tuple(i for i in range(w.ndim) if i != axis)),
                -w.min(axis=tuple(i for i in range(w.ndim) if i != axis)),
            )
            / 127
        ),
        lambda w, axis: np.abs(np.swapaxes(w, 0, axis)).reshape(w.shape[axis], -1).max(1) / 127,
    ],
    "wrong": [
        lambda w, axis: np.abs(w).max(axis=(0, 1, 2)) / 127,
        lambda w, axis: np.abs(w).max(axis=(1, 2, 3)) / 127,
        lambda w, axis: (
            np.abs(w).max(axis=tuple(i for i in range(w.ndim) if i != axis), keepdims=True) / 127
        ),
        lambda w, axis: np.abs(w).mean(axis=tuple(i for i in range(w.ndim) if i != axis)) / 127,
        lambda w, axis: np.abs(w).max(axis=tuple(i for i in range(w.ndim) if i != axis)) / 255,
        channel_by_channel_signed,
        channel_by_channel_both_ends,
        lambda w, axis: np.abs(w).max(axis=tuple({0, 1, 2, 3} - {axis})) / 127,  # NEAR
        lambda w, axis: np.abs(w).max(axis=axis) / 127,
        lambda w, axis: np.abs(w).max() / 127,
        lambda w, axis: np.max(w, axis=axis) / 127,
        lambda w, axis: np.abs(w).max(axis=tuple(i for i in range(w.ndim) if i != axis)) / 128,
        lambda w, axis: w.max(axis=tuple(i for i in range(w.ndim) if i != axis)) / 128,
        lambda w, axis: np.abs(w).max(axis=tuple(range(w.ndim))[1:]) / 127,
        lambda w, axis: np.abs(w.max(axis=tuple(i for i in range(w.ndim) if i != axis))) / 127,
        lambda w, axis: np.abs(w).sum(axis=tuple(i for i in range(w.ndim) if i != axis)) / 127,
        lambda w, axis: 127 / np.abs(w).max(axis=tuple(i for i in range(w.ndim) if i != axis)),
        lambda w, axis: np.abs(w).max(axis=tuple(i for i in range(w.ndim) if i != axis)),
        lambda w, axis: np.abs(w).max(axis=tuple(i for i in range(w.ndim) if i != axis)) * 127,
        lambda w, axis: np.full(w.shape[axis], np.abs(w).max() / 128),
        lambda w, axis: np.ptp(w, axis=tuple(i for i in range(w.ndim) if i != axis)) / 254,
        lambda w, axis: np.abs(w).max(axis=axis, keepdims=True) / 127,
        lambda w, axis: np.abs(w).max(axis=axis).max() / 127,
        lambda w, axis: [np.abs(c).max() / 127 for c in w],
        lambda w, axis: np.abs(w).min(axis=tuple(i for i in range(w.ndim) if i != axis)) / 127,
        lambda w, axis: 2 * np.abs(w).max(axis=tuple(i for i in range(w.ndim) if i != axis)) / 127,
    ],
}


def nudged(maxima, decay):
    average = maxima[0]
    for value in maxima:
        average += (1 - decay) * (value - average)
    return average


def climbs_from_zero(maxima, decay):
    average = 0
    for value in maxima:
        average = average * decay + value * (1 - decay)
    return average


def without_the_factor(maxima, decay):
    average = maxima[0]
    for value in maxima[1:]:
        average = decay * average + value
    return average


def too_long(maxima, decay):
    average = maxima[0]
    for value in list(maxima[1:]) + [maxima[-1]]:
        average = decay * average + (1 - decay) * value
    return average


def stops_early(maxima, decay):
    average = maxima[0]
    for k in range(1, len(maxima) - 1):
        average = decay * average + (1 - decay) * maxima[k]
    return average


def larger_of_both(maxima, decay):
    average = maxima[0]
    for value in maxima[1:]:
        average = max(value, decay * average + (1 - decay) * value)
    return average


def backwards(maxima, decay):
    average = maxima[-1]
    for value in maxima[-2::-1]:
        average = decay * average + (1 - decay) * value
    return average


def zero_and_swapped(maxima, decay):
    average = 0.0
    for value in maxima:
        average = (1 - decay) * average + decay * value
    return average


def starts_at_one(maxima, decay):
    average = 1.0
    for value in maxima:
        average = decay * average + (1 - decay) * value
    return average


def starts_at_the_largest(maxima, decay):
    average = maxima.max()
    for value in maxima:
        average = decay * average + (1 - decay) * value
    return average


def recursive(maxima, decay):
    if len(maxima) == 1:
        return maxima[0]
    return decay * recursive(maxima[:-1], decay) + (1 - decay) * maxima[-1]


def subtracts(maxima, decay):
    average = maxima[0]
    for value in maxima[1:]:
        average = decay * average - (1 - decay) * value
    return average


def skips_two(maxima, decay):
    average = maxima[0]
    for value in maxima[2:]:
        average = decay * average + (1 - decay) * value
    return average


def starts_at_the_second(maxima, decay):
    average = maxima[1]
    for value in maxima[1:]:
        average = decay * average + (1 - decay) * value
    return average


def debiased(maxima, decay):
    average = 0.0
    for value in maxima:
        average = decay * average + (1 - decay) * value
    return average / (1 - decay ** len(maxima))


moving_average = {
    "right": [
        lambda m, d: (
            m[0] * d ** (len(m) - 1) + sum((1 - d) * d**k * v for k, v in enumerate(m[:0:-1]))
        ),
        nudged,
        recursive,
        lambda m, d: followed(m[0], 1 - d, m)[-1],
        lambda m, d: np.float32(followed(m[0], 1 - d, m)[-1]),
        lambda m, d: float(
            np.dot(
                m,
                np.append(d ** (len(m) - 1), (1 - d) * d ** np.arange(len(m) - 2, -1, -1)),
            )
        ),
        lambda m, d: followed(m[0], 1 - d, list(m)).tolist()[-1],
    ],
    "wrong": [
        lambda m, d: m[-1] * (1 - d) + m[-2] * d,
        lambda m, d: followed(m[0], 1 - d, m)[-2],
        lambda m, d: followed(m[0], 0.1, m)[-1],
        lambda m, d: followed(0.0, 1 - d, m)[-1] / (1 - d ** (len(m) - 1)),
        lambda m, d: d * m[0] + (1 - d) * np.mean(m[1:]),
        climbs_from_zero,
        without_the_factor,
        too_long,
        stops_early,
        larger_of_both,
        backwards,
        zero_and_swapped,
        starts_at_one,
        starts_at_the_largest,
        subtracts,
        skips_two,
        starts_at_the_second,
        debiased,
        lambda m, d: followed(m[0], d, m)[-1],
        lambda m, d: followed(m[0], 1 - d, m),
        lambda m, d: np.mean(m),
        lambda m, d: m.max(),
        lambda m, d: m[-1],
        lambda m, d: np.median(m),
        lambda m, d: d * np.mean(m),
        lambda m, d: d * m[0] + (1 - d) * m[-1],
        lambda m, d: np.mean(followed(m[0], 1 - d, m)),
    ],
}


def searched(x, thresholds, bits):
    top = 2 ** (bits - 1) - 1
    winner, least = None, np.inf
    for t in thresholds:
        scale = t / top
        q = np.round(x / scale)
        q[q > top] = top
        q[q < -top] = -top
        error = ((q * scale - x) ** 2).mean()
        if error < least:
            winner, least = t, error
    return winner


def searched_for_the_worst(x, thresholds, bits):
    top = 2 ** (bits - 1) - 1
    winner, most = None, -1
    for t in thresholds:
        error = np.mean((np.clip(np.round(x / t * top), -top, top) * t / top - x) ** 2)
        if error > most:
            winner, most = t, error
    return winner


def keeps_the_last(x, thresholds, bits):
    top = 2 ** (bits - 1) - 1
    for t in thresholds:
        scale = t / top
        error = np.mean((np.clip(np.round(x / scale), -top, top) * scale - x) ** 2)
        if error < np.inf:
            winner = t
    return winner


def with_the_package(x, thresholds, bits):
    def loss(t):
        params = qnn_edu.params_from_range(-t, t, bits=bits, narrow_range=True, symmetric=True)
        return np.mean((qnn_edu.dequantize(qnn_edu.quantize(x, params), params) - x) ** 2)

    return min(thresholds, key=loss)


def clipped_in_real_units(x, thresholds, bits):
    top = 2 ** (bits - 1) - 1

    def loss(t):
        scale = t / top
        return np.mean((np.clip(np.round(x / scale), -t, t) * scale - x) ** 2)

    return min(thresholds, key=loss)


best_threshold = {
    "right": [
        lambda x, thresholds, bits: thresholds[
            np.argmin([np.square(narrow(x, t, bits) - x).sum() for t in thresholds])
        ],
        searched,
        with_the_package,
        lambda x, ts, bits: best(x, ts, lambda t: np.linalg.norm(x - narrow(x, t, bits))),
        lambda x, ts, bits: sorted((np.mean((narrow(x, t, bits) - x) ** 2), t) for t in ts)[0][1],
        lambda x, ts, bits: float(
            max(
                ts,
                key=lambda t: (
                    -np.var(narrow(x, t, bits) - x) - np.mean(narrow(x, t, bits) - x) ** 2
                ),
            )
        ),
    ],
    "wrong": [
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((narrow(x, t, bits, lowest=1) - x) ** 2)),
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((narrow(x, t, bits, top=1) - x) ** 2)),
        lambda x, ts, bits: best(x, ts, lambda t: np.abs(narrow(x, t, bits) - x).max()),
        lambda x, ts, bits: best(x, ts, lambda t: abs(np.mean(narrow(x, t, bits) - x))),
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((narrow(x, t, 8) - x) ** 2)),
        lambda x, ts, bits: np.argmin([np.mean((narrow(x, t, bits) - x) ** 2) for t in ts]),
        lambda x, ts, bits: ts[-1],
        searched_for_the_worst,
        keeps_the_last,
        clipped_in_real_units,
        lambda x, ts, bits: best(x, ts, lambda t: np.mean(np.abs(narrow(x, t, bits) - x))),
        lambda x, ts, bits: min(np.mean((narrow(x, t, bits) - x) ** 2) for t in ts),
        lambda x, ts, bits: np.abs(x).max(),
        lambda x, ts, bits: ts[0],
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((np.clip(x, -t, t) - x) ** 2)),
        lambda x, ts, bits: best(
            x,
            ts,
            lambda t: np.mean(
                (np.round(x * (2 ** (bits - 1) - 1) / t) * t / (2 ** (bits - 1) - 1) - x) ** 2
            ),
        ),
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((np.round(np.clip(x, -t, t)) - x) ** 2)),
        lambda x, ts, bits: best(x, ts, lambda t: np.mean(narrow(x, t, bits) - x) ** 2),
        lambda x, ts, bits: best(x, ts, lambda t: np.mean((narrow(x, t, bits + 1) - x) ** 2)),
        lambda x, ts, bits: best(
            x,
            ts,
            lambda t: np.mean(
                (
                    np.clip(
                        np.round(x / (2 * t / (2**bits - 1))),
                        -(2 ** (bits - 1)),
                        2 ** (bits - 1) - 1,
                    )
                    * (2 * t / (2**bits - 1))
                    - x
                )
                ** 2
            ),
        ),
        lambda x, ts, bits: best(
            x,
            ts,
            lambda t: np.mean(
                (
                    np.clip(
                        np.floor(x * (2 ** (bits - 1) - 1) / t),
                        -(2 ** (bits - 1) - 1),
                        2 ** (bits - 1) - 1,
                    )
                    * t
                    / (2 ** (bits - 1) - 1)
                    - x
                )
                ** 2
            ),
        ),
        lambda x, ts, bits: best(
            x,
            ts,
            lambda t: np.mean(
                (
                    np.clip(
                        np.round(x * (2 ** (bits - 1) - 1) / t),
                        -(2 ** (bits - 1) - 1),
                        2 ** (bits - 1) - 1,
                    )
                    - x
                )
                ** 2
            ),
        ),
        lambda x, ts, bits: best(x, ts, lambda t: np.mean(np.maximum(np.abs(x) - t, 0) ** 2)),
        lambda x, ts, bits: best(x, ts, lambda t: (t / (2 ** (bits - 1) - 1)) ** 2 / 12),
        lambda x, ts, bits: np.mean(ts),
        lambda x, ts, bits: best(x, ts, lambda t: np.median((narrow(x, t, bits) - x) ** 2)),
    ],
}
