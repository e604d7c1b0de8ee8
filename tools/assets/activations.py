"""Record the activations that the range explorer shows, for readers without LiteRT.

    python -m tools.assets.activations

writes `qnn_edu/assets/digits_activations.npz`: `x`, float32 (8, 4, 4, 64), what the last
convolution of the digits model answers to the first eight training digits. A test asks the runtime
again.
"""

from __future__ import annotations

import numpy as np

from qnn_edu.data import asset, digits
from qnn_edu.data.assets import ASSETS
from qnn_edu.nets import run_tflite
from qnn_edu.tflite import read
from qnn_edu.ui.numbers.tensors import ACTIVATIONS, MODEL

IMAGES = 8


def answers() -> np.ndarray:
    """What LiteRT computes, with the kernels that it takes by default.

    >>> answers().shape
    (8, 4, 4, 64)
    """
    file = asset(MODEL)
    last = [op for op in read(file).operators if op.name == "CONV_2D"][-1]
    images, _ = digits("train")
    return run_tflite(file, images[:IMAGES], keep=True).tensors[last.outputs[0]]


def main() -> None:
    """Write the record beside the other assets."""
    np.savez_compressed(ASSETS / ACTIVATIONS, x=answers())


if __name__ == "__main__":
    main()
