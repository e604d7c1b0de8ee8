"""A grid of coloured cells with whole numbers in them, put together from the pixels of ten digits.

Hundreds of numbers that all change with a step of a slider cost too much as texts: each would be
laid out and rendered anew. Digits are all equally wide, so a number is a row of pictures of them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

TABLE = 256  # colours of a map


class NumberGrid(Artist):
    """Cells of `values`, each coloured by `shade` (-1 to 1), numbers in them if `size` is not 0.

    `place`: left and top of the grid and the side of a cell, in data units of `ax`.
    """

    def __init__(self, ax: Axes, colors: str = "PuOr_r") -> None:
        super().__init__()
        self.values = np.zeros((1, 1), int)
        self._shade, self._place, self._size = np.zeros((1, 1)), (0.0, 0.0, 1.0), 0.0
        self._table = (colormaps[colors](np.linspace(0, 1, TABLE)) * 255).astype(np.uint8)[:, :3]
        self.set_zorder(2)
        ax.add_artist(self)
        self.set_clip_on(False)

    def set(self, values: np.ndarray, shade: np.ndarray, place: tuple, size: float = 0.0) -> None:
        """Show whole numbers (rows, columns) in the colours of `shade`, `size` points large."""
        self.values, self._shade, self._place, self._size = values, shade, place, size
        self.stale = True

    def draw(self, renderer: RendererBase) -> None:
        """Put the cells on the renderer's canvas."""
        left, top, side = self._place
        to_pixels = self.axes.transData.transform
        (x0, y1), (x1, _) = to_pixels([(left, top), (left + side, top)])
        cell = max(x1 - x0, 1.0)
        pixels = cells(self._shade, self._table, cell)
        if self._size:
            write(pixels, self.values, cell, self._size, renderer.dpi)
        gc = renderer.new_gc()
        opaque = np.full((*pixels.shape[:2], 4), 255, np.uint8)
        opaque[..., :3] = pixels
        renderer.draw_image(gc, round(x0), round(y1) - len(pixels), opaque[::-1])
        gc.restore()
        self.stale = False


class Integer(Artist):
    """A whole number, `value`, its middle at `at` in data units of `ax`, `size` points large."""

    def __init__(self, ax: Axes, at: tuple[float, float], size: float) -> None:
        super().__init__()
        self.value, self._at, self._size = 0, at, size
        self.set_zorder(5)
        ax.add_artist(self)
        self.set_clip_on(False)

    def draw(self, renderer: RendererBase) -> None:
        """Put the number on the renderer's canvas."""
        x, y = self.axes.transData.transform(self._at)
        ink = _ink(self.value, self._size, renderer.dpi)
        height, width = ink.shape
        black = np.zeros((height, width, 4), np.uint8)
        black[..., 3] = ink
        gc = renderer.new_gc()
        renderer.draw_image(gc, round(x - width / 2), round(y - height / 2), black[::-1])
        gc.restore()
        self.stale = False


def cells(shade: np.ndarray, table: np.ndarray, side: float) -> np.ndarray:
    """Squares of `side` pixels in the colours of a table (n, 3), for -1 the first, for 1 the last.

    Where `side` is no whole number, some are a pixel larger, so that the grid keeps its size.

    >>> table = np.uint8([[0, 0, 0], [9, 9, 9]])
    >>> cells(np.array([[-1.0, 1.0]]), table, 2)[..., 0].tolist()
    [[0, 0, 9, 9], [0, 0, 9, 9]]
    """
    number = np.rint((np.clip(shade, -1, 1) + 1) / 2 * (len(table) - 1)).astype(int)
    for axis in (0, 1):
        edges = np.rint(np.arange(number.shape[axis] + 1) * side).astype(int)
        number = number.repeat(np.diff(edges), axis=axis)
    return table[number]


def write(pixels: np.ndarray, values: np.ndarray, side: float, size: float, dpi: float) -> None:
    """Write each of `values` in black into the middle of its square of `pixels`, in place."""
    for (row, column), value in np.ndenumerate(values):
        ink = _ink(value, size, dpi)
        height, width = ink.shape
        y, x = (round((k + 0.5) * side - n / 2) for k, n in ((row, height), (column, width)))
        square = pixels[max(y, 0) : y + height, max(x, 0) : x + width]
        ink = ink[max(-y, 0) :, max(-x, 0) :][: len(square), : square.shape[1], np.newaxis]
        square[:] = (square * (255 - ink)) // 255


def _ink(value: int, size: float, dpi: float) -> np.ndarray:
    """How black a whole number is, uint16 (height, width) from 0 to 255."""
    return np.concatenate([_glyph(c, size, dpi) for c in str(int(value))], axis=1)


@lru_cache(maxsize=256)
def _glyph(character: str, size: float, dpi: float) -> np.ndarray:
    """How black a digit or a minus is, uint16 (height, advance) from 0 to 255; all equally high."""
    font = FontProperties(size=size)
    renderer = RendererAgg(1, 1, dpi)

    def width(words: str) -> float:
        return renderer.get_text_width_height_descent(words, font, ismath=False)[0]

    _, height, _ = renderer.get_text_width_height_descent("0", font, ismath=False)
    advance = round(width(f"0{character}0") - width("00"))
    canvas = RendererAgg(advance + 4, int(np.ceil(height)) + 2, dpi)
    canvas.draw_text(canvas.new_gc(), 0, int(np.ceil(height)) + 1, character, font, 0)
    return np.asarray(canvas.buffer_rgba())[:, :advance, 3].astype(np.uint16)
