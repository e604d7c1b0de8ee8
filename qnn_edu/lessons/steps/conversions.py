"""Ways in which a conversion goes wrong: too few bits, or none."""

import numpy as np

from qnn_edu.lessons.steps.way import Way, rare


def wraps(dtype):
    """To a narrow type as a processor does it: what does not fit wraps around."""
    return lambda a, *_: np.trunc(a).astype(np.int64).astype(dtype)


AS = (
    Way(
        "left",
        lambda a, _: a,
        "{a} keeps its narrow type, and what does not fit wraps around. Widen it first.",
    ),
    Way("int8", wraps(np.int8), "int8 holds -128 to 127; the rest wraps around."),
    Way("uint8", wraps(np.uint8), "uint8 holds 0 to 255; the rest wraps around."),
    *rare(
        Way("int16", wraps(np.int16), "int16 holds -32768 to 32767; the rest wraps around."),
        Way("int32", wraps(np.int32), "int32 is too narrow; what does not fit wraps around."),
        Way(
            "float32",
            lambda a, _: a.astype(np.float32),
            "float32 counts whole numbers up to 2**24 alone.",
        ),
    ),
)

INT = rare(Way("left", lambda a: a, "{a} is not made an int."))

KINDS = {"int": INT, "astype": AS}
