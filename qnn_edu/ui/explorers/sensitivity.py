"""Explore sensitivity: leave layers in float, and see what it costs and what it brings back."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np

from qnn_edu.draw.panels.sensitivity import Sensitivity
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

if TYPE_CHECKING:
    from qnn_edu.nets.conversion.source import Convertible

ALT = (
    "Left, for each layer of the file two marks, the SQNR of its output over all channels and that "
    "of its worst channel, with the layers left in float shaded; right, accuracy against size of "
    "this file, of those tried before, of the float file and of the files that are all int8."
)
RECIPE = "What all other layers become; with 16 bits none can stay in float"
LAYER = "Leave this layer in float"


def sensitivity(
    model: Convertible | None = None,
    data: tuple[Any, Any] | None = None,
    *,
    calibration: Any = None,
    layers: Iterable[str] | None = None,
) -> Live:
    """Leave layers of a network in float, one by one or together, and judge the file.

    Without a model, a digits network with channels stretched by 100, and the test digits. `data`:
    inputs (n, ...) and their class numbers (n,), on which each file is judged. `calibration`: the
    inputs that ranges are measured on, None for the first 100 of `data`. `layers`: those with a
    box, by their names in `nets.layer_report`; None for all with weights, of more than 12 those
    that make the largest errors.

    Controls: `recipe` of all that is not left in float ("int8 per tensor", "int8 per channel", or
    "int16x8", which the converter has for whole files only), and a box for each layer, by its
    name. Values: what `numbers.sensitivity.tried` gives. Every file is a real one, made when it is
    first asked for and kept.

    Raises:
        ValueError: a model without data, a layer that is not there, and what the converter refuses.

    >>> explorer = sensitivity()
    >>> mended = explorer.at(block2_depthwise_relu=True)
    >>> explorer.values["accuracy"] < 50 < 98 < mended["accuracy"]
    True
    """
    subject = numbers.sensitivity.subject(model, data, calibration=calibration, layers=layers)
    recipes = numbers.sensitivity.RECIPES
    marks, count = numbers.sensitivity.marks(subject), len(subject.y)
    picture = Sensitivity(
        subject.layers,
        subject.free,
        marks=marks,
        chance=numbers.sensitivity.chance(marks["float32"][1], count),
        count=count,
    )
    # What breaks the stretched network; on a reader's own it would be a straw man.
    first = recipes[0] if model is None else recipes[1]
    return live(
        partial(numbers.sensitivity.tried, subject),
        Plot.of(picture),
        _controls(subject.free, first),
        readout=partial(_readout, subject.layers, marks["float32"]),
        alt=ALT,
        idle=partial(_idle, subject.free),
    )


def _idle(free: Iterable[str], /, *, recipe: str, **others: object) -> set[str]:
    return set(free) if recipe == numbers.sensitivity.WIDE else set()


def _controls(free: Iterable[str], first: str) -> dict[str, widgets.Widget]:
    recipes = numbers.sensitivity.RECIPES
    boxes = {name: controls.switch(name, False, tip=LAYER) for name in free}
    return {"recipe": controls.choice("all others", first, recipes, tip=RECIPE)} | boxes


def _readout(layers: tuple[str, ...], real: tuple[int, float], found: Numbers) -> dict[str, str]:
    size, accuracy = real
    worst = int(np.nanargmin(found["worst"]))
    channel = f"{found['channel'][worst]} of {layers[worst]}"
    change = f"{found['accuracy'] - accuracy:+.2f} points"
    return {
        "accuracy": f"{found['accuracy']:.2f} %",
        "against float": f"{change}, {'within chance' if found['sure'] else 'lost'}",
        "file": f"{found['size']:,} bytes, {found['size'] / size:.0%} of float",
        "integer operators": f"{found['integer_share']:.0%}",
        "worst channel": f"{found['worst'][worst]:.1f} dB, {channel}",
    }
