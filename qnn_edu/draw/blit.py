"""A figure redrawn fast: the background is kept, only what moves is drawn again."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure


class Blit:
    """Redraws `artists`, and nothing else, of `figure` (made by `style.figure`).

    Axes, ticks, titles and every artist not named are drawn once. When the limits of an axis change
    they are drawn again, which takes about ten times as long.

    >>> from qnn_edu.draw import style
    >>> ax = style.axes()
    >>> blit = Blit(ax.figure, ax.plot([0, 1], [0, 1]))
    >>> blit.pixels().shape
    (360, 800, 4)
    """

    def __init__(self, figure: Figure, artists: Iterable[Artist]):
        self.figure = figure
        self.artists = sorted(artists, key=lambda artist: artist.get_zorder())
        for artist in self.artists:
            artist.set_animated(True)
        self._limits = None

    def pixels(self) -> np.ndarray:
        """The figure as it stands now, uint8 (height, width, 4); valid until the next call."""
        canvas = self.figure.canvas
        if self._limits != (limits := self._current_limits()):
            canvas.draw()
            self._background = canvas.copy_from_bbox(self.figure.bbox)
            self._limits = limits
        canvas.restore_region(self._background)
        for artist in self.artists:
            artist.draw(canvas.get_renderer())
        return np.asarray(canvas.buffer_rgba())

    def _current_limits(self) -> list[tuple[float, ...]]:
        return [(*ax.get_xlim(), *ax.get_ylim()) for ax in self.figure.axes]
