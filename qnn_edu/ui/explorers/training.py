"""Explore ranges in training: a moving average follows its batches, and rounding waits for it."""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from qnn_edu.draw.panels.training import Training
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

ALT = (
    "Above, the largest activation of each batch as dots and the range that follows them as a "
    "line; below, the signal-to-noise ratio of each batch rounded in that range. Batches that pass "
    "unrounded are shaded."
)
TIPS = {
    "start": "What the range is before the second batch",
    "momentum": "How much of the old range stays with each batch",
    "delay": "Batches that pass unrounded first",
    "outlier": "What the largest value of batch 70 is multiplied by",
}


def training() -> Live:
    """Let a moving average follow 120 batches, and see what rounding leaves of each.

    The activations are made up: they grow over 40 batches, as early in training, then stay.
    Controls: `start` (where the average begins), `momentum`, `delay` (batches that pass unrounded),
    `outlier` (what the largest value of batch 70 is multiplied by), `bits`. Values: what
    `numbers.training.followed` gives.

    >>> found = training().at(start="zero", momentum=0.98, delay=0)
    >>> round(float(found["sqnr_db"][0]), 1), round(float(found["range"][0]), 2)
    (0.3, 0.04)
    """
    screen = Plot.of(Training(numbers.training.BATCHES))
    compute = numbers.training.followed
    return live(compute, screen, _controls(), readout=_readout, alt=ALT, idle=_idle)


def _idle(*, momentum: float, **others: object) -> set[str]:
    return set() if momentum else {"start"}  # nothing is remembered


def _controls() -> dict[str, widgets.Widget]:
    starts = numbers.training.STARTS
    stays = {"low": 0, "high": 0.99, "step": 0.01, "digits": 2}
    return {
        "start": controls.choice("the average starts at", starts[0], starts, tip=TIPS["start"]),
        "momentum": controls.real("momentum", 0.9, **stays, tip=TIPS["momentum"]),
        "delay": controls.whole("delay", 0, 0, 100, tip=TIPS["delay"]),
        "outlier": controls.real("outlier, times", 1.0, 1, 20, step=0.5, tip=TIPS["outlier"]),
        "bits": controls.bits(4),
    }


def _readout(found: Numbers) -> dict[str, str]:
    sqnr, clipped = found["sqnr_db"], found["clipped"]
    worst = int(np.nanargmin(sqnr))
    return {
        "median": f"{np.nanmedian(sqnr):.1f} dB",
        "worst": f"{sqnr[worst]:.1f} dB in batch {worst}",
        "clipped": f"{np.nanmean(clipped):.1%} of the values, at most {np.nanmax(clipped):.0%}",
        "range at the end": f"0 to {found['range'][-1]:.2f}",
    }
