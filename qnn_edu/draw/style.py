"""Colours, line styles and axes of the course; nothing here touches matplotlib's global settings.

The colours are those of Okabe and Ito, chosen so that colour-blind readers can tell them apart
(Okabe and Ito 2008, "Color universal design"). Each also has a line style and a marker of its own,
so that colour never speaks alone.
"""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Annotation

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#6B6B6B"  # 5.3 : 1 against white, so it may carry text
SHADE = "#E3E3E3"

REAL = GREY  # the real values, before quantization
QUANTIZED = BLUE  # what quantization makes of them
ERROR = VERMILION
BAND = "#FBE3D0"  # where an error is allowed to be: a pale vermilion

DPI = 100
TEXT = 10  # points


class Line(NamedTuple):
    """How one of several series is drawn."""

    color: str
    linestyle: str
    marker: str


SERIES = (
    Line(BLUE, "-", "o"),
    Line(VERMILION, "--", "s"),
    Line(GREEN, "-.", "^"),
    Line(PURPLE, ":", "D"),
    Line(BLACK, "-", "v"),
    Line(ORANGE, "--", "P"),
)


def series(count: int) -> list[Line]:
    """`count` ways to draw a line, each told from the next by colour, dashes and marker.

    >>> series(2)[1]
    Line(color='#D55E00', linestyle='--', marker='s')
    """
    return list(islice(cycle(SERIES), count))


def ink(color: str) -> str:
    """`color`, darkened by a third, so that words in it can be read on white.

    >>> ink(ORANGE)
    '#996a00'
    """
    return to_hex(np.array(to_rgb(color)) * 2 / 3)


def figure(width: float = 8.0, height: float = 3.6) -> Figure:
    """A figure with its own Agg canvas, `width` by `height` inches at 100 dots per inch.

    It belongs to nobody else: pyplot does not know it, and it needs no closing.

    >>> figure(8.0, 3.0).canvas.get_width_height()
    (800, 300)
    """
    fig = Figure(figsize=(width, height), dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(fig)
    return fig


def axes(ax: Axes | None = None) -> Axes:
    """`ax` itself, or the axes of a new figure where there is none.

    >>> axes().figure.get_size_inches().tolist()
    [8.0, 3.6]
    """
    return figure().add_subplot() if ax is None else ax


def note(
    ax: Axes,
    words: str,
    at: tuple[float, float],
    off: tuple[float, float] = (0, 0),
    *,
    color: str = BLACK,
    size: float = TEXT - 1,
    **options: Any,
) -> Annotation:
    """Write words beside the point `at`, in data units, shifted by `off` points.

    >>> note(axes(), "edge", (0.5, 0), (0, 2), ha="center").get_text()
    'edge'
    """
    look = {"color": color, "fontsize": size, **options}
    return ax.annotate(words, at, off, textcoords="offset points", **look)


def label(ax: Axes, *, title: str = "", x: str = "", y: str = "") -> Axes:
    """Write title and axis labels, the same way on every plot of the course.

    >>> label(axes(), title="Error", x="bits").get_xlabel()
    'bits'
    """
    if title:
        ax.set_title(title, loc="left", fontsize=TEXT + 1, color=BLACK)
    ax.set_xlabel(x, fontsize=TEXT)
    ax.set_ylabel(y, fontsize=TEXT)
    ax.tick_params(labelsize=TEXT - 1, color=GREY)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax
