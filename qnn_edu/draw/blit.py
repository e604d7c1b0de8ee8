"""A figure redrawn fast: the background is kept, only what moves is drawn again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

KEPT = 4  # backgrounds, each of a megabyte or two
Place = tuple[tuple[float, ...], ...]


class Blit:
    """Redraws `artists`, and nothing else, of `figure` (made by `style.figure`).

    Axes, ticks, titles and every artist not named are drawn once. When the limits of an axis change
    they are drawn again, which takes about ten times as long, unless they are among the last few.

    >>> from qnn_edu.draw import style
    >>> ax = style.axes()
    >>> blit = Blit(ax.figure, ax.plot([0, 1], [0, 1]))
    >>> blit.pixels().shape
    (360, 800, 4)
    """

    def __init__(self, figure: Figure, artists: Iterable[Artist]) -> None:
        self.figure = figure
        self.artists = sorted(artists, key=lambda artist: artist.get_zorder())
        for artist in self.artists:
            artist.set_animated(True)
        self._backgrounds: dict[Place, Any] = {}  # the last ones that were drawn

    def pixels(self) -> np.ndarray:
        """The figure as it stands now, uint8 (height, width, 4); valid until the next call."""
        canvas = self.figure.canvas
        canvas.restore_region(self._background())
        for artist in self.artists:
            artist.draw(canvas.get_renderer())
        return np.asarray(canvas.buffer_rgba())

    def _background(self) -> Any:
        """All that does not move, within the limits of now."""
        if (place := self._place()) not in self._backgrounds:
            canvas = self.figure.canvas
            canvas.draw()  # which lays the axes out anew: they may stand elsewhere now
            if len(self._backgrounds) == KEPT:
                del self._backgrounds[next(iter(self._backgrounds))]
            place = self._place()
            self._backgrounds[place] = canvas.copy_from_bbox(self.figure.bbox)
        return self._backgrounds[place]

    def _place(self) -> Place:
        """Where the axes stand, and their limits: a background fits both or it is none."""
        return tuple(
            (*ax.get_position().bounds, *ax.get_xlim(), *ax.get_ylim()) for ax in self.figure.axes
        )
