"""Explorers in JupyterLab: a step to its changed picture, beside interact, and after a 2 s drag

Median and 95th percentile in ms of steps by keys, in turns, in the same notebook, with steps of a
slider of `interact` whose function draws with pyplot, and with `empty`: a number that goes to the
kernel and comes back as a word. `drag`: from the release of a slider that was dragged for two
seconds to the last picture. `placement` and `recipe` go back and forth between two diagrams, which
are kept; one that was never seen takes what `dot`, the converter and LiteRT take. Needs Chromium or
Chrome.
"""

from __future__ import annotations

import tempfile
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

BAR = "40 / 60 / 150"
STEPS = 24
UNMEASURED = 2  # the first steps load what is loaded once
INTERACT = """import ipywidgets, matplotlib.pyplot as plt, numpy as np, qnn_edu
x = np.linspace(-6, 6, 2000)
def draw(reach=2.0):
    params = qnn_edu.params_from_range(-reach, reach, bits=4)
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.8, 4.4))
    left.plot(x, qnn_edu.fake_quant(x, params))
    right.plot(x, qnn_edu.fake_quant(x, params) - x)
    plt.show()
ipywidgets.interact(draw, reach=(0.5, 5.5, 0.05));"""
EMPTY = """slider, words = ipywidgets.IntSlider(0, 0, 100), ipywidgets.HTML('0')
slider.observe(lambda change: setattr(words, 'value', str(change['new'])), 'value')
empty = ipywidgets.VBox([slider, words])
empty.add_class('empty')
empty"""


class Walk(NamedTuple):
    """Which keys move which control; `handle` of a range: 0 the lower, 1 the upper."""

    control: str
    keys: tuple[str, ...]
    handle: int = 0


TO_AND_FRO = ("ArrowRight", "ArrowLeft")
WALKS = {
    "affine": [Walk("range", ("ArrowLeft",))],
    "equalization": [Walk("share", ("ArrowRight",)), Walk("spread", ("ArrowLeft",))],
    "folding": [Walk("spread", ("ArrowRight",)), Walk("layer", TO_AND_FRO)],
    "mixed_bits": [Walk("block1_pointwise", TO_AND_FRO)],
    "per_channel": [Walk("stretch", ("ArrowRight",))],
    "placement": [Walk("bias", ("Space",))],
    "range_": [Walk("range", ("ArrowRight",), handle=1)],
    "recipe": [Walk("images", TO_AND_FRO)],
    "requantize": [Walk("m", ("ArrowLeft",))],
    "rounding": [Walk("flip_2", ("Space",)), Walk("output", ("ArrowRight",))],
    "sensitivity": [Walk("block2_depthwise_relu", ("Space",))],
    "side_by_side": [Walk("rank", ("ArrowRight",))],
    "straight_through": [Walk("reach", ("ArrowLeft",))],
    "trace": [Walk("channel", TO_AND_FRO), Walk("digit", ("ArrowRight",))],
    "training": [Walk("momentum", ("ArrowLeft",))],
}


def run() -> list[dict]:
    """A row for each walk."""
    from tools.browser.lab import browser_path, lab

    if browser_path() is None:
        return [{"explorer": "not measured: no Chromium or Chrome was found on the PATH"}]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with lab(Path(folder)) as jupyter:
            return [row for name in WALKS for row in _measured(jupyter, name)]


def _measured(jupyter, name: str) -> list[dict]:
    from qnn_edu.ui import explorers

    own = getattr(explorers, name)()  # says what the controls are called
    cell = f"from qnn_edu.ui import explorers\nexplorers.{name}()"
    with jupyter.notebook([cell, INTERACT, EMPTY], height=2600) as page:
        page.wait_for_selector(".qnn-edu [role=status]")
        page.locator(".jp-OutputArea-output .widget-interact img").wait_for()
        return [_row(page, own, name, walk) for walk in WALKS[name]]


def _row(page, own, name: str, walk: Walk) -> dict:
    from tools.browser import controls, latency

    control, root = own.controls[walk.control], page.locator(".qnn-edu")
    handle = controls.element(root, control).locator("input, .noUi-handle").nth(walk.handle)
    times, others = [], {".widget-interact": [], ".empty": []}
    for key in islice(cycle(walk.keys), STEPS):
        times.append(latency.step(page, ".qnn-edu", handle, key))
        for css, taken in others.items():
            taken.append(latency.step(page, css, page.locator(f"{css} .noUi-handle"), "ArrowRight"))
    drag = "-"
    if isinstance(control, controls.SLIDERS):
        drag = latency.backlog(page, root, control)
    return {
        "explorer": name,
        "control": walk.control,
        **_summary("", times),
        "drag ms": drag,
        "bar": BAR,
        **_summary("interact ", others[".widget-interact"]),
        **_summary("empty ", others[".empty"]),
    }


def _summary(whose: str, times: list[float]) -> dict[str, float]:
    times = times[UNMEASURED:]
    return {f"{whose}median": median(times), f"{whose}95 %": float(np.percentile(times, 95))}
