"""What an explorer shows: a plot, redrawn fast, or a diagram of a graph."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from PIL import Image

from qnn_edu.draw import Blit, Diagram, Picture, png
from qnn_edu.draw.note import noted
from qnn_edu.draw.panels.panel import Panels

Numbers = Mapping[str, Any]


class Screen(Protocol):
    """What `live` needs of a picture: its widget, its content, to show numbers, to stand still."""

    widget: widgets.Widget
    tall: bool  # higher than a laptop's screen, or nearly

    @property
    def content(self) -> bytes:
        """What the widget shows at this moment."""

    def show(self, numbers: Numbers) -> None:
        """Make the picture of these numbers."""

    def static(self, alt: str, note: str = "") -> Picture:
        """The picture as it stands, small, with a note above it if there is one."""


class Plot:
    """A matplotlib figure as PNG, of which only the artists that move are drawn again.

    `paint(numbers)` moves `artists`, created once on `figure` (from `draw.style.figure`), and may
    set limits of axes.
    """

    tall = False

    def __init__(
        self, paint: Callable[[Numbers], None], figure: Figure, artists: Iterable[Artist]
    ) -> None:
        self._paint, self._blit = paint, Blit(figure, artists)
        self.widget = widgets.Image(format="png", layout={"align_self": "flex-start"})

    @classmethod
    def of(cls, panels: Panels) -> Plot:
        """The plot of a whole picture, which knows its figure, its artists, and how to update."""
        return cls(panels.update, panels.figure, panels.artists)

    @property
    def content(self) -> bytes:
        return bytes(self.widget.value)

    def show(self, numbers: Numbers) -> None:
        self._paint(numbers)
        self.widget.value = png.fast(self._blit.pixels())

    def static(self, alt: str, note: str = "") -> Picture:
        return Picture(png.small(noted(self._blit.pixels(), note)), alt)


class Drawing:
    """A diagram of a graph: `draw(numbers)` makes it anew.

    Drawn by the program `dot`, or in the browser where that is not installed.
    """

    tall = True

    def __init__(self, draw: Callable[[Numbers], Diagram]) -> None:
        self._draw, self._diagram = draw, Diagram()
        self._by_dot = shutil.which("dot") is not None
        self.widget = widgets.HTML() if self._by_dot else _in_the_browser()

    @property
    def content(self) -> bytes:
        return self._diagram.source.encode()

    def show(self, numbers: Numbers) -> None:
        self._diagram = self._draw(numbers)
        if self._by_dot:
            self.widget.value = self._diagram.svg()
        else:
            self.widget.dot_source = self._diagram.source

    def static(self, alt: str, note: str = "") -> Picture:
        """The picture by `dot`; without it there is only the sentence."""
        if not self._by_dot:
            return Picture(b"", alt)
        return Picture(png.small(noted(_pixels(self._diagram.pipe("png")), note)), alt)


def _in_the_browser() -> widgets.DOMWidget:
    from graphviz_anywidget import graphviz_widget_simple

    return graphviz_widget_simple("digraph {}", enable_zoom=False)


def _pixels(content: bytes) -> np.ndarray:
    """The pixels of a PNG on white: uint8 (height, width, 4)."""
    image = Image.open(io.BytesIO(content)).convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image)
    return np.asarray(ground)
