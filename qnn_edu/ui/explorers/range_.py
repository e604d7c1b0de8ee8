"""Explore calibration: drag the range over real activations, trade clipping for rounding error."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import ipywidgets as widgets

from qnn_edu.draw.panels.range_ import Range
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.explorers.affine import covers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

BITS = range(2, 9)
ALT = (
    "Above, the histogram of a layer's activations, with a line where each method of calibration "
    "puts the upper end of the range; below, clipping error falling and rounding error rising with "
    "that end, and their sum, which has a minimum."
)
TIPS = {
    "range": "The real values lo and hi that the quantizer is to cover",
    "outlier": "One value of 24 among 8,192: which methods follow it?",
}


def range_(threshold: Callable | None = None, *, named: str = "yours") -> Live:
    """Drag the range over what the last convolution of the digits model answers to eight digits.

    Controls: `range` (lo, hi), `bits`, `outlier` (one value of 24 among 8,192). Values: what
    `numbers.range_.traded` gives. `threshold`: a method of the reader's own, which has a mark of
    this name; called as `numbers.range_.up_to_threshold` says, once for each setting.

    >>> explorer = range_()
    >>> hi, clipping, rounding = explorer.set(range=(0.0, 24.0)).values["here"]
    >>> clipping
    0.0
    """
    more = {}
    if threshold is not None:
        more[named] = cache(partial(numbers.range_.up_to_threshold, threshold))
    for bits in BITS:  # a tenth of a second each: rather now than under the reader's hand
        methods = list(numbers.range_.chosen(bits, False))  # the same for every number of bits
    screen = Plot.of(Range([*methods, *more]))
    compute = partial(numbers.range_.traded, more=more)
    return live(compute, screen, _controls(), readout=_readout, alt=ALT)


def _controls() -> dict[str, widgets.Widget]:
    highest = numbers.range_.HIGHEST
    return {
        "range": controls.interval("range", (0.0, 8.0), -2, highest, tip=TIPS["range"]),
        "bits": controls.bits(4, min(BITS), max(BITS)),
        "outlier": controls.switch("add one outlier of 24", False, tip=TIPS["outlier"]),
    }


def _readout(found: Numbers) -> dict[str, str]:
    _, clipping, rounding = found["here"]
    ends = {f"{name}: hi": f"{hi:.2f}" for name, (_, hi) in found["methods"].items()}
    return {
        "clipping error": f"{clipping:.2e}",
        "rounding error": f"{rounding:.2e}",
        "sum": f"{clipping + rounding:.2e}",
        "covers": covers(found),
        "SQNR": f"{found['sqnr_db']:.1f} dB",
        "clipped": f"{found['clipped']:.2%}",
        **ends,
    }
