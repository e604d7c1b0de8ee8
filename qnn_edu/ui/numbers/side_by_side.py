"""What the float and the int8 digits file answer to every digit there is."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np


def compared(*, rank: int, kernels: str) -> dict[str, Any]:
    """What both files answer to a digit, counted from the most doubtful one, 0.

    `digit`: its index in `data.digits("all")`; `image` (8, 8, 1); `truth`, its class; `real` and
    `quantized`, ten probabilities each.

    Raises:
        ValueError: unknown kernels.

    >>> found = compared(rank=0, kernels="xnnpack")
    >>> found["digit"], found["truth"], int(np.argmax(found["quantized"]))
    (1468, 8, 3)
    """
    x, y = _digits()
    real, quantized = answers(kernels)
    k = int(most_doubtful_first()[rank])
    return {
        "digit": k,
        "image": x[k],
        "truth": int(y[k]),
        "real": real[k],
        "quantized": quantized[k],
    }


@cache
def answers(kernels: str) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of all 1,797 digits: (float, int8), each float32 of shape (1797, 10).

    Raises:
        ValueError: unknown kernels.

    >>> real, quantized = answers("xnnpack")
    >>> np.flatnonzero(real.argmax(axis=1) != quantized.argmax(axis=1))
    array([1468])
    """
    from qnn_edu.core.affine import dequantize, quantize
    from qnn_edu.data import asset
    from qnn_edu.nets import run_tflite
    from qnn_edu.tflite import read

    x, _ = _digits()
    real = run_tflite(asset("digits_float32.tflite"), x, kernels=kernels).outputs[0]
    file = asset("digits_int8.tflite")
    graph = read(file)
    takes, gives = (graph.tensors[i].params for i in (*graph.inputs, *graph.outputs))
    q = run_tflite(file, quantize(x, takes), kernels=kernels).outputs[0]
    quantized = dequantize(q, gives)
    real.flags.writeable = quantized.flags.writeable = False  # they are kept, and handed out again
    return real, quantized


@cache
def most_doubtful_first() -> np.ndarray:
    """The indices of all digits, the one with the narrowest decision of the float file first.

    >>> int(most_doubtful_first()[0])
    1468
    """
    best = np.sort(answers("xnnpack")[0], axis=1)
    return np.argsort(best[:, -1] - best[:, -2], kind="stable")


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    from qnn_edu.data import digits

    return digits("all")
