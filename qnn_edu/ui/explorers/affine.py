"""Explore the affine map: from a range and a number of bits to a staircase, its error, its grid."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from qnn_edu.draw import style
from qnn_edu.draw.panels.affine import Error, Staircase
from qnn_edu.draw.panels.histogram import Histogram
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.numbers import affine as numbers
from qnn_edu.ui.numbers import tensors
from qnn_edu.ui.screen import Plot

SPAN = (-6.5, 6.5)
ALT = (
    "Left, the staircase of the quantizer beside the dashed line y = x; right, its error, a "
    "sawtooth inside half a step and a ramp where values are clipped; below it the histogram of "
    "the data with the levels of the grid as lines."
)


def affine() -> Live:
    """Move range, bits and switches of one quantizer; see the staircase, its error, and its grid.

    Controls: `range` (lo, hi), `bits`, `data`, `signed`, `narrow_range`, `symmetric`. Values: what
    `numbers.affine` gives for that data.

    >>> explorer = affine().set(bits=4, range=(-1.0, 2.0))
    >>> explorer.values["params"].zero_point, float(explorer.values["params"].hi)
    (-3, 2.0)
    """
    figure = style.figure(8.8, 4.4)
    grid = figure.add_gridspec(2, 2, width_ratios=(1, 1.25))
    stairs = Staircase(figure.add_subplot(grid[:, 0]), SPAN)
    error = Error(figure.add_subplot(grid[0, 1]), SPAN, 1.5)
    spread = Histogram(figure.add_subplot(grid[1, 1]), SPAN)
    error.ax.set_xlabel("")

    def paint(found: dict[str, Any]) -> None:
        stairs.update(found["params"])
        error.update(found["params"])
        spread.update(found["x"], found["params"])

    artists = [*stairs.artists, *error.artists, *spread.artists]
    screen = Plot(paint, figure, artists)
    return live(_compute, screen, _controls(), readout=_readout, alt=ALT)


def covers(found: dict[str, Any]) -> str:
    """The range that the quantizer `params` covers, in words; `range` is the one asked for.

    >>> from qnn_edu import params_from_range
    >>> covers({"params": params_from_range(0, 0, bits=3, signed=False), "range": (0.0, 0.0)})
    '0 to 7 (an empty range gets scale 1)'
    """
    params = found["params"]
    words = f"{params.lo:.3g} to {params.hi:.3g}"
    return words if any(found["range"]) else f"{words} (an empty range gets scale 1)"


def _compute(*, data: str, range: tuple[float, float], **options: Any) -> dict[str, Any]:
    x = tensors.sample(data)
    return {"x": x, "range": range, **numbers.affine(x, *range, **options)}


def _controls() -> dict[str, widgets.Widget]:
    return {
        "range": widgets.FloatRangeSlider(
            value=(-2.5, 2.5), min=-6, max=6, step=0.1, readout_format=".1f", description="range",
            tooltip="The real values lo and hi that the quantizer is to cover",
        ),
        "bits": widgets.IntSlider(
            3, 2, 8, description="bits", tooltip="n bits give 2 to the power n levels"
        ),
        # Not a Dropdown: in JupyterLab its arrow keys and letters are taken by the notebook.
        "data": widgets.ToggleButtons(
            options=tensors.LAWS, description="data", style={"button_width": "auto"},
            tooltip="The tensor that is quantized",
        ),
        "signed": widgets.Checkbox(
            True, description="signed", indent=False, tooltip="int8 style, -128..127, or 0..255"
        ),
        "narrow_range": widgets.Checkbox(
            False, description="narrow range", indent=False, tooltip="Leave out the lowest integer"
        ),
        "symmetric": widgets.Checkbox(
            False, description="symmetric", indent=False, tooltip="Cover [-a, a]"
        ),
    }  # fmt: skip


def _readout(found: dict[str, Any]) -> dict[str, str]:
    params = found["params"]
    return {
        "scale": f"{params.scale:.4g}",
        "zero point": f"{params.zero_point}",
        "covers": covers(found),
        "SQNR": f"{found['sqnr_db']:.1f} dB",
        "largest error": f"{found['max_error']:.3g}",
        "clipped": f"{found['clipped']:.1%}",
        "levels used": f"{found['levels']} of {params.qmax - params.qmin + 1}",
    }
