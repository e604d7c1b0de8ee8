"""Other right answers, at least one for each exercise: there are many ways to write it."""

import numpy as np


def narrow(x, t, bits):
    """`x` quantized and back, over `[-t, t]` on a narrow symmetric grid."""
    scale = t / (2 ** (bits - 1) - 1)
    return np.clip(np.rint(x / scale), 1 - 2 ** (bits - 1), 2 ** (bits - 1) - 1) * scale


ALSO_RIGHT = [
    ("lesson_00.levels", lambda bits: 1 << bits),
    ("lesson_00.levels", lambda bits: np.int64(2) ** bits),
    (
        "lesson_01.model_input",
        lambda x, s, z: (np.rint(x / s).clip(-128 - z, 127 - z) + z).astype(np.int8),
    ),
    ("lesson_01.probabilities", lambda q, s, z: (q.astype(np.float32) - z) * np.float32(s)),
    ("lesson_01.top", lambda p, k: sorted(range(len(p)), key=lambda c: -p[c])[:k]),
    (
        "lesson_02.scale_and_zero_point",
        lambda lo, hi, a, b: (
            np.float32((hi - lo) / (b - a)),
            int(np.rint(a - lo / (hi - lo) * (b - a))),
        ),
    ),
    (
        "lesson_02.quantize",
        lambda x, s, z, a, b: np.minimum(np.maximum(np.floor(x / s + 0.5) + z, a), b).astype(int),
    ),
    ("lesson_02.dequantize", lambda q, s, z: [s * (int(v) - z) for v in q]),
    (
        "lesson_02.sqnr_db",
        lambda x, y: np.float32(20 * np.log10(np.linalg.norm(x) / np.linalg.norm(x - y))),
    ),
    ("lesson_03.narrow_scale", lambda w, bits: max(w.max(), -w.min()) / (2 ** (bits - 1) - 1)),
    (
        "lesson_03.channel_scales",
        lambda w, axis: [np.abs(c).max() / 127 for c in np.moveaxis(w, axis, 0)],
    ),
    (
        "lesson_03.moving_average",
        lambda m, d: (
            m[0] * d ** (len(m) - 1) + sum((1 - d) * d**k * v for k, v in enumerate(m[:0:-1]))
        ),
    ),
    (
        "lesson_06.straight_through",
        lambda x, g, s, a, b: [d * (np.clip(v, s * a, s * b) == v) for v, d in np.c_[x, g]],
    ),
    (
        "lesson_03.best_threshold",
        lambda x, thresholds, bits: thresholds[
            np.argmin([np.square(narrow(x, t, bits) - x).sum() for t in thresholds])
        ],
    ),
    ("lesson_04.input_params", lambda mean, std: [1.0 / std, np.int32(mean)]),
    (
        "lesson_04.calibrated",
        lambda batches: (
            min(0, min(b.min() for b in batches)),
            max(0, max(b.max() for b in batches)),
        ),
    ),
    (
        "lesson_04.share_made",
        lambda y, came, q: 1 / (1 + np.square(came - y).mean() / np.square(q - came).mean()),
    ),
    (
        "lesson_04.layer_to_free",
        lambda sqnr, made: max(
            k for k in range(len(made)) if made[k] > 0.5 and k <= np.flatnonzero(sqnr < 10)[0]
        ),
    ),
    ("lesson_06.range_gradients", lambda x, g, lo, hi: [g @ (x < lo), g @ (x > hi)]),
    (
        "lesson_06.leaky",
        lambda x, g, lo, hi, leak: leak * g + (1 - leak) * g * (np.clip(x, lo, hi) == x),
    ),
    (
        "lesson_06.step_gradient",
        lambda x, g, s, a, b: (
            g
            @ (np.clip(np.rint(x / s), a, b) - x / s * (a * s < x) * (x < b * s))
            / (len(x) * b) ** 0.5
        ),
    ),
    ("lesson_05.image_range", lambda mean, std: [np.float32(-mean / std), (255 - mean) / std]),
    ("lesson_05.stored_bias", lambda b, x, w: np.int32([round(v) for v in b / x / w])),
    (
        "lesson_05.filter_ranges",
        lambda w: [s * np.abs(w.reshape(-1, w.shape[-1])).max(axis=0) for s in (-1, 1)],
    ),
    ("lesson_05.integer_layers", lambda known: np.logical_and(known[1:], known[:-1])),
    (
        "lesson_07.weights",
        lambda w, bits: np.stack(
            [
                np.rint(c * (2 ** (bits - 1) - 1) / abs(c).max())
                * (abs(c).max() / (2 ** (bits - 1) - 1))
                for c in np.moveaxis(w, 3, 0)
            ],
            axis=3,
        ),
    ),
    (
        "lesson_07.ranges",
        lambda m, v: [
            v[0] * m**k + sum((1 - m) * m ** (k - j) * v[j] for j in range(1, k + 1))
            for k in range(len(v))
        ],
    ),
    (
        "lesson_07.delayed",
        lambda x, hi, bits, delay: np.concatenate(
            [
                x[:delay],
                [
                    np.rint(np.minimum(row, h) / h * (2**bits - 1)) * (h / (2**bits - 1))
                    for row, h in zip(x[delay:], hi[delay:], strict=True)
                ],
            ]
        ),
    ),
    (
        "lesson_07.turns",
        lambda levels: [
            int((np.diff(np.sign(d[d != 0])) != 0).sum()) for d in np.diff(levels, axis=0).T
        ],
    ),
    ("lesson_08.folded_bias", lambda b, g, be, m, v, e: (b - m) * (g * (v + e) ** -0.5) + be),
    (
        "lesson_08.depthwise_fold",
        lambda w, f: (w.reshape(3, 3, -1) * np.float32(f).astype(float)).reshape(w.shape),
    ),
    (
        "lesson_08.lost_channels",
        lambda w, bits: sum(
            not np.rint(c * (2 ** (bits - 1) - 1) / abs(w).max()).any()
            for c in np.moveaxis(w, -1, 0)
        ),
    ),
    (
        "lesson_08.cut_idle",
        lambda w, b, be, v, e: [w * (v >= e), b * (v >= e) + be * (v < e)],
    ),
    ("lesson_09.accumulator", lambda q, w, z, b: np.dot(q.astype(int), w) - z * int(w.sum()) + b),
    ("lesson_09.quantized_bias", lambda b, x, w, y: np.rint(b / x / w).astype(np.int32)),
    (
        "lesson_09.multiplier",
        lambda m, bits: max(
            (round(m * 2 ** (bits - s)), s)
            for s in range(-40, 9)
            if round(m * 2 ** (bits - s)) < 2**bits
        ),
    ),
    (
        "lesson_09.round_once",
        lambda acc, m, s, z, lo, hi: [
            min(max((int(a) * m + 2 ** (30 - s)) // 2 ** (31 - s) + z, lo), hi) for a in acc
        ],
    ),
]
