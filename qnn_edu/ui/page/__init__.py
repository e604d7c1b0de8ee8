"""Explorers and quizzes as a page shows them: named, and with a word on whether they can answer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets

HERE = Path(__file__).parent
SCRIPTS = ("names.js", "sleep.js", "work.js", "page.js")  # the last one joins the others


def page(
    parts: Iterable[widgets.Widget], about: str, *, controls: Iterable[widgets.Widget] = ()
) -> widgets.VBox:
    """The parts below each other, with the names and the signs that ipywidgets leaves out.

    Every handle of a slider gets its label and its value as it is read, buttons say which of them
    is pressed, and pictures have `about` as their alternative text; so have buttons without a
    label of their own. Where no kernel is left to answer, the page says that it sleeps, and how to
    wake it; where one of `controls` is not answered within 200 ms, that it is computing.

    >>> page([widgets.IntSlider(description="bits")], "A slider.").children[-1].about
    'A slider.'
    """
    box = widgets.VBox()
    box.add_class("qnn-edu")
    ids = [control.model_id for control in controls]
    box.children = [*parts, _Sign(about=about, box=box.model_id, controls=ids)]
    return box


class _Sign(anywidget.AnyWidget):
    """Names what stands beside it in `box`, and says what state that is in.

    `asleep` is set by the page alone: it is stored in the notebook, and no kernel asks for it.
    """

    _esm = "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    _css = HERE / "page.css"
    about = traitlets.Unicode().tag(sync=True)
    box = traitlets.Unicode().tag(sync=True)
    controls = traitlets.List(traitlets.Unicode()).tag(sync=True)
    asleep = traitlets.Bool(False).tag(sync=True)
