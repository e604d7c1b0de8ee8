"""Ways in which a sum, a difference, a product, a quotient or a power goes wrong."""

import numpy as np

from qnn_edu.lessons.steps.way import Way, rare

PLUS = (
    Way("left out", lambda a, b: a, "{b} is not added."),
    Way("subtracted", lambda a, b: a - b, "{b} is subtracted; it has to be added."),
    Way("first left out", lambda a, b: b, "{a} is missing; {b} is there alone."),
    Way("turned", lambda a, b: b - a, "{a} is subtracted; it has to be added."),
    *rare(
        Way("multiplied", lambda a, b: a * b, "{a} and {b} are multiplied; they have to be added."),
        Way("twice", lambda a, b: a + b + b, "{b} is added twice."),
        Way("first twice", lambda a, b: a + a + b, "{a} is added twice."),
    ),
)

MINUS = (
    Way("left out", lambda a, b: a, "{b} is not subtracted."),
    Way("added", lambda a, b: a + b, "{b} is added; it has to be subtracted."),
    Way("turned", lambda a, b: b - a, "the difference is turned round: it is {a} - {b}."),
    Way("first left out", lambda a, b: -b, "{a} is missing: -{b} is there alone."),
    *rare(
        Way(
            "second alone", lambda a, b: b, "{b} is there alone; it has to be subtracted from {a}."
        ),
        Way("twice", lambda a, b: a - b - b, "{b} is subtracted twice."),
        Way("size", lambda a, b: np.abs(a - b), "the difference {a} - {b} has lost its sign."),
        Way("one more", lambda a, b: a - b + 1, "{a} - {b} is one too large."),
        Way("one less", lambda a, b: a - b - 1, "{a} - {b} is one too small."),
        Way(
            "not below zero",
            lambda a, b: np.maximum(a - b, 0),
            "{a} - {b} may be negative; yours stops at 0.",
        ),
        Way("divided", lambda a, b: a / b, "{a} is divided by {b}; the difference is asked for."),
    ),
)

TIMES = (
    Way("left out", lambda a, b: a, "the factor {b} is missing: it is {a} * {b}."),
    Way("first left out", lambda a, b: b, "the factor {a} is missing: it is {a} * {b}."),
    Way("divided", lambda a, b: a / b, "{b} divides; it has to multiply."),
    Way("turned", lambda a, b: b / a, "{a} divides; it has to multiply."),
    *rare(
        Way("added", lambda a, b: a + b, "{a} and {b} are added; they have to be multiplied."),
        Way("subtracted", lambda a, b: a - b, "{b} is subtracted; it has to multiply."),
        Way("twice", lambda a, b: a * b * b, "the factor {b} is there twice."),
        Way("first twice", lambda a, b: a * a * b, "the factor {a} is there twice."),
        Way("root", lambda a, b: a * np.sqrt(b), "the factor is {b} itself, not its root."),
    ),
)

OVER = (
    Way("left out", lambda a, b: a, "the division by {b} is missing."),
    Way("multiplied", lambda a, b: a * b, "{b} multiplies; it has to divide."),
    Way("turned", lambda a, b: b / a, "upside down: {a} stands over {b}."),
    *rare(
        Way("first left out", lambda a, b: 1 / b, "{a} is missing above the line."),
        Way("second alone", lambda a, b: b, "{b} is there alone; it has to divide {a}."),
        Way("twice", lambda a, b: a / b / b, "divided by {b} twice."),
        Way("subtracted", lambda a, b: a - b, "{b} is subtracted; it has to divide."),
        Way("added", lambda a, b: a + b, "{b} is added; it has to divide."),
        Way("to sum", lambda a, b: a / (a + b), "{a} over {a} + {b}; it is {a} over {b}."),
        Way(
            "root",
            lambda a, b: a / np.sqrt(b),
            "divided by the root; it is {b} itself that divides.",
        ),
        Way("halved", lambda a, b: a / (2 * b), "divided by twice {b}."),
        Way("whole", lambda a, b: a // b, "// leaves whole numbers alone, rounded down."),
    ),
)

POWER = (
    Way("left out", lambda a, b: a, "the power is missing: {a} to the power of {b}."),
    Way("multiplied", lambda a, b: a * b, "{a} times {b}; it is {a} to the power of {b}."),
    *rare(
        Way(
            "about the mean",
            lambda a, b: (a - np.mean(a)) ** b,
            "the mean is taken off first; an energy is the plain sum of squares.",
        ),
        Way("turned", lambda a, b: b**a, "{b} to the power of {a}; it is {a} to the power of {b}."),
        Way("xor", lambda a, b: a ^ b, "in Python ^ is exclusive or. A power is **."),
        Way("size", lambda a, b: np.abs(a), "the size of {a}; it is {a} to the power of {b}."),
        Way("root", lambda a, b: np.sqrt(a), "the root of {a}; it is {a} to the power of {b}."),
    ),
)

LARGER = (
    Way("smaller", np.minimum, "the smaller of {a} and {b}; the larger one is asked for."),
    Way("first", lambda a, b: a, "{a} alone; the larger of {a} and {b} is asked for."),
    Way("second", lambda a, b: b, "{b} alone; the larger of {a} and {b} is asked for."),
    Way("sum", lambda a, b: a + b, "the sum of {a} and {b}; the larger one is asked for."),
    *rare(
        Way(
            "mean",
            lambda a, b: (a + b) / 2,
            "the mean of {a} and {b}; the larger one is asked for.",
        )
    ),
)

NEGATIVE = (Way("positive", lambda a: a, "the minus before {a} is missing."),)

ROOT = (
    Way("left out", lambda a: a, "the root is missing."),
    *rare(
        Way("squared", lambda a: a**2, "squared; it is the root that is asked for."),
    ),
)

LOGARITHM = (
    Way("natural", np.log, "the natural logarithm; it is the one to base 10."),
    Way("binary", np.log2, "the logarithm to base 2; it is the one to base 10."),
    Way("left out", lambda a: a, "the logarithm is missing."),
)

SIZE = (
    Way(
        "signed", lambda a: a, "the sign stays on {a}: negative ones count with their size, np.abs."
    ),
    *rare(Way("squared", lambda a: a**2, "squared; it is the size of {a} that counts.")),
)

SIGN = (
    Way("left out", lambda a: a, "how far it moves counts too in yours; its sign alone is wanted."),
)

SHIFT_RIGHT = (
    Way("one less", lambda a, b: a >> (b - 1), "shifted by one place too few."),
    Way("one more", lambda a, b: a >> (b + 1), "shifted by one place too many."),
    Way("left out", lambda a, b: a, "the shift is missing."),
    *rare(
        Way(
            "cut",
            lambda a, b: np.trunc(a / 2.0**b),
            "the fraction is cut off, towards zero; a shift rounds down.",
        ),
        Way("up", lambda a, b: np.ceil(a / 2.0**b), "rounded up; a shift rounds down."),
        Way("forgotten", lambda a, b: a / 2.0**b, "nothing is rounded to a whole number."),
        Way("left", lambda a, b: a << b, "shifted to the left; it goes to the right."),
    ),
)

SHIFT_LEFT = (
    Way("one more", lambda a, b: a << (b + 1), "one place too many: twice {a} << ({b})."),
    Way("one less", lambda a, b: (a << b) // 2, "one place too few: half of {a} << ({b})."),
    Way("left out", lambda a, b: 0, "{a} << ({b}) is missing."),
    *rare(
        Way("minus one", lambda a, b: (a << b) - 1, "one less than {a} << ({b}): ties go down."),
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
