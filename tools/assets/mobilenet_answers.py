"""Record what MobileNet says of the photographs in lesson 01, for readers without a network.

    python -m tools.assets.mobilenet_answers

writes `qnn_edu/assets/mobilenet_answers.json`. It fetches the model once. A test with real models
asks again.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

import qnn_edu
from qnn_edu.data import fetch, imagenet_labels, photo
from qnn_edu.data.answers import NAME
from qnn_edu.data.assets import ASSETS
from qnn_edu.nets import run_tflite
from qnn_edu.tflite import float_twin, read

MODEL = "mobilenet_v1_0.5_160_uint8.tflite"
PHOTOS = ("chelsea", "coffee", "motorcycle", "china")
SHOWN = 3


def answers(model: Path, labels: list[str]) -> dict[str, dict[str, dict[str, float]]]:
    """As `qnn_edu.data.recorded_answers` gives them."""
    graph, twin = read(model), float_twin(model)
    takes, gives = (graph.tensors[i].params for i in (*graph.inputs, *graph.outputs))
    found = {}
    for name in PHOTOS:
        pixels = photo(name, size=160)[None]
        q = run_tflite(model, pixels).outputs[0]
        real = run_tflite(twin, qnn_edu.dequantize(pixels, takes)).outputs[0]
        both = {"uint8": qnn_edu.dequantize(q, gives), "float twin": real}
        found[name] = {file: _likeliest(p[0], labels) for file, p in both.items()}
    return found


def _likeliest(p: np.ndarray, labels: list[str]) -> dict[str, float]:
    best = np.argsort(-p, kind="stable")[:SHOWN]
    return {labels[c].split(",")[0]: round(float(p[c]), 8) for c in best}


def main() -> None:
    """Write the record beside the other assets."""
    text = json.dumps(answers(fetch(MODEL), imagenet_labels()), indent=1)
    (ASSETS / NAME).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
