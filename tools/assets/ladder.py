"""Record what each rounding leaves of ResNet-8, for lesson 11 and the documentation.

    python -m tools.assets.ladder CIFAR10

writes `qnn_edu/assets/resnet8_ladder.json` and a table in `docs/results.md`. CIFAR10 is a file as
`qnn_edu.data.cifar10` takes it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qnn_edu import nets
from qnn_edu.data import asset
from qnn_edu.data.assets import ASSETS
from qnn_edu.data.ladder import NAME
from qnn_edu.nets.ptq.methods import METHODS
from qnn_edu.nets.runs.images import Images, batches, load, origin
from qnn_edu.nets.runs.result import file_accuracy
from tools.assets.accuracy import PAGE, with_table

if TYPE_CHECKING:
    import keras

BITS = ((4, 8), (4, 4), (3, 8), (3, 3), (2, 8), (2, 2))  # of weights and activations
CALIBRATION = 8192  # training images, drawn
BEGIN = "<!-- made by python -m tools.assets.ladder -->"


def right(model: keras.Model, images: Images, weights: int, activations: int, how: str) -> float:
    """Right answers, in percent of the test images, of the file that this rounding makes."""
    drawn, _ = next(batches(images.train, size=CALIBRATION, seed=1, epoch=0))
    bits = {"weight_bits": weights, "activation_bits": activations}
    file = nets.convert(nets.quantize_trained(model, drawn, rounding=how, **bits), "int8")
    return round(file_accuracy(file, images.test, "xnnpack"), 2)


def table(found: dict[str, dict[str, float]]) -> str:
    """The record as a table in Markdown, a row for each rounding.

    >>> print(table({"float": {"none": 80}, "W4A8": {"mse": 78.2}, "W2A2": {"mse": 11.0}}))
    | rounding | W4A8 | W2A2 |
    |---|---|---|
    | mse | 78.20 | 11.00 |
    """
    bits = [name for name in found if name != "float"]
    rows = [["rounding", *bits]]
    for how in found[bits[0]]:
        rows.append([how, *(f"{found[name][how]:.2f}" for name in bits)])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---" * (len(bits) + 1) + "|", *lines[1:]])


def main(cifar10: Path) -> None:
    """Write the record beside the other assets."""
    images = load(origin("cifar10", cifar10))
    model = nets.load_model(asset("resnet8_cifar10.keras"))
    plain = file_accuracy(nets.convert(model, "float32"), images.test, "xnnpack")
    found = {"float": {"none": round(plain, 2)}}
    for weights, activations in BITS:
        found[f"W{weights}A{activations}"] = {
            how: right(model, images, weights, activations, how) for how in METHODS
        }
    (ASSETS / NAME).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    page = with_table(PAGE.read_text(encoding="utf-8"), table(found), BEGIN)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
