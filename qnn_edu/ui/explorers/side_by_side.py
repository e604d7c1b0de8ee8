"""Explore two networks: the same digit through the float file and through the int8 file."""

from __future__ import annotations

from functools import cache
from typing import Any

import ipywidgets as widgets
import numpy as np

from qnn_edu.draw import style
from qnn_edu.draw.panels.side_by_side import OneImage, TwoAnswers
from qnn_edu.nets.litert.interpreter import KERNELS
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.numbers.side_by_side import answers, most_doubtful_first
from qnn_edu.ui.screen import Plot

ALT = (
    "Left, a handwritten digit; right, for each of ten classes two bars, the probability that the "
    "float network gives it and the one that the int8 network gives it."
)


def side_by_side() -> Live:
    """Step through all digits, the most doubtful first, and compare what both files answer.

    Controls: `rank` (0 is the most doubtful digit), `kernels`. Values: `digit` (its index in
    `data.digits("all")`), `image`, `truth`, `real` and `quantized` (ten probabilities each).

    >>> found = side_by_side().values
    >>> found["digit"], found["truth"], int(np.argmax(found["quantized"]))
    (1468, 8, 3)
    """
    figure = style.figure(8.8, 3.0)
    left, right = figure.subplots(1, 2, width_ratios=(1, 2.6))
    image, bars = OneImage(left, (8, 8)), TwoAnswers(right, 10)

    def paint(found: dict[str, Any]) -> None:
        image.update(found["image"])
        bars.update(found["real"], found["quantized"])

    artists = [*image.artists, *bars.artists]
    screen = Plot(paint, figure, artists)
    return live(_compute, screen, _controls(), readout=_readout, alt=ALT)


def _compute(*, rank: int, kernels: str) -> dict[str, Any]:
    x, y = _digits()
    real, quantized = answers(kernels)
    k = int(most_doubtful_first()[rank])
    return {
        "digit": k,
        "image": x[k],
        "truth": int(y[k]),
        "real": real[k],
        "quantized": quantized[k],
    }


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    from qnn_edu.data import digits

    return digits("all")


def _controls() -> dict[str, widgets.Widget]:
    return {
        "rank": widgets.IntSlider(
            0, 0, len(most_doubtful_first()) - 1, description="digit, the most doubtful first",
            tooltip="How sure the float network is: 0 is its narrowest decision",
        ),
        "kernels": widgets.ToggleButtons(
            options=list(KERNELS), value="xnnpack", description="kernels",
            style={"button_width": "auto"}, tooltip="LiteRT's three sets of kernels",
        ),
    }  # fmt: skip


def _readout(found: dict[str, Any]) -> dict[str, str]:
    def says(p: np.ndarray) -> str:
        return f"{p.argmax()} ({p.max():.3f})"

    same = found["real"].argmax() == found["quantized"].argmax()
    return {
        "number": f"{found['digit']}",
        "truth": f"{found['truth']}",
        "float says": says(found["real"]),
        "int8 says": says(found["quantized"]),
        "largest difference": f"{np.abs(found['real'] - found['quantized']).max():.3f}",
        "they": "agree" if same else "disagree",
    }
