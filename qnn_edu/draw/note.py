"""A line of words above a picture, in its pixels: seen wherever the picture is."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.patches import Rectangle

from qnn_edu.draw import style

HEIGHT = 24  # pixels
GROUND = "#E6F1F8"  # a pale blue, beside the bar of `style.BLUE`


def noted(rgba: np.ndarray, words: str) -> np.ndarray:
    """The pixels below a strip that says `words`; as they are where there is nothing to say.

    `rgba`: uint8 (height, width, 4). A picture narrower than the words gets white on its right.

    >>> picture = np.full((10, 300, 4), 255, np.uint8)
    >>> noted(picture, "Asleep.").shape, noted(picture, "").shape
    ((34, 300, 4), (10, 300, 4))
    """
    if not words:
        return rgba
    height, width, _ = rgba.shape
    strip = _strip(words, width)
    page = np.full((height, strip.shape[1], 4), 255, np.uint8)
    page[:, :width] = rgba
    return np.concatenate([strip, page])


@cache
def _strip(words: str, width: int) -> np.ndarray:
    """The words on a strip of `width` pixels, or as many as they need."""
    figure = style.figure(width / style.DPI, HEIGHT / style.DPI)
    figure.set_layout_engine("none")
    figure.set_facecolor(GROUND)
    figure.add_artist(Rectangle((0, 0), 4 / width, 1, color=style.BLUE))
    text = figure.text(12 / width, 0.5, words, va="center", fontsize=style.TEXT - 1)
    needed = int(text.get_window_extent().x1) + 12
    if needed > width:
        return _strip(words, needed)
    figure.canvas.draw()
    return np.array(figure.canvas.buffer_rgba())
