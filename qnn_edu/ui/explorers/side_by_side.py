"""Explore two networks: the same digit through the float file and through the int8 file."""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from qnn_edu.draw.panels.side_by_side import SideBySide
from qnn_edu.engine import KERNEL_SETS
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

ALT = (
    "Left, a handwritten digit; right, for each of ten classes two bars, the probability that the "
    "float network gives it and the one that the int8 network gives it."
)
TIPS = {
    "rank": "How sure the float network is: 0 is its narrowest decision",
    "kernels": "LiteRT's three sets of kernels",
}


def side_by_side() -> Live:
    """Step through all digits, the most doubtful first, and compare what both files answer.

    Controls: `rank` (0 is the most doubtful digit), `kernels`. Values: what
    `numbers.side_by_side.compared` gives.

    >>> found = side_by_side().values
    >>> found["digit"], found["truth"], int(np.argmax(found["quantized"]))
    (1468, 8, 3)
    """
    screen = Plot.of(SideBySide((8, 8), 10))
    return live(numbers.side_by_side.compared, screen, _controls(), readout=_readout, alt=ALT)


def _controls() -> dict[str, widgets.Widget]:
    last = len(numbers.side_by_side.most_doubtful_first()) - 1
    return {
        "rank": controls.whole("digit, the most doubtful first", 0, 0, last, tip=TIPS["rank"]),
        "kernels": controls.choice("kernels", "xnnpack", KERNEL_SETS, tip=TIPS["kernels"]),
    }


def _readout(found: Numbers) -> dict[str, str]:
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
