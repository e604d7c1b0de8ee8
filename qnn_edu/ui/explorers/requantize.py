"""Explore requantization: a multiplier of n bits, three ways to round, and what each misses."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from qnn_edu.core.fixed_point import ROUNDINGS
from qnn_edu.draw import style
from qnn_edu.draw.panels.requantize import AroundZero, Missed
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.numbers.requantize import requantized
from qnn_edu.ui.screen import Plot

ALT = (
    "Left, the integers that come out around zero over the exact products, with ties marked; "
    "right, the error over the whole range of int8: a band of half a step either way, and crosses "
    "where another integer than the nearest came out."
)


def requantize() -> Live:
    """Multiply every accumulator by M as integers do, and see who misses the nearest integer.

    Controls: `m` (M, from 2**-9 to 1), `bits` (of the multiplier), `rounding` (as in
    `fixed_point.requantize`). Values: what `ui.requantized.requantized` gives.

    >>> found = requantize().at(m=0.25, bits=31, rounding="double")
    >>> int(found["tie"].sum()), int(found["wrong"].sum())
    (256, 128)
    """
    figure = style.figure(8.8, 3.6)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.5))
    near, far = AroundZero(left), Missed(right)

    def paint(found: dict[str, Any]) -> None:
        near.update(found["exact"], found["integers"], found["tie"])
        far.update(found["exact"], found["error"], found["wrong"])

    screen = Plot(paint, figure, [*near.artists, *far.artists])
    return live(_compute, screen, _controls(), readout=_readout, alt=ALT)


def _compute(*, m: float, bits: int, rounding: str) -> dict[str, Any]:
    # A browser's slider goes by way of the logarithm: 0.25 comes back as 0.2499999999999998.
    return requantized(float(f"{m:.9g}"), bits=bits, rounding=rounding)


def _controls() -> dict[str, widgets.Widget]:
    return {
        "rounding": widgets.ToggleButtons(
            options=list(ROUNDINGS), value="double", description="rounding",
            style={"button_width": "auto"}, tooltip="Twice, once, or in float32",
        ),
        "m": widgets.FloatLogSlider(
            0.25, base=2, min=-9, max=0, step=0.05, readout_format=".5f", description="M",
            tooltip="What an accumulator is multiplied by: S_x S_w / S_y",
        ),
        "bits": widgets.IntSlider(
            31, 2, 31, description="bits of the multiplier",
            tooltip="M becomes a whole number of so many bits, and a shift",
        ),
    }  # fmt: skip


def _readout(found: dict[str, Any]) -> dict[str, str]:
    tie, wrong, n = found["tie"], found["wrong"], found["exact"].size
    up = int((found["error"][tie] > 0).sum())
    ties = f"{up} up, {int(tie.sum()) - up} down" if tie.any() else "none"
    return {
        "multiplier": f"{found['multiplier']}",
        "shift": f"{found['shift']}",
        "error of M": f"{found['relative']:.1e}",
        "not the nearest": f"{int(wrong.sum()):,} of {n:,} accumulators ({wrong.mean():.2%})",
        "ties": ties,
    }
