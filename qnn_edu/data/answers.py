"""What MobileNet answered to four photographs, kept for readers without a network."""

from __future__ import annotations

import json

from qnn_edu.data.assets import asset

NAME = "mobilenet_answers.json"


def recorded_answers() -> dict[str, dict[str, dict[str, float]]]:
    """Photograph -> file, "uint8" or "float twin" -> its three likeliest labels: probability.

    The files are MobileNet v1 0.5 160 of 2018 and the same in real numbers; the photographs are
    160 pixels wide, and LiteRT ran its own choice of kernels.

    >>> recorded_answers()["coffee"]["uint8"]["espresso"]
    0.828125
    """
    return json.loads(asset(NAME).read_text(encoding="utf-8"))
