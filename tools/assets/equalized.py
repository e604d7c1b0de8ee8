"""Record what equalizing does to a trained MobileNet with ReLU6, for lesson 11.

    python -m tools.assets.equalized RUN CIFAR10

writes `qnn_edu/assets/mobilenet_equalized.json`. RUN is the folder of a finished float run of
mobilenet_v1 (`qnn-edu train`), CIFAR10 a file as `qnn_edu.data.cifar10` takes it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qnn_edu import nets
from qnn_edu.data.assets import ASSETS
from qnn_edu.data.equalized import NAME
from qnn_edu.nets.quiet import load_keras
from qnn_edu.nets.runs.images import Images, as_input, load, origin
from qnn_edu.nets.runs.result import accuracy, file_accuracy

if TYPE_CHECKING:
    import keras

CALIBRATION = 512  # training images


def variants(model: keras.Model) -> dict[str, keras.Model]:
    """The network as trained, and equalized in three ways; ReLU6 is what they differ in."""
    folded, equal = nets.fold(model), nets.equalize(model)
    return {
        "as trained": folded,
        "equalized, ReLU6 left in": with_weights(folded, equal, cap=6.0),
        "equalized, ReLU6 made ReLU": with_weights(folded, equal, cap=None),
        "equalized, a cap for each channel": equal,
    }


def with_weights(folded: keras.Model, equal: keras.Model, *, cap: float | None) -> keras.Model:
    """The folded network with the equalized one's weights, each ReLU cut off at `cap`."""
    keras = load_keras()

    def capped(layer: keras.Layer) -> keras.Layer:
        config = layer.get_config()
        if isinstance(layer, keras.layers.ReLU):
            config["max_value"] = cap
        return type(layer).from_config(config)

    copy = keras.models.clone_model(folded, clone_function=capped)
    for layer in copy.layers:
        if layer.weights:
            layer.set_weights(equal.get_layer(layer.name).get_weights())
    return copy


def measured(model: keras.Model, images: Images) -> dict[str, float]:
    """Right answers in percent: in float, and of int8 files with one scale a weight tensor, or one
    a channel."""
    drawn = np.random.default_rng(0).permutation(len(images.train[0]))[:CALIBRATION]
    found = {"float": accuracy(model, images.test)}
    for name, each in {"per tensor": False, "per channel": True}.items():
        file = nets.convert(
            model, "int8", calibration=as_input(images.train[0][drawn]), per_channel=each
        )
        found[f"int8 {name}"] = file_accuracy(file, images.test, "xnnpack")
    return {name: round(right, 2) for name, right in found.items()}


def main(run: Path, cifar10: Path) -> None:
    """Write the record beside the other assets."""
    images = load(origin("cifar10", cifar10))
    model = nets.load_model(run / "model.keras")
    rows = {name: measured(each, images) for name, each in variants(model).items()}
    (ASSETS / NAME).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
