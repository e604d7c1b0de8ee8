"""What ResNet-8 is right on after each rung of the ladder, kept since the images are not ours."""

from __future__ import annotations

import json

from qnn_edu.data.assets import asset

NAME = "resnet8_ladder.json"


def recorded_ladder() -> dict[str, dict[str, float]]:
    """Bits -> rounding -> right answers in percent of 10,000 CIFAR-10 test images.

    Bits are those of weights and activations, as "W3A3", or "float". Roundings are those of
    `nets.quantize_trained`, which was given 8,192 training images; the `.tflite` files ran under
    the XNNPACK kernels. The network is the asset `resnet8_cifar10.keras`.

    >>> found = recorded_ladder()
    >>> found["float"]
    {'none': 79.82}
    >>> found["W3A3"]["nearest"] < 50 < 75 < found["W3A3"]["gptq"]
    True
    """
    return json.loads(asset(NAME).read_text(encoding="utf-8"))
