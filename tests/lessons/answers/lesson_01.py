"""Other answers to the exercises of lesson 01, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import numpy as np

model_input = {
    "right": [
        lambda x, s, z: (np.rint(x / s).clip(-128 - z, 127 - z) + z).astype(np.int8),
    ],
    "wrong": [
        lambda x, s, z: np.clip(np.round(x / s) + z, -128, 127),
        lambda x, s, z: np.clip(np.round(x / s) + z, -128, 127).astype(np.int64),  # NEAR
        lambda x, s, z: np.clip(np.round(x / s) + z, -127, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x / s), -128, 127).astype(np.int8) + np.int8(z),
        lambda x, s, z: np.clip(np.round(x * 255) - 128, -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.floor(x / s) + z, -128, 127).astype(np.int8),
        lambda x, s, z: np.clip(np.round(x / s) - z, -128, 127).astype(np.int8),
    ],
}

probabilities = {
    "right": [
        lambda q, s, z: (q.astype(np.float32) - z) * np.float32(s),
    ],
    "wrong": [
        lambda q, s, z: s * q.astype(np.int32) - z,
        lambda q, s, z: s * (q.astype(np.int32) + z),
        lambda q, s, z: s * (q.astype(np.int32) + 128),
        lambda q, s, z: s * (q.astype(np.uint8) - float(z)),
        lambda q, s, z: np.round(s * (q.astype(np.int32) - z), 2),
    ],
}

top = {
    "right": [
        lambda p, k: sorted(range(len(p)), key=lambda c: -p[c])[:k],
    ],
    "wrong": [
        lambda p, k: np.argsort(-p)[: k + 1],
        lambda p, k: np.argsort(-p)[:3],
        lambda p, k: np.argpartition(-p, k)[:k][::-1],
        lambda p, k: np.sort(np.argsort(-p)[:k]),
        lambda p, k: np.argsort(-p)[:k] + 1,
        lambda p, k: (np.argsort(-p)[:k]).astype(float),
    ],
}
