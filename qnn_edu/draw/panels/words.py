"""Text that is drawn fast: the pixels of words once drawn are kept, and only put in place again."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

FROM_LEFT = {"left": 0.0, "center": 0.5, "right": 1.0}
FROM_BOTTOM = {"bottom": 0.0, "center": 0.5, "top": 1.0}


class Words(Text):
    """A matplotlib text of one plain line, upright; a tenth of the time per drawing.

    Laying out and rendering a short text takes about a millisecond, more than a curve of a thousand
    points, and most words of a live figure stay the same while they move. With `ground`, the words
    stand on a white ground that hides lines below. Alignment: bottom, center or top; no baseline.
    """

    def __init__(self, *args: Any, ground: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ground = ground

    def draw(self, renderer: RendererBase) -> None:
        """Put the words on the renderer's canvas, at their place and clipped as any artist."""
        x, y = self.get_transform().transform(self.get_position())
        if not (self.get_visible() and self.get_text() and np.isfinite([x, y]).all()):
            return
        size, color = self.get_fontsize(), self.get_color()
        pixels = _pixels(self.get_text(), size, color, renderer.dpi, self.ground)
        height, width, _ = pixels.shape
        x -= FROM_LEFT[self.get_horizontalalignment()] * width
        y -= FROM_BOTTOM[self.get_verticalalignment()] * height
        gc = renderer.new_gc()
        self._set_gc_clip(gc)
        renderer.draw_image(gc, round(x), round(y), pixels)
        gc.restore()
        self.stale = False


@lru_cache(maxsize=1024)
def _pixels(words: str, size: float, color: str, dpi: float, ground: bool) -> np.ndarray:
    """The words as RGBA pixels, bottom row first, as Agg takes its images."""
    font = FontProperties(size=size)
    measure = RendererAgg(1, 1, dpi).get_text_width_height_descent
    width, height, descent = measure(words, font, ismath=False)
    renderer = RendererAgg(int(width) + 4, int(height) + 4, dpi)
    if ground:
        np.asarray(renderer.buffer_rgba())[:] = 255
    gc = renderer.new_gc()
    gc.set_foreground(color)
    renderer.draw_text(gc, 2, round(height + 2 - descent), words, font, 0)
    return np.array(renderer.buffer_rgba())[::-1]
