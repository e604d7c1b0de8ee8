"""One output value of a layer: its explanation, and where it stands in the layer's output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style
from qnn_edu.draw.panels.explained import HEIGHT, WIDTH, Explained, frame
from qnn_edu.draw.panels.numbergrid import NumberGrid
from qnn_edu.draw.panels.panel import Panel, Panels

MAP = (2.0, 14.0, 13.0)  # left and top of the layer's output, and its side


class Trace(Panels):
    """The explanation of a value, and at the bottom left the output that it is part of."""

    def __init__(self) -> None:
        super().__init__(WIDTH / 10, HEIGHT / 10)
        ax = self.figure.add_subplot()
        self.explained, self.map = self._add(Explained(ax)), self._add(MarkedMap(ax))

    def update(self, found: Mapping[str, Any]) -> None:
        """Show what is `explained`, and its `place` in the `map`."""
        self.explained.update(found["explained"])
        self.map.update(found["map"], found["place"])


class MarkedMap(Panel):
    """A channel's output as a small image, dark is high, with one value marked.

    It stands on the axes of `Explained`, where these stay free.
    """

    def __init__(self, ax: Axes) -> None:
        super().__init__(ax)
        self.grid = self._keep(NumberGrid(ax, "Greys"))
        self.frame = self._keep(frame(ax, style.GREY, 0.6))
        self.mark = self._keep(frame(ax, style.ERROR, 2))
        x, y, _ = MAP
        ax.text(x, y + 0.5, "output of the layer", va="bottom", fontsize=style.TEXT - 1)

    def update(self, values: np.ndarray, marked: tuple[int, int]) -> None:
        """Show int8 values (h, w) with the one at `marked` (row, column) in a frame."""
        (height, width), (x, y, side) = values.shape, MAP
        cell = side / max(height, width)
        self.grid.set(values, (values + 0.5) / 127.5, (x, y, cell))
        self.frame.set_bounds(x, y - height * cell, width * cell, height * cell)
        row, column = marked
        self.mark.set_bounds(x + column * cell, y - (row + 1) * cell, cell, cell)
