"""Explore rounding: ten weights, each down or up, and the best of all 1024 ways to round them."""

from __future__ import annotations

import ipywidgets as widgets

from qnn_edu.draw.panels.rounding import Rounding
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

ALT = (
    "Left, ten weights between the level below and the level above, with the level that each takes "
    "and its error; below, the squared error of the output as the sum of what the errors make each "
    "alone and what they add to or take from each other; right, all 1024 roundings by the error of "
    "the weights and the error of the output, with the places of several ways to round."
)
TIPS = {
    "output": "Whose weights: each output of the layer has its own",
    "way": "Who chooses; what is flipped below is turned round after that",
    "flip": "Turn this weight's rounding round, from down to up or from up to down",
}


def rounding(output: int = 0) -> Live:
    """Round ten weights of the digits network down or up, one by one or as `ptq` does.

    `output`: where to begin. Controls: `way` ("nearest", "gptq", "descend", or "best of all", found
    by trying), `output` (of 64, whose weights), `bits`, and `flip_0` to `flip_9`, which turn the
    rounding of one weight round. Values: what `numbers.rounding.chosen` gives.

    Raises:
        ValueError: another output.

    >>> explorer = rounding()
    >>> nearest, best = (explorer.at(way=way)["parts"][2] for way in ("nearest", "best of all"))
    >>> bool(nearest > 2.5 * best)
    True
    """
    numbers.rounding.column(output, 3)
    screen = Plot.of(Rounding(numbers.rounding.COUNT, numbers.rounding.WAYS))
    return live(numbers.rounding.chosen, screen, _controls(output), readout=_readout, alt=ALT)


def _controls(output: int) -> dict[str, widgets.Widget]:
    ways, last = numbers.rounding.WAYS, numbers.rounding.outputs() - 1
    flips = range(numbers.rounding.COUNT)
    return {
        "way": controls.choice("rounded by", ways[0], ways, tip=TIPS["way"]),
        "output": controls.whole("output", output, 0, last, tip=TIPS["output"]),
        "bits": controls.bits(3, high=5),
        **{f"flip_{k}": controls.switch(f"flip {k}", False, tip=TIPS["flip"]) for k in flips},
    }


def _readout(found: Numbers) -> dict[str, str]:
    *_, error = found["parts"]
    _, best = found["marks"][numbers.rounding.BEST]
    return {
        "output error over nearest's": f"{error:.2f}",
        "over the best's": f"{error / best:.2f}",
        "better than this": f"{found['rank']} of {found['every'].shape[1]} roundings",
        "better than nearest": f"{found['better']}",
        "mean of the output moves by": f"{found['shift']:+.3f}",
    }
