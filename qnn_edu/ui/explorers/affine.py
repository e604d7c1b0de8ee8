"""Explore the affine map: from a range and a number of bits to a staircase, its error, its grid."""

from __future__ import annotations

import ipywidgets as widgets

from qnn_edu.draw.panels.affine import Affine
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

ALT = (
    "Left, the staircase of the quantizer beside the dashed line y = x; right, its error, a "
    "sawtooth inside half a step and a ramp where values are clipped; below it the histogram of "
    "the data with the levels of the grid as lines."
)
TIPS = {
    "range": "The real values lo and hi that the quantizer is to cover",
    "data": "The tensor that is quantized",
    "signed": "int8 style, -128..127, or 0..255",
    "narrow_range": "Leave out the lowest integer",
    "symmetric": "Cover [-a, a]",
}


def affine() -> Live:
    """Move range, bits and switches of one quantizer; see the staircase, its error, and its grid.

    Controls: `range` (lo, hi), `bits`, `data`, `signed`, `narrow_range`, `symmetric`. Values: what
    `numbers.affine.quantized` gives.

    >>> explorer = affine().set(bits=4, range=(-1.0, 2.0))
    >>> explorer.values["params"].zero_point, float(explorer.values["params"].hi)
    (-3, 2.0)
    """
    screen = Plot.of(Affine())
    return live(numbers.affine.quantized, screen, _controls(), readout=_readout, alt=ALT)


def covers(found: Numbers) -> str:
    """The range that the quantizer `params` covers, in words; `range` is the one asked for.

    >>> from qnn_edu import params_from_range
    >>> covers({"params": params_from_range(0, 0, bits=3, signed=False), "range": (0.0, 0.0)})
    '0 to 7 (an empty range gets scale 1)'
    """
    params = found["params"]
    words = f"{params.lo:.3g} to {params.hi:.3g}"
    return words if any(found["range"]) else f"{words} (an empty range gets scale 1)"


def _controls() -> dict[str, widgets.Widget]:
    laws = numbers.tensors.LAWS
    return {
        "range": controls.interval("range", (-2.5, 2.5), -6, 6, tip=TIPS["range"]),
        "bits": controls.bits(3),
        "data": controls.choice("data", laws[0], laws, tip=TIPS["data"]),
        "signed": controls.switch("signed", True, tip=TIPS["signed"]),
        "narrow_range": controls.switch("narrow range", False, tip=TIPS["narrow_range"]),
        "symmetric": controls.switch("symmetric", False, tip=TIPS["symmetric"]),
    }


def _readout(found: Numbers) -> dict[str, str]:
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
