"""Accuracies on CIFAR-10 that this project measured: hours of training, kept as one small file."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from qnn_edu.data.assets import asset

NAME = "cifar10_accuracy.json"
WAYS = {  # what may be done to a network, by the names under which accuracies are asked for
    "float": "float",
    "ptq": "rounded to nearest",
    "mse": "rounded to nearest, steps of least error",
    "bias": "rounded to nearest, means kept",
    "gptq": "rounded by GPTQ",
    "descend": "rounded by descent",
    "adaround": "rounded by AdaRound",
    "distill": "rounded by descent, taught by the float network",
    "qat": "trained with quantizers",
}


def recorded_runs() -> list[dict[str, Any]]:
    """What each run gave: model, method, bits, seed, and accuracies in percent of 10,000 images.

    `accuracy` is that of the trained Keras model, `file_accuracy` that of its `.tflite` file under
    each of LiteRT's kernel sets. `make results` gathers them from `results/runs`.

    >>> {run["method"] for run in recorded_runs()} == {"float", "ptq", "qat"}
    True
    """
    return json.loads(asset(NAME).read_text(encoding="utf-8"))


def way(run: dict[str, Any]) -> str:
    """What was done in a run, a key of `WAYS`: how weights were rounded, where nothing was trained.

    >>> way({"method": "qat"}), way({"method": "ptq", "rounding": "gptq"}), way({"method": "ptq"})
    ('qat', 'gptq', 'ptq')
    """
    rounding = run.get("rounding", "nearest")
    return run["method"] if rounding == "nearest" else rounding


def recorded_accuracy(model: str) -> dict[str, dict[int, list[float]]]:
    """Way -> bits -> the accuracy of each seed's file in percent; 32 bits for "float".

    Ways are keys of `WAYS`: "float", "ptq" (rounded to nearest), "qat", and each better rounding
    that was run, such as "gptq". Files ran under the XNNPACK kernels, LiteRT's default.

    Raises:
        ValueError: a model that was not trained.

    >>> sorted(recorded_accuracy("resnet8")["qat"])
    [2, 3, 4, 5, 6, 7, 8]
    """
    found: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    runs = recorded_runs()
    for run in runs:
        if run["model"] == model:
            found[way(run)][run["bits"] or 32].append(run["file_accuracy"]["xnnpack"])
    if not found:
        known = sorted({run["model"] for run in runs})
        raise ValueError(
            f"recorded_accuracy: no {model!r} was trained; choose one of {', '.join(known)}."
        )
    return {name: dict(found[name]) for name in WAYS if name in found}
