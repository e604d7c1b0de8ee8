"""Other answers to the exercises of lesson 00, in their order."""

import numpy as np

levels = {
    "right": [
        lambda bits: 1 << bits,
        lambda bits: np.int64(2) ** bits,
    ],
    "wrong": [
        lambda bits: 256,
        lambda bits: 2**bits + 1,
        lambda bits: 2 ** (bits - 1),
        lambda bits: 2.0**bits,
    ],
}
