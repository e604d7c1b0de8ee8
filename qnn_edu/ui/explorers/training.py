"""Explore ranges in training: a moving average follows its batches, and rounding waits for it."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from qnn_edu.draw import style
from qnn_edu.draw.panels.training import Following, Quality
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.numbers import training as streams
from qnn_edu.ui.screen import Plot

TOP = 12.0
SQNR = (-1.0, 50.0)
ALT = (
    "Above, the largest activation of each batch as dots and the range that follows them as a "
    "line; below, the signal-to-noise ratio of each batch rounded in that range. Batches that pass "
    "unrounded are shaded."
)


def training() -> Live:
    """Let a moving average follow 120 batches, and see what rounding leaves of each.

    The activations are made up: they grow over 40 batches, as early in training, then stay.
    Controls: `start` (where the average begins), `momentum`, `delay` (batches that pass unrounded),
    `outlier` (what the largest value of batch 70 is multiplied by), `bits`. Values: what
    `ui.streams.followed` gives.

    >>> found = training().at(start="zero", momentum=0.98, delay=0)
    >>> round(float(found["sqnr_db"][0]), 1), round(float(found["range"][0]), 2)
    (0.3, 0.04)
    """
    figure = style.figure(8.0, 4.6)
    upper, lower = figure.subplots(2, height_ratios=(1.3, 1))
    range_, quality = Following(upper, streams.BATCHES, TOP), Quality(lower, streams.BATCHES, SQNR)

    def paint(found: dict[str, Any]) -> None:
        range_.update(found["extremes"], found["range"], found["delay"])
        quality.update(found["sqnr_db"], found["delay"])

    screen = Plot(paint, figure, [*range_.artists, *quality.artists])
    return live(streams.followed, screen, _controls(), readout=_readout, alt=ALT)


def _controls() -> dict[str, widgets.Widget]:
    return {
        "start": widgets.ToggleButtons(
            options=streams.STARTS, value=streams.STARTS[0], description="the average starts at",
            style={"button_width": "auto"}, tooltip="What the range is before the second batch",
        ),
        "momentum": widgets.FloatSlider(
            0.9, min=0, max=0.99, step=0.01, readout_format=".2f", description="momentum",
            tooltip="How much of the old range stays with each batch",
        ),
        "delay": widgets.IntSlider(
            0, 0, 100, description="delay", tooltip="Batches that pass unrounded first"
        ),
        "outlier": widgets.FloatSlider(
            1.0, min=1, max=20, step=0.5, readout_format=".1f", description="outlier, times",
            tooltip="What the largest value of batch 70 is multiplied by",
        ),
        "bits": widgets.IntSlider(
            4, 2, 8, description="bits", tooltip="n bits give 2 to the power n levels"
        ),
    }  # fmt: skip


def _readout(found: dict[str, Any]) -> dict[str, str]:
    sqnr, clipped = found["sqnr_db"], found["clipped"]
    worst = int(np.nanargmin(sqnr))
    return {
        "median": f"{np.nanmedian(sqnr):.1f} dB",
        "worst": f"{sqnr[worst]:.1f} dB in batch {worst}",
        "clipped": f"{np.nanmean(clipped):.1%} of the values, at most {np.nanmax(clipped):.0%}",
        "range at the end": f"0 to {found['range'][-1]:.2f}",
    }
