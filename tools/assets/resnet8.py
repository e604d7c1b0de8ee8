"""Train ResNet-8 on CIFAR-10 and write it: `python -m tools.assets.resnet8 [CIFAR10_FILE]`.

CIFAR10_FILE is what `qnn_edu.data.cifar10` takes as `file`; without it the official archive is
downloaded.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

from qnn_edu.data import cifar10
from qnn_edu.data.assets import ASSETS
from qnn_edu.nets.models import resnet
from qnn_edu.nets.quiet import load_keras, load_tensorflow

NAME = "resnet8_cifar10.keras"
SEED = 1
EPOCHS = 20
BATCH = 128
LEARNING_RATE = 0.1  # falls to 0 along a cosine
WEIGHT_DECAY = 1e-4


def train(x: np.ndarray, y: np.ndarray):
    """`resnet(8)` trained on images x, uint8 (n, 32, 32, 3), and classes y (n,)."""
    tf, keras = load_tensorflow(), load_keras()
    keras.utils.set_random_seed(SEED)
    model = resnet(8)
    steps = EPOCHS * (len(x) // BATCH)
    model.compile(
        keras.optimizers.SGD(
            keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps),
            momentum=0.9,
            nesterov=True,
            weight_decay=WEIGHT_DECAY,
        ),
        keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    images = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=SEED)
    images = images.batch(BATCH, drop_remainder=True).map(_varied).prefetch(2)
    model.fit(images, epochs=EPOCHS, verbose=2)
    plain = resnet(8)  # the same weights without the optimizer's memory
    plain.set_weights(model.get_weights())
    return plain


def _varied(images, labels):
    """A batch, mirrored and shifted at random, as real numbers from 0 to 1."""
    tf = load_tensorflow()
    images = tf.cast(images, tf.float32) / 255
    images = tf.pad(images, ((0, 0), (4, 4), (4, 4), (0, 0)))
    images = tf.image.random_crop(images, (BATCH, 32, 32, 3))
    return tf.image.random_flip_left_right(images), labels


def main(file: Path | None = None) -> None:
    """Train, measure, write."""
    model = train(*cifar10("train", file=file))
    x, y = cifar10("test", file=file)
    right = model.predict(x / np.float32(255), batch_size=500, verbose=0).argmax(axis=1) == y
    part = ASSETS / ("part." + NAME)  # Keras insists on the ending
    model.save(part)
    os.replace(part, ASSETS / NAME)
    print(f"{NAME}: test {100 * right.mean():.2f} %")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
