"""Explore post-training quantization: a recipe and its calibration, and what each layer keeps."""

from __future__ import annotations

import ipywidgets as widgets

from qnn_edu.draw.panels.recipe import recipe_diagram
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Drawing, Numbers

ALT = (
    "The graph of the converted digits network. Each operator is a box, coloured by the SQNR of "
    "its output against the float network, and marked with it in dB."
)
TIPS = {
    "network": "Plain, or with channels stretched on purpose",
    "recipe": "What becomes small",
    "method": "How a range follows from values",
    "images": "How many training digits the ranges are measured on",
    "per_channel": "A scale for each channel of a weight, or one for all",
    "spoiled": "The last of the images forgot to divide its pixels by 255",
}
COUNTS = (1, 3, 10, 30, 100, 300)


def recipe() -> Live:
    """Convert the digits network by any recipe, and see accuracy, size and the noise in the graph.

    Controls: `network` ("digits", or "stretched": the same function with channels of block 2 up to
    100 times apart), `recipe`, `per_channel` (scales of the weights; "dynamic" and "int8" only),
    `images` and `method` of calibration, and `spoiled` (one of the images is 255 times too large);
    these three matter to "int8" and "int16x8" only. Values: what `numbers.recipe.tried` gives.

    >>> found = recipe().at(recipe="int8", spoiled=True, per_channel=True, network="digits")
    >>> found["accuracy"] < 20
    True
    """
    screen = Drawing(recipe_diagram)
    return live(numbers.recipe.tried, screen, _controls(), readout=_readout, alt=ALT, idle=_idle)


def _idle(*, recipe: str, **others: object) -> set[str]:
    idle = set() if recipe in numbers.recipe.CALIBRATED else {"images", "method", "spoiled"}
    return idle if recipe in ("dynamic", "int8") else idle | {"per_channel"}


def _controls() -> dict[str, widgets.Widget]:
    networks, recipes = numbers.recipe.NETWORKS, numbers.recipe.RECIPES
    methods = numbers.recipe.METHODS
    return {
        "network": controls.choice("network", "stretched", networks, tip=TIPS["network"]),
        "recipe": controls.choice("recipe", "int8", recipes, tip=TIPS["recipe"]),
        "method": controls.choice("method", "min-max", methods, tip=TIPS["method"]),
        "images": controls.stops("calibration images", 100, COUNTS, tip=TIPS["images"]),
        "per_channel": controls.switch("weights per channel", False, tip=TIPS["per_channel"]),
        "spoiled": controls.switch("one image 255 x too large", False, tip=TIPS["spoiled"]),
    }


def _readout(found: Numbers) -> dict[str, str]:
    graph, sqnr = found["graph"], found["sqnr"]
    worst = min(sqnr, key=sqnr.get)
    return {
        "accuracy on 355 digits": f"{found['accuracy']:.2f} %",
        "file": f"{found['size']:,} bytes",
        "lowest SQNR": f"{sqnr[worst]:.1f} dB at {graph.layer_name(worst)}",
    }
