"""Explorers and quizzes as those hear them who cannot see the page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets

HERE = Path(__file__).parent


def page(parts: Iterable[widgets.Widget], about: str) -> widgets.VBox:
    """The parts below each other, with the names that ipywidgets leaves out.

    Every handle of a slider gets its label and its value as it is read, buttons say which of them
    is pressed, and pictures have `about` as their alternative text; so have buttons without a
    label of their own.

    >>> page([widgets.IntSlider(description="bits")], "A slider.").children[-1].about
    'A slider.'
    """
    box = widgets.VBox([*parts, _Names(about=about)])
    box.add_class("qnn-edu")
    return box


class _Names(anywidget.AnyWidget):
    """Shows nothing itself; it names what stands beside it."""

    _esm = HERE / "page.js"
    _css = HERE / "page.css"
    about = traitlets.Unicode().tag(sync=True)

    def __init__(self, **values) -> None:
        super().__init__(layout={"display": "none"}, **values)
