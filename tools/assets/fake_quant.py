"""Record what TensorFlow's fake-quant op answers, for lessons that do not load TensorFlow.

    python -m tools.assets.fake_quant

writes `qnn_edu/assets/fake_quant_tensorflow.npz`: inputs `x` (n,), one row of answers `y` for each
case, and the cases themselves as `lo`, `hi`, `bits`, `narrow`. A test asks the op again.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

NAME = "fake_quant_tensorflow.npz"
CASES = [
    (-1.0, 1.0, 8, False),
    (-1.0, 1.0, 8, True),
    (-0.7, 5.3, 8, False),
    (-6.0, 6.0, 2, False),
    (2.0, 4.0, 8, False),
]


def answers() -> dict[str, np.ndarray]:
    """The record: 2001 inputs from -8 to 8, and what the op makes of them in each case."""
    from qnn_edu.nets.quiet import load_tensorflow

    fake_quant = load_tensorflow().quantization.fake_quant_with_min_max_vars
    x = np.linspace(-8, 8, 2001, dtype=np.float32)
    y = np.stack([fake_quant(x, *case).numpy() for case in CASES])
    lo, hi, bits, narrow = map(np.array, zip(*CASES, strict=True))
    return {"x": x, "y": y, "lo": lo, "hi": hi, "bits": bits, "narrow": narrow}


def main() -> None:
    """Write the record beside the other assets."""
    from qnn_edu.data import asset

    folder = Path(asset("digits_float32.tflite")).parent
    np.savez_compressed(folder / NAME, **answers())


if __name__ == "__main__":
    main()
