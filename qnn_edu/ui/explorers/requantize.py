"""Explore requantization: a multiplier of n bits, three ways to round, and what each misses."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from qnn_edu.core.fixed_point import ROUNDINGS
from qnn_edu.draw.panels.requantize import Requantize
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

ALT = (
    "Left, the integers that come out around zero over the exact products, with ties marked; "
    "right, the error over the whole range of int8: a band of half a step either way, and crosses "
    "where another integer than the nearest came out."
)
TIPS = {
    "rounding": "Twice, once, or in float32",
    "m": "What an accumulator is multiplied by: S_x S_w / S_y",
    "bits": "M becomes a whole number of so many bits, and a shift",
}


def requantize() -> Live:
    """Multiply every accumulator by M as integers do, and see who misses the nearest integer.

    Controls: `m` (M, from 2**-9 to 1), `bits` (of the multiplier), `rounding` (as in
    `fixed_point.requantize`). Values: what
    `numbers.requantize.requantized` gives.

    >>> found = requantize().at(m=0.25, bits=31, rounding="double")
    >>> int(found["tie"].sum()), int(found["wrong"].sum())
    (256, 128)
    """
    screen = Plot.of(Requantize())
    return live(_compute, screen, _controls(), readout=_readout, alt=ALT, idle=_idle)


def _compute(*, m: float, **options: Any) -> dict[str, Any]:
    return numbers.requantize.requantized(_meant(m), **options)


def _idle(*, m: float, **others: object) -> set[str]:
    return {"rounding"} if _meant(m) == 1 else set()  # every product is an integer


def _meant(m: float) -> float:
    """A browser's slider goes by way of the logarithm: 0.25 comes back as 0.2499999999999998."""
    return float(f"{m:.9g}")


def _controls() -> dict[str, widgets.Widget]:
    return {
        "rounding": controls.choice("rounding", "double", ROUNDINGS, tip=TIPS["rounding"]),
        "m": controls.power("M", 0.25, -9, 0, base=2, digits=5, tip=TIPS["m"]),
        "bits": controls.whole("bits of the multiplier", 31, 2, 31, tip=TIPS["bits"]),
    }


def _readout(found: Numbers) -> dict[str, str]:
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
