"""Explore equalization: scale channels between two layers; float stands still, int8 does not."""

from __future__ import annotations

import ipywidgets as widgets

from qnn_edu.draw.panels.equalization import Equalization
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

ALT = (
    "Above, the largest value of every channel where one layer makes it, between the layers, and "
    "where the next layer reads it, with a band in which all rounds to 0. Below left, the SQNR of "
    "the int8 and the float answers on the way from channels as they stand to equal ones and "
    "beyond; right, the answers of now over those before, in float and in int8."
)
TIPS = {
    "spread": "Channels are multiplied by factors that lie so far apart, and divided where read",
    "share": "0 leaves the channels, 1 makes each as large where it is made as where it is read",
    "channel": "The channel whose bars are wide, for the slider beside",
    "times": "What that channel alone is multiplied by, and divided by where it is read",
    "activation": "What stands between the layers, and whether its cap is scaled with the channel",
    "per_channel": "A scale for each output channel of both weights, or one for all",
}


def equalization() -> Live:
    """Scale the channels between two layers of the digits network, and equalize them again.

    Controls: `spread` (factors up to so far apart, channel by channel), `share` (of the way to
    equal channels: 0 none, 1 all of it, 2 as far beyond), `channel` and `times` (one channel more,
    by hand), `activation` ("ReLU", "ReLU6", whose cap stays at 6, or "ReLU6, caps scaled"),
    `per_channel` (weight scales). Values: what `numbers.equalization.scaled` gives.

    >>> found = equalization().at(share=1)
    >>> found["moved"] < 1e-6, found["sqnr_db"] > 30
    (True, True)
    """
    channels = len(numbers.equalization.trained().bias)
    screen = Plot.of(Equalization(channels, numbers.equalization.WAY))
    compute = numbers.equalization.scaled
    return live(compute, screen, _controls(channels), readout=_readout, alt=ALT)


def _controls(channels: int) -> dict[str, widgets.Widget]:
    kinds, way = numbers.equalization.ACTIVATIONS, numbers.equalization.WAY
    stops = {"low": way[0], "high": way[-1], "step": way[1] - way[0], "digits": 1}
    return {
        "activation": controls.choice("between", kinds[0], kinds, tip=TIPS["activation"]),
        "spread": controls.power("channels apart, times", 100.0, 0, 3, tip=TIPS["spread"]),
        "share": controls.real("equalized, share", 0.0, **stops, tip=TIPS["share"]),
        "channel": controls.whole("channel", 9, 0, channels - 1, tip=TIPS["channel"]),
        "times": controls.power("this one, times", 1.0, -2, 2, digits=3, tip=TIPS["times"]),
        "per_channel": controls.switch("weights per channel", False, tip=TIPS["per_channel"]),
    }


def _readout(found: Numbers) -> dict[str, str]:
    integer, _ = found["way"]
    lost = ", ".join(f"{count} {place}" for place, count in found["lost"].items())
    best = f"{integer.max():.1f} dB at {numbers.equalization.WAY[integer.argmax()]:.1f}"
    return {
        "int8 answers": f"{found['sqnr_db']:.1f} dB",
        "best on the way": best,
        "float answers moved by": f"{found['moved']:.1g} of the largest",
        "channels below half a step": lost,
    }
