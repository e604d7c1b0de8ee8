"""Explore calibration: drag the range over real activations, trade clipping for rounding error."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import ipywidgets as widgets
import numpy as np

from qnn_edu.draw import style
from qnn_edu.draw.panels.histogram import Histogram
from qnn_edu.draw.panels.range_ import ErrorSplit, Marks
from qnn_edu.ui.explorers.affine import covers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.numbers import affine as numbers
from qnn_edu.ui.numbers import tensors
from qnn_edu.ui.screen import Plot

SPAN = (-2.5, 25.0)
BITS = range(2, 9)
SWEEP = np.linspace(0.5, SPAN[1], 50)
ALT = (
    "Above, the histogram of a layer's activations, with a line where each method of calibration "
    "puts the upper end of the range; below, clipping error falling and rounding error rising with "
    "that end, and their sum, which has a minimum."
)


def range_() -> Live:
    """Drag the range over what the last convolution of the digits model answers to eight digits.

    Controls: `range` (lo, hi), `bits`, `outlier` (one value of 24 added to 8,192). Values: what
    `numbers.affine` gives, `here` (hi, clipping and rounding error), `methods` (name -> (lo, hi)).

    >>> explorer = range_()
    >>> hi, clipping, rounding = explorer.set(range=(0.0, 24.0)).values["here"]
    >>> clipping
    0.0
    """
    for bits in BITS:  # a tenth of a second each: rather now than under the reader's hand
        _methods(bits, False)
    figure = style.figure(8.8, 4.6)
    above, below = figure.subplots(2, 1, sharex=True)
    spread = Histogram(above, SPAN, bins=110)
    marks = Marks(above, list(_methods(min(BITS), False)))
    errors = ErrorSplit(below, SPAN, (1e-5, 10))
    above.set_xlabel("")

    def paint(found: dict[str, Any]) -> None:
        spread.update(found["x"])
        spread.shade_clipped(float(found["params"].lo), float(found["params"].hi))
        marks.update({name: hi for name, (_, hi) in found["methods"].items()})
        errors.update(SWEEP, found["split"], found["here"])

    artists = [*spread.artists, *marks.artists, *errors.artists]
    screen = Plot(paint, figure, artists)
    return live(_compute, screen, _controls(), readout=_readout, alt=ALT)


def _compute(*, range: tuple[float, float], bits: int, outlier: bool) -> dict[str, Any]:
    x, (lo, hi) = _values(outlier), range
    return {
        "x": x,
        **numbers.affine(x, lo, hi, bits=bits),
        "range": range,
        "here": (hi, *numbers.error_split(x, lo, [hi], bits=bits)[:, 0].tolist()),
        "split": _split(lo, bits, outlier),
        "methods": _methods(bits, outlier),
    }


@cache
def _values(outlier: bool) -> np.ndarray:
    return np.concatenate([batch.ravel() for batch in tensors.activations(outlier=outlier)])


@cache
def _methods(bits: int, outlier: bool) -> dict[str, tuple[float, float]]:
    return numbers.calibrated(tensors.activations(outlier=outlier), bits=bits)


@lru_cache(maxsize=256)
def _split(lo: float, bits: int, outlier: bool) -> np.ndarray:
    return numbers.error_split(_values(outlier), lo, SWEEP, bits=bits)


def _controls() -> dict[str, widgets.Widget]:
    return {
        "range": widgets.FloatRangeSlider(
            value=(0.0, 8.0), min=-2, max=SPAN[1], step=0.1, readout_format=".1f",
            description="range", tooltip="The real values lo and hi that the quantizer is to cover",
        ),
        "bits": widgets.IntSlider(
            4, min(BITS), max(BITS), description="bits",
            tooltip="n bits give 2 to the power n levels",
        ),
        "outlier": widgets.Checkbox(
            False, description="add one outlier of 24", indent=False,
            tooltip="One value of 24 among 8,192: which methods follow it?",
        ),
    }  # fmt: skip


def _readout(found: dict[str, Any]) -> dict[str, str]:
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
