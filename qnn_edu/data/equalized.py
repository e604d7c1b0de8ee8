"""What equalizing did to a MobileNet trained on CIFAR-10; kept, since training takes its time."""

from __future__ import annotations

import json

from qnn_edu.data.assets import asset

NAME = "mobilenet_equalized.json"


def recorded_equalization() -> dict[str, dict[str, float]]:
    """What was done -> "float", "int8 per tensor", "int8 per channel": right answers in percent.

    The network is MobileNet v1 of width 0.25, whose every activation is a ReLU6; ranges were
    measured on 512 training images, and 10,000 test images were judged.

    >>> list(recorded_equalization())[0]
    'as trained'
    """
    return json.loads(asset(NAME).read_text(encoding="utf-8"))
