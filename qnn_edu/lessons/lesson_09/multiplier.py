"""m is about multiplier * 2**(shift - bits), 2**(bits - 1) <= multiplier < 2**bits."""

import numpy as np

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(m, bits):
    mantissa, shift = np.frexp(m)
    whole = int(np.round(mantissa * 2**bits))
    if whole == 2**bits:  # rounded up to the next power of two
        return whole // 2, int(shift) + 1
    return whole, int(shift)


@mistake(
    "the multiplier is not normalised. A small m leaves most of its bits empty: take the "
    "mantissa, between 1/2 and 1, and keep the exponent as the shift."
)
def not_normalised(m, bits):
    return int(np.floor(m * 2**bits + 0.5)), 0


@mistake("your mantissa lies between 1 and 2, so the multiplier has one bit too many.")
def from_one_to_two(m, bits):
    mantissa, shift = np.frexp(m)
    return int(np.floor(2 * mantissa * 2**bits + 0.5)), int(shift) - 1


@mistake("cut off instead of rounded: add 0.5 before int().")
def truncated_multiplier(m, bits):
    mantissa, shift = np.frexp(m)
    return int(mantissa * 2**bits), int(shift)


@mistake(
    "nearly. A mantissa just below 1 rounds up to 2**bits, one bit too many: halve it, and add 1 "
    "to the shift."
)
def one_bit_too_many(m, bits):
    mantissa, shift = np.frexp(m)
    return int(np.floor(mantissa * 2**bits + 0.5)), int(shift)


@mistake(
    "one bit is left unused: the multiplier lies between 2**(bits - 2) and 2**(bits - 1). The "
    "mantissa takes all bits."
)
def one_bit_too_few(m, bits):
    mantissa, shift = np.frexp(m)
    return int(np.round(mantissa * 2 ** (bits - 1))), int(shift) + 1


@mistake("the sign of the shift: m = multiplier * 2**(shift - bits).")
def shift_reversed(m, bits):
    multiplier, shift = solution(m, bits)
    return multiplier, -shift


multiplier = Exercise(
    "A multiplier of n bits",
    solution,
    cases=[
        (0.3, 4),
        (0.0123, 8),
        (0.25, 5),
        (0.2499, 4),
        (1.7, 6),
        (0.003, 31),
        (0.97, 3),
        (0.66, 5),
        (0.0517, 7),
        (2.3, 4),
        (0.109, 16),
        (0.0073, 5),
        (0.48, 3),
    ],
    mistakes=(
        not_normalised,
        from_one_to_two,
        truncated_multiplier,
        one_bit_too_many,
        one_bit_too_few,
        shift_reversed,
    ),
    hints=(
        "mantissa, shift = np.frexp(m) gives m = mantissa * 2**shift with 0.5 <= mantissa < 1.",
        "Round mantissa * 2**bits to a whole number. Which one is too large for the bits?",
        "If it is 2**bits, return 2**(bits - 1) and shift + 1.",
    ),
)
