"""Other answers to the exercises of lesson 01, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import numpy as np

import qnn_edu


def pixel_by_pixel(image, scale, zero_point):
    out = np.zeros(image.shape, np.int8)
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            out[i, j] = max(-128, min(127, int(np.rint(image[i, j] / scale)) + zero_point))
    return out


def cut_pixel_by_pixel(image, scale, zero_point):
    out = np.zeros(image.shape, np.int8)
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            q = int(image[i, j] / scale) + zero_point
            if q > 127:
                q = 127
            if q < -128:
                q = -128
            out[i, j] = q
    return out


def capped_above(image, scale, zero_point):
    q = np.round(image / scale) + zero_point
    q[q > 127] = 127
    return q.astype(int).astype(np.int8)


def stretched(image, scale, zero_point):
    unit = (image - image.min()) / (image.max() - image.min())
    return (np.round(unit * 255) - 128).astype(np.int8)


def by_hand(image, scale, zero_point):
    q = image / scale
    q = q.round()
    q = q + zero_point
    q[q < -128] = -128
    q[q > 127] = 127
    return q.astype("int8")


model_input = {
    "right": [
        lambda x, s, z: (np.rint(x / s).clip(-128 - z, 127 - z) + z).astype(np.int8),
        lambda x, s, z: np.floor(x / s + 0.5 + z).clip(-128, 127).astype(np.int8),
        lambda x, s, z: np.int8(np.minimum(np.maximum(np.round(x / s) + z, -128), 127)),
        lambda x, s, z: qnn_edu.quantize(x, qnn_edu.QuantParams(s, z)),
        lambda x, s, z: np.around(np.clip(x / s + z, -128, 127)).astype("int8"),
        lambda x, s, z: np.clip(np.round(x / np.float32(s)).astype(np.int32) + z, -128, 127).astype(
            np.int8
        ),
        pixel_by_pixel,
        by_hand,
    ],
    "wrong": [
        lambda x, s, z: np.clip(np.round(x / s) + z, -128, 127),
        lambda x, s, z: np.clip(np.round(x / s) + z, -128, 127).astype(np.int64),  # NEAR
        lambda x, s, z: np.clip(np.round(x / s) + z, -127, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x / s), -128, 127).astype(np.int8) + np.int8(z),
        lambda x, s, z: np.clip(np.round(x * 255) - 128, -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.floor(x / s) + z, -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x / s) - z, -128, 127).astype(np.int8),
        cut_pixel_by_pixel,
        capped_above,
        stretched,
        lambda x, s, z: np.clip(np.round((x + z) / s), -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.round(s * (x - z)), -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.ceil(x / s) + z, -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x / s) + z, 0, 255).astype(np.uint8).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x) / s + z, -128, 127).astype(np.int8),
        lambda x, s, z: (x / s).astype(np.int8) + np.int8(z),
        lambda x, s, z: np.clip(np.round(x / s) + z, -128, 128).astype(int).astype(np.int8),
        lambda x, s, z: np.round(x * 255).astype(np.uint8).astype(np.int8),
        lambda x, s, z: np.clip(x / s, -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.floor(x * s) + z, -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x / s) - 128, -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x / s + 0.5) + z, -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x.max() / s) + z, -128, 127).astype(np.int8),
        lambda x, s, z: (np.round(x / s) - z).astype(int).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x / s) + z, -128, 127).astype(np.int8).T,
    ],
}


def one_by_one(q, scale, zero_point):
    return [(int(v) - zero_point) * scale for v in q]


def softmaxed(q, scale, zero_point):
    x = scale * (q.astype(float) - zero_point)
    return np.exp(x) / np.exp(x).sum()


def made_to_sum_to_one(q, scale, zero_point):
    x = q.astype(float) - zero_point
    return x / x.sum()


def in_place(q, scale, zero_point):
    wide = q.astype(np.int8)
    wide -= np.int8(zero_point)
    return wide * scale


probabilities = {
    "right": [
        lambda q, s, z: (q.astype(np.float32) - z) * np.float32(s),
        lambda q, s, z: qnn_edu.dequantize(q, qnn_edu.QuantParams(s, z)),
        lambda q, s, z: s * q.astype(int) - s * z,
        lambda q, s, z: np.subtract(q, z, dtype=np.int16) * s,
        lambda q, s, z: (q - float(z)) * s,
        one_by_one,
    ],
    "wrong": [
        lambda q, s, z: s * q.astype(np.int32) - z,
        lambda q, s, z: s * (q.astype(np.int32) + z),
        lambda q, s, z: s * (q.astype(np.int32) + 128),
        lambda q, s, z: s * (q.astype(np.uint8) - float(z)),
        lambda q, s, z: np.round(s * (q.astype(np.int32) - z), 2),
        softmaxed,
        made_to_sum_to_one,
        in_place,
        lambda q, s, z: q.astype(np.int32) - z,
        lambda q, s, z: q.astype(np.float32) / s + z,
        lambda q, s, z: (q.astype(np.int32) - z) / s,
        lambda q, s, z: (q.astype(np.int32) - z) / 256,
        lambda q, s, z: s * q,
        lambda q, s, z: s * (z - q.astype(np.int32)),
        lambda q, s, z: s * ((q.astype(int) - z).astype(np.int8)),
        lambda q, s, z: s * (q.astype(np.int32) - z) * 100,
        lambda q, s, z: (q.astype(np.int32) + z) / s,
        lambda q, s, z: np.abs(s * q.astype(np.int32)),
        lambda q, s, z: s * (q.astype(np.uint8).astype(int) - z),
        lambda q, s, z: np.clip(s * (q.astype(np.int32) - z), 0, 1),
        lambda q, s, z: np.round(s * (q.astype(np.int32) - z)),
        lambda q, s, z: s * (q.astype(np.int32) - z - 1),
        lambda q, s, z: s * np.maximum(q.astype(np.int32) - z, 0),
        lambda q, s, z: (s * (q.astype(np.int32) - z)).max(),
    ],
}


def picked_one_by_one(p, k):
    left, found = list(p), []
    for _ in range(k):
        found.append(int(np.argmax(left)))
        left[found[-1]] = -1
    return found


def forgets_what_it_took(p, k):
    return [int(np.argmax(p)) for _ in range(k)]


def sorts_pairs(p, k):
    return [c for value, c in sorted(zip(p, range(len(p)), strict=True))][::-1][:k]


def sorts_pairs_upwards(p, k):
    return [c for value, c in sorted(zip(p, range(len(p)), strict=True))][:k]


top = {
    "right": [
        lambda p, k: sorted(range(len(p)), key=lambda c: -p[c])[:k],
        lambda p, k: np.argsort(p)[::-1][:k],
        lambda p, k: np.argsort(p)[: -k - 1 : -1],
        lambda p, k: np.flip(np.argsort(p)[-k:]),
        picked_one_by_one,
        sorts_pairs,
        lambda p, k: tuple(np.argsort(1 - p)[:k]),
    ],
    "wrong": [
        lambda p, k: np.argsort(-p)[: k + 1],
        lambda p, k: np.argsort(-p)[:3],
        lambda p, k: np.argpartition(-p, k)[:k][::-1],
        lambda p, k: np.sort(np.argsort(-p)[:k]),
        lambda p, k: np.argsort(-p)[:k] + 1,
        lambda p, k: (np.argsort(-p)[:k]).astype(float),
        forgets_what_it_took,
        sorts_pairs_upwards,
        lambda p, k: np.argsort(p)[:k],
        lambda p, k: np.argsort(p)[-k:],
        lambda p, k: np.sort(p)[-k:],
        lambda p, k: np.argsort(p)[::-1],
        lambda p, k: np.argmax(p),
        lambda p, k: np.argsort(-p)[1:k],
        lambda p, k: np.argsort(-p)[1 : k + 1],
        lambda p, k: np.argsort(np.argsort(-p))[:k],
        lambda p, k: sorted(p, reverse=True)[:k],
        lambda p, k: np.argsort(-p)[k],
        lambda p, k: np.argsort(p)[-k:-1],
        lambda p, k: np.argsort(p)[-k - 1 :],
        lambda p, k: np.argsort(-p)[: k - 1],
        lambda p, k: np.argsort(p)[k:][::-1],
        lambda p, k: np.arange(len(p))[:k],
        lambda p, k: p[np.argsort(-p)[:k]],
        lambda p, k: np.argsort(-p)[:5],
    ],
}
