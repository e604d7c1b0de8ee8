"""Other answers to the exercises of lesson 00, in their order."""

import itertools
import math

import numpy as np


def doubled(bits):
    count = 1
    for _ in range(bits):
        count *= 2
    return count


def doubled_once_too_often(bits):
    count = 2
    for _ in range(bits):
        count *= 2
    return count


def doubled_once_too_seldom(bits):
    count = 1
    for _ in range(1, bits):
        count = count + count
    return count


def two_more_for_each(bits):
    count = 0
    for _ in range(bits):
        count += 2
    return count


def highest_number(bits):
    return int("1" * bits, 2)


levels = {
    "right": [
        lambda bits: 1 << bits,
        lambda bits: np.int64(2) ** bits,
        lambda bits: pow(2, bits),
        lambda bits: int(math.pow(2, bits)),
        lambda bits: len(range(2**bits)),
        lambda bits: sum(1 for _ in itertools.product("01", repeat=bits)),
        lambda bits: np.array(2**bits),
        doubled,
    ],
    "wrong": [
        lambda bits: 256,
        lambda bits: 2**bits + 1,
        lambda bits: 2 ** (bits - 1),
        lambda bits: 2.0**bits,
        lambda bits: bits**2,
        lambda bits: bits * 2,
        lambda bits: 2 ^ bits,
        lambda bits: 10**bits,
        lambda bits: 2 ** (bits + 1),
        lambda bits: 8 * bits,
        highest_number,
        lambda bits: 2 ** (bits - 1) - 1,
        lambda bits: bits + 1,
        doubled_once_too_often,
        doubled_once_too_seldom,
        two_more_for_each,
        lambda bits: math.log2(bits),
        lambda bits: round(math.e**bits),
        lambda bits: bits << 2,
        lambda bits: bits * bits - 1,
        lambda bits: -(2 ** (bits - 1)),
        lambda bits: 2 * (bits + 1),
    ],
}
