"""A picture in a notebook: a small PNG, and a sentence for those who cannot see it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qnn_edu.draw import png


@dataclass(frozen=True)
class Picture:
    """PNG bytes and their alternative text; as the last line of a cell it shows itself.

    In plain text it *is* its sentence, so a notebook's stored output stays the same wherever it
    runs, while the pixels may differ from one machine to the next.
    """

    png: bytes = field(repr=False)
    alt: str

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {"image/png": b64encode(self.png).decode(), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


def picture(plot: Axes | Figure, alt: str, *, colors: int = 64) -> Picture:
    """The figure of `plot` as a `Picture` of at most `colors` colours, about 20 KB for a plot.

    Raises:
        ValueError: `alt` is not a sentence (three words at least).

    >>> from qnn_edu.draw import plots, style
    >>> picture(style.axes(), "An empty plot.")
    Picture(alt='An empty plot.')
    """
    if len(alt.split()) < 3:
        raise ValueError(
            f"A picture needs a sentence that says what it shows, got alt={alt!r}. Write it for "
            f"someone who cannot see the picture."
        )
    return Picture(png.small(pixels(plot), colors=colors), alt)


def show(plot: Axes | Figure, alt: str, *, colors: int = 64) -> None:
    """Show the figure of `plot` in the notebook, with `alt` as its alternative text and caption.

    JupyterLab gives pictures no alternative text of their own, so the sentence also stands below.
    Raises what `picture` raises.

    >>> from qnn_edu.draw import style
    >>> show(style.axes(), "Empty.")
    Traceback (most recent call last):
    ValueError: A picture needs a sentence that says what it shows, got alt='Empty.'. ...
    """
    from IPython.display import display

    display(picture(plot, alt, colors=colors))
    display({"text/markdown": f"*{alt}*", "text/plain": alt}, raw=True)


def pixels(plot: Axes | Figure) -> np.ndarray:
    """The figure of `plot` drawn anew: uint8 (height, width, 4).

    >>> from qnn_edu.draw import style
    >>> pixels(style.figure(4, 2)).shape
    (200, 400, 4)
    """
    figure = plot.figure if isinstance(plot, Axes) else plot
    figure.canvas.draw()
    return np.array(figure.canvas.buffer_rgba())
