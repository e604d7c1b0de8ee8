"""Train the digits network and write its three files: `python -m tools.assets.digits`."""

import os
import sys
from pathlib import Path

import numpy as np

from qnn_edu import quantize
from qnn_edu.data import digits
from qnn_edu.data.assets import ASSETS
from qnn_edu.nets.conversion.converter import convert
from qnn_edu.nets.litert.interpreter import run_tflite
from qnn_edu.nets.models import digits_net
from qnn_edu.nets.quiet import load_keras, load_tensorflow
from qnn_edu.tflite import read

SEED = 5
EPOCHS = 8
BATCH = 64
LEARNING_RATE = 0.02  # falls to 0 along a cosine


def train():
    """`digits_net`, trained on the training split and its shifts by one pixel."""
    tf, keras = load_tensorflow(), load_keras()
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    x, y = digits("train")
    images, labels = shifts(x), np.tile(y, 9)
    model = digits_net()
    steps = EPOCHS * -(-len(images) // BATCH)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)),
        keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    model.fit(images, labels, batch_size=BATCH, epochs=EPOCHS, verbose=2)
    plain = digits_net()  # the same weights without the optimizer's memory, 40 % of the file
    plain.set_weights(model.get_weights())
    return plain


def shifts(x: np.ndarray) -> np.ndarray:
    """All nine shifts of images (n, h, w, c) by at most one pixel, zeros moving in: (9 n, h, w, c).

    >>> shifts(np.ones((2, 8, 8, 1))).shape
    (18, 8, 8, 1)
    """
    height, width = x.shape[1:3]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    moved = [padded[:, r : r + height, c : c + width] for r in range(3) for c in range(3)]
    return np.concatenate(moved)


def accuracy(model: bytes, split: str, kernels: str = "xnnpack") -> float:
    """The share of digits that a model file names rightly, in percent."""
    x, y = digits(split)
    graph = read(model)
    params = graph.tensors[graph.inputs[0]].params
    scores = run_tflite(model, x if params is None else quantize(x, params), kernels=kernels)
    return 100 * float((scores.outputs[0].argmax(axis=1) == y).mean())


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write files, each seen under its name only when it is whole."""
    for name, content in files.items():
        part = folder / (name + ".part")
        part.write_bytes(content)
        os.replace(part, folder / name)


def main(folder: Path = ASSETS) -> None:
    """Train, convert, measure, write."""
    model = train()
    x, _ = digits("train")
    files = {
        "digits_float32.tflite": convert(model, "float32", batch=None),
        "digits_int8.tflite": convert(model, "int8", calibration=x, batch=None),
    }
    keras_part = folder / "part.digits.keras"  # Keras insists on the ending
    model.save(keras_part)
    os.replace(keras_part, folder / "digits.keras")
    write(folder, files)
    for name, content in files.items():
        print(f"{name}: {len(content):,} bytes, test {accuracy(content, 'test'):.2f} %")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
