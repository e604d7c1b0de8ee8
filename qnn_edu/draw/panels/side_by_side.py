"""What two networks answer to one image: the image, and the probability of every class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panel, Panels

PAIR = (style.BLUE, style.VERMILION)
APART = 0.17  # of the distance between two classes


class SideBySide(Panels):
    """Left an image of this shape, right two bars for each class."""

    def __init__(self, shape: tuple[int, int], classes: int) -> None:
        super().__init__(8.8, 3.0)
        left, right = self.figure.subplots(1, 2, width_ratios=(1, 2.6))
        self.image = self._add(OneImage(left, shape))
        self.answers = self._add(TwoAnswers(right, classes))

    def update(self, found: Mapping[str, Any]) -> None:
        """Show the `image`, and the `real` and `quantized` answers."""
        self.image.update(found["image"])
        self.answers.update(found["real"], found["quantized"])


class OneImage(Panel):
    """A grey image, dark is high, with real numbers from 0 to 1."""

    def __init__(self, ax: Axes, shape: tuple[int, int]) -> None:
        super().__init__(ax)
        ax.set_axis_off()
        pixels = ax.imshow(np.zeros(shape), cmap="Greys", vmin=0, vmax=1, interpolation="nearest")
        self.pixels = self._keep(pixels)

    def update(self, image: Any) -> None:
        """Show `image`, (h, w) or (h, w, 1)."""
        self.pixels.set_data(np.reshape(image, self.pixels.get_array().shape))


class TwoAnswers(Panel):
    """Two bars for every class: the probability that the float and the int8 network give it."""

    def __init__(self, ax: Axes, classes: int) -> None:
        super().__init__(ax)
        title = "What both files answer (left bars: float, right bars: int8)"
        style.label(ax, title=title, x="class", y="probability")
        ax.set(xlim=(-0.6, classes - 0.4), ylim=(0, 1.03), xticks=range(classes))
        self.bars = [self._bars(color) for color in PAIR]

    def update(self, real: Any, quantized: Any) -> None:
        """Show two lists of probabilities, one for each class."""
        for bars, shift, heights in zip(self.bars, (-APART, APART), (real, quantized), strict=True):
            bars.set_segments([[(c + shift, 0), (c + shift, p)] for c, p in enumerate(heights)])

    def _bars(self, color: str) -> LineCollection:
        bars = LineCollection([], colors=color, linewidths=11, capstyle="butt")
        self.ax.add_collection(bars)
        return self._keep(bars)
