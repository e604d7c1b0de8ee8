"""Ways in which a conversion goes wrong: too few bits, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qnn_edu.lessons.steps.way import Way, rare


def wraps(dtype: type) -> Callable:
    """To a narrow type as a processor does it: what does not fit wraps around.

    >>> int(wraps(np.int8)(128.7))
    -128
    """
    return lambda a, *_: np.trunc(a).astype(np.int64).astype(dtype)


def _in_float32(a: Any, *_: Any) -> Any:
    return a.astype(np.float32)


AS = (
    Way(
        "left out", lambda a, _: a, "{a} keeps its narrow type, and what does not fit wraps around."
    ),
    Way("int8", wraps(np.int8), "in int8, which holds -128 to 127; the rest wraps around."),
    Way("uint8", wraps(np.uint8), "in uint8, which holds 0 to 255; the rest wraps around."),
    *rare(
        Way(
            "int16",
            wraps(np.int16),
            "in int16, which holds -32768 to 32767; the rest wraps around.",
        ),
        Way(
            "int32",
            wraps(np.int32),
            "in int32, which is too narrow; what does not fit wraps around.",
        ),
        Way("float32", _in_float32, "in float32, which counts whole numbers up to 2**24 alone."),
    ),
)
INT = rare(Way("left out", lambda a: a, "{a} is not made an int."))

KINDS = {"astype": AS, "int": INT}
