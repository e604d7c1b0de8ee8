"""Accuracies on CIFAR-10 that this project measured: hours of training, kept as one small file."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from qnn_edu.data.assets import asset

NAME = "cifar10_accuracy.json"


def recorded_runs() -> list[dict[str, Any]]:
    """What each run gave: model, method, bits, seed, and accuracies in percent of 10,000 images.

    `accuracy` is that of the trained Keras model, `file_accuracy` that of its `.tflite` file under
    each of LiteRT's kernel sets. `make results` gathers them from `results/runs`.

    >>> {run["method"] for run in recorded_runs()} == {"float", "ptq", "qat"}
    True
    """
    return json.loads(asset(NAME).read_text(encoding="utf-8"))


def recorded_accuracy(model: str) -> dict[str, dict[int, list[float]]]:
    """Method -> bits -> the accuracy of each seed's file in percent; 32 bits for "float".

    Files ran under the XNNPACK kernels, LiteRT's default.

    Raises:
        ValueError: a model that was not trained.

    >>> sorted(recorded_accuracy("resnet8")["qat"])
    [2, 3, 4, 5, 6, 7, 8]
    """
    found: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    runs = recorded_runs()
    for run in runs:
        if run["model"] == model:
            found[run["method"]][run["bits"] or 32].append(run["file_accuracy"]["xnnpack"])
    if not found:
        known = sorted({run["model"] for run in runs})
        raise ValueError(
            f"recorded_accuracy: no {model!r} was trained; choose one of {', '.join(known)}."
        )
    return {method: dict(by_bits) for method, by_bits in found.items()}
