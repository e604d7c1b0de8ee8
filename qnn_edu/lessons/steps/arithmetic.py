"""Ways in which a sum, a difference, a product, a quotient or a power goes wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from qnn_edu.lessons.steps.fits import is_whole, only
from qnn_edu.lessons.steps.way import Way, alone, rare

PLUS = (
    Way("left out", lambda a, b: a, "{b} is not added to {a}."),
    Way("subtracted", lambda a, b: a - b, "{b} is subtracted; it has to be added."),
    Way("first left out", lambda a, b: b, "{a} is missing; {b} is there alone."),
    Way("first subtracted", lambda a, b: b - a, "{a} is subtracted; it has to be added."),
    *rare(Way("multiplied", lambda a, b: a * b, "{a} * {b} in place of {a} + {b}.")),
    *alone(
        Way("twice", lambda a, b: a + b + b, "{b} is added twice."),
        Way("first twice", lambda a, b: a + a + b, "{a} is added twice."),
    ),
)

STEPS = (127, 128, 255, 256)  # of usual grids, taken for those of any
MINUS = (
    Way("left out", lambda a, b: a, "{b} is not subtracted from {a}."),
    Way("added", lambda a, b: a + b, "{b} is added; it has to be subtracted."),
    Way("turned", lambda a, b: b - a, "the difference is turned round: it is {a} - {b}."),
    Way("first left out", lambda a, b: -b, "{a} is missing: -{b} is there alone."),
    *rare(
        Way("second alone", lambda a, b: b, "{b} is there alone; subtract it from {a}."),
        Way("size", lambda a, b: np.abs(a - b), "{a} - {b} has lost its sign."),
        *(Way(f"{n}", lambda a, b, n=n: n, f"{n}, always, for {{a}} - {{b}}.") for n in STEPS),
        Way(
            "from 0", lambda a, b: np.maximum(a - b, 0), "{a} - {b} may be negative, not in yours."
        ),
        Way("divided", lambda a, b: a / b, "{a} / {b} in place of {a} - {b}."),
    ),
    *alone(
        Way("one more", lambda a, b: a - b + 1, "{a} - {b} is one too large."),
        Way("one less", lambda a, b: a - b - 1, "{a} - {b} is one too small."),
        Way("twice", lambda a, b: a - b - b, "{b} is subtracted twice."),
    ),
)

TIMES = (
    Way("left out", lambda a, b: a, "{a} is not multiplied by {b}."),
    Way("first left out", lambda a, b: b, "{b} is not multiplied by {a}."),
    Way("divided", lambda a, b: a / b, "{a} / {b} in place of {a} * {b}."),
    Way("dividing", lambda a, b: b / a, "{b} / {a} in place of {a} * {b}."),
    *rare(
        Way("added", lambda a, b: a + b, "{a} + {b} in place of {a} * {b}."),
        Way("subtracted", lambda a, b: a - b, "{a} - {b} in place of {a} * {b}."),
    ),
    *alone(
        Way("twice", lambda a, b: a * b * b, "multiplied by {b} twice."),
        Way("first twice", lambda a, b: a * a * b, "multiplied by {a} twice."),
        Way("root", lambda a, b: a * np.sqrt(b), "multiplied by the root of {b}, not by {b}."),
    ),
)

OVER = (
    Way("left out", lambda a, b: a, "{a} is not divided by {b}."),
    Way("multiplied", lambda a, b: a * b, "{a} is multiplied by {b}, not divided."),
    Way("turned", lambda a, b: b / a, "upside down: it is {a} over {b}."),
    *rare(
        Way("1 over", lambda a, b: 1 / b, "1 over {b} in place of {a} over {b}."),
        Way("second alone", lambda a, b: b, "{b} is there alone; it divides {a}."),
        Way("subtracted", lambda a, b: a - b, "{a} - {b} in place of {a} / {b}."),
        Way("added", lambda a, b: a + b, "{a} + {b} in place of {a} / {b}."),
        Way("over the sum", lambda a, b: a / (a + b), "{a} over the sum of both; it is {a} / {b}."),
        Way("root", lambda a, b: a / np.sqrt(b), "divided by the root of {b}, not by {b}."),
        Way("whole", lambda a, b: a // b, "// leaves whole numbers alone, rounded down."),
    ),
    *alone(
        Way("twice", lambda a, b: a / b / b, "divided by {b} twice."),
        Way("by twice", lambda a, b: a / (2 * b), "divided by twice {b}."),
    ),
)


def _about_the_mean(a: Any, b: Any) -> Any:
    return (a - np.mean(a)) ** b


def _left_out(a: Any, b: Any) -> Any:
    if is_whole(a):
        raise TypeError("a number such as the 2 of 2 ** bits")
    return a


POWER = (
    Way("left out", _left_out, "{a} is not raised to the power of {b}."),
    Way("multiplied", lambda a, b: a * b, "{a} times {b}; it is {a} to the power of {b}."),
    *rare(
        Way("about the mean", _about_the_mean, "the mean is taken off first; leave it in."),
        Way("turned", lambda a, b: b**a, "{b} to the power of {a}; it is {a} to that of {b}."),
        Way("xor", only(is_whole, lambda a, b: a ^ b), "in Python ^ is exclusive or, ** a power."),
        Way("size", lambda a, b: np.abs(a), "the size of {a}, not its power of {b}."),
        Way("root", lambda a, b: np.sqrt(a), "the root of {a}, not its power of {b}."),
    ),
)

LARGER = (
    Way("first", lambda a, b: a, "{a} alone; the larger of {a} and {b} is asked for."),
    Way("second", lambda a, b: b, "{b} alone; the larger of {a} and {b} is asked for."),
    Way("smaller", np.minimum, "the smaller of {a} and {b}; the larger one is asked for."),
    Way("sum", lambda a, b: a + b, "the sum of {a} and {b}; the larger one is asked for."),
)

NEGATIVE = (Way("left out", lambda a: a, "the minus before {a} is missing."),)

ROOT = (
    Way("left out", lambda a: a, "the root is missing."),
    *rare(Way("squared", lambda a: a**2, "the square in place of the root.")),
)

LOGARITHM = (
    Way("natural", np.log, "the natural logarithm; it is the one to base 10."),
    Way("binary", np.log2, "the logarithm to base 2; it is the one to base 10."),
    Way("left out", lambda a: a, "the logarithm is missing."),
)

SIZE = (
    Way("left out", lambda a: a, "{a} keeps its sign; sizes are asked for, np.abs."),
    *rare(Way("squared", lambda a: a**2, "squares in place of the sizes of {a}.")),
)

SIGN = (Way("left out", lambda a: a, "how far counts in yours; the sign alone is asked for."),)

SHIFT_RIGHT = (
    Way("one less", lambda a, b: a >> (b - 1), "shifted by one place too few."),
    Way("one more", lambda a, b: a >> (b + 1), "shifted by one place too many."),
    Way("left out", lambda a, b: a, "nothing is shifted."),
    *rare(
        Way("cut", lambda a, b: np.trunc(a / 2.0**b), "cut off towards zero; a shift rounds down."),
        Way("up", lambda a, b: np.ceil(a / 2.0**b), "rounded up; a shift rounds down."),
        Way("exact", lambda a, b: a / 2.0**b, "nothing is rounded to a whole number."),
        Way("left", lambda a, b: a << b, "shifted to the left; it goes to the right."),
    ),
)

SHIFT_LEFT = (
    Way("one more", lambda a, b: a << (b + 1), "one place too many: twice {a} << {b}."),
    Way("one less", lambda a, b: (a << b) // 2, "one place too few: half of {a} << {b}."),
    Way("zero", lambda a, b: 0, "0 in place of {a} << {b}."),
    *rare(
        Way("minus one", lambda a, b: (a << b) - 1, "one less than {a} << {b}: ties go down."),
        Way("right", lambda a, b: a >> b, "shifted to the right; it goes to the left."),
    ),
)

KINDS = {
    "+": PLUS,
    "-": MINUS,
    "*": TIMES,
    "/": OVER,
    "**": POWER,
    "maximum": LARGER,
    "negative": NEGATIVE,
    "sqrt": ROOT,
    "log10": LOGARITHM,
    "abs": SIZE,
    "sign": SIGN,
    ">>": SHIFT_RIGHT,
    "<<": SHIFT_LEFT,
}
