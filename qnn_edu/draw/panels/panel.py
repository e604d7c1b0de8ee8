"""A panel: one axes, the artists that move on it, and `update` which moves them.

Every plot of `plots` is a panel updated once; every explorer is a few panels updated on each step
of a slider. So a picture in a lesson and the same picture in an explorer are one piece of code.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from qnn_edu.core.affine import fake_quant
from qnn_edu.core.params import QuantParams
from qnn_edu.draw import style
from qnn_edu.draw.panels.words import Words

DRAWN_LEVELS = 512  # above this, steps are finer than pixels
AnArtist = TypeVar("AnArtist", bound=Artist)
APanel = TypeVar("APanel", bound="Panel")


class Panel:
    """What the panels share; `artists` lists all that `update` may change."""

    def __init__(self, ax: Axes) -> None:
        self.ax = ax
        self.artists: list[Artist] = []

    def line(self, **options: Any) -> Line2D:
        """An empty line that `update` fills."""
        return self._keep(self.ax.plot([], [], **options)[0])

    def text(self, words: str = "", *, at: tuple[float, float] = (0, 0), **options: Any) -> Words:
        """A text that `update` writes, cut off at the axes."""
        defaults = {"fontsize": style.TEXT - 1, "clip_on": True, "va": "bottom", "zorder": 5}
        artist = Words(*at, words, **(defaults | options))
        artist.set_transform(self.ax.transData)
        self.ax.add_artist(artist)
        return self._keep(artist)

    def shade(self, **options: Any) -> Rectangle:
        """A band over the full height of the axes, between two x that `shade_between` sets."""
        defaults = {"facecolor": style.SHADE, "edgecolor": "none", "zorder": 0.5}
        return self._keep(self.ax.axvspan(0, 0, **(defaults | options)))

    def _keep(self, artist: AnArtist) -> AnArtist:
        self.artists.append(artist)
        return artist


class Panels(ABC):
    """The whole picture of an explorer: panels on one figure that show the same numbers.

    `figure`: from `style.figure`, in inches.
    """

    def __init__(self, width: float, height: float) -> None:
        self.figure = style.figure(width, height)
        self._panels: list[Panel] = []

    @property
    def artists(self) -> list[Artist]:
        """All that `update` may change: the artists of all panels."""
        return [artist for panel in self._panels for artist in panel.artists]

    @abstractmethod
    def update(self, found: Mapping[str, Any]) -> None:
        """Show the numbers that the explorer found."""

    def _add(self, panel: APanel) -> APanel:
        self._panels.append(panel)
        return panel


class RangePanel(Panel):
    """A panel over the real axis that shades what a quantizer clips."""

    def __init__(self, ax: Axes, span: tuple[float, float]) -> None:
        super().__init__(ax)
        self.show(span)
        self.clipped = (self.shade(), self.shade())

    def show(self, span: tuple[float, float]) -> None:
        """Let the axes reach from one end of `span` to the other."""
        self.span = span
        self.ax.set_xlim(*span)

    def shade_clipped(self, lo: float, hi: float) -> None:
        """Shade what lies below `lo` and above `hi`."""
        left, right = self.span
        for band, start, end in zip(self.clipped, (left, hi), (lo, right), strict=True):
            band.set_x(start)
            band.set_width(max(end - start, 0))


def span_of(params: QuantParams) -> tuple[float, float]:
    """The range of `params` with a quarter of its width on either side.

    >>> span_of(QuantParams(scale=1, zero_point=0, bits=2))
    (-2.75, 1.75)
    """
    lo, hi = float(params.lo), float(params.hi)
    margin = (hi - lo) / 4
    return lo - margin, hi + margin


def steps(params: QuantParams, span: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Points `(x, y)` of `y = fake_quant(x)` over `span`, both ends of every step among them.

    With more than 512 levels, 2,000 evenly spaced points instead. Both float64, 1-D, x ascending.

    >>> x, y = steps(QuantParams(scale=1, zero_point=0, bits=2), (-3, 3))
    >>> y.tolist()
    [-2.0, -2.0, -2.0, -1.0, -1.0, 0.0, 0.0, 1.0, 1.0, 1.0]
    """
    levels = levels_of(params)
    if levels.size > DRAWN_LEVELS:
        x = np.linspace(*span, 2000)
    else:
        near = 0.5 * (1 - 1e-4) * float(params.scale)  # just inside, where float32 cannot err
        inner = np.stack([levels - near, levels + near], axis=1).ravel()
        x = np.concatenate([[span[0]], np.clip(inner, *span), [span[1]]])
    return x, fake_quant(x, params).astype(np.float64)


def levels_of(params: QuantParams) -> np.ndarray:
    """The real values of the grid, ascending, float64.

    >>> levels_of(QuantParams(scale=0.5, zero_point=1, bits=2))
    array([-1.5, -1. , -0.5,  0. ])
    """
    q = np.arange(params.qmin, params.qmax + 1)
    return (q - params.zero_point) * float(params.scale)
