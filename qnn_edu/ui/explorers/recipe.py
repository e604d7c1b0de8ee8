"""Explore post-training quantization: a recipe and its calibration, and what each layer keeps."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from qnn_edu import draw
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.numbers import recipe as recipes
from qnn_edu.ui.screen import Drawing

ALT = (
    "The graph of the converted digits network. Each operator is a box, coloured by the SQNR of "
    "its output against the float network, and marked with it in dB."
)
COUNTS = (1, 3, 10, 30, 100, 300)


def recipe() -> Live:
    """Convert the digits network by any recipe, and see accuracy, size and the noise in the graph.

    Controls: `network` ("digits", or "stretched": the same function with channels of block 2 up to
    100 times apart), `recipe`, `per_channel` (scales of the weights; "dynamic" and "int8" only),
    `images` and `method` of calibration, and `spoiled` (one of the images is 255 times too large);
    these three matter to "int8" and "int16x8" only. Values: `accuracy` in percent, `size` in bytes,
    `sqnr` in dB by tensor index, `graph`.

    >>> found = recipe().at(recipe="int8", spoiled=True, per_channel=True, network="digits")
    >>> found["accuracy"] < 20
    True
    """
    screen = Drawing(_diagram)
    return live(_compute, screen, _controls(), readout=_readout, alt=ALT)


def _compute(*, network: str, recipe: str, **settings: Any) -> dict[str, Any]:
    file = recipes.converted(network, recipe, **settings)
    return {"size": len(file), "recipe": recipe, **recipes.judged(file, network)}


def _diagram(found: dict[str, Any]) -> draw.Diagram:
    return draw.diagram(found["graph"], values=found["sqnr"], label="SQNR (dB)", limits=(0, 40))


def _controls() -> dict[str, widgets.Widget]:
    def choice(options, value, description, tooltip):
        return widgets.ToggleButtons(
            options=list(options), value=value, description=description, tooltip=tooltip,
            style={"button_width": "auto"},
        )  # fmt: skip

    return {
        "network": choice(
            recipes.NETWORKS, "stretched", "network", "Plain, or with channels stretched on purpose"
        ),
        "recipe": choice(recipes.RECIPES, "int8", "recipe", "What becomes small"),
        "method": choice(recipes.METHODS, "min-max", "method", "How a range follows from values"),
        "images": widgets.SelectionSlider(
            options=COUNTS, value=100, description="calibration images",
            tooltip="How many training digits the ranges are measured on",
        ),
        "per_channel": widgets.Checkbox(
            False, description="weights per channel", indent=False,
            tooltip="A scale for each channel of a weight, or one for all",
        ),
        "spoiled": widgets.Checkbox(
            False, description="one image 255 x too large", indent=False,
            tooltip="The last of the images forgot to divide its pixels by 255",
        ),
    }  # fmt: skip


def _readout(found: dict[str, Any]) -> dict[str, str]:
    graph, sqnr = found["graph"], found["sqnr"]
    worst = min(sqnr, key=sqnr.get)
    return {
        "accuracy on 355 digits": f"{found['accuracy']:.2f} %",
        "file": f"{found['size']:,} bytes",
        "lowest SQNR": f"{sqnr[worst]:.1f} dB at {graph.tensors[worst].short_name}",
    }
