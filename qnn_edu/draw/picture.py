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
    photograph: bool = field(default=False, repr=False)  # its colours are never turned round

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {"image/png": b64encode(self.png).decode(), "text/plain": self.alt}
        about = {"alt": self.alt} | ({"photograph": True} if self.photograph else {})
        return data, {"image/png": about}


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
    small = png.small(pixels(plot), colors=colors)
    return Picture(small, alt, photograph=has_colours_of_its_own(plot))


def show(plot: Axes | Figure, alt: str, *, colors: int = 64) -> None:
    """Show the figure of `plot` in the notebook, with `alt` as its alternative text and caption.

    Without the package's extension JupyterLab gives pictures no alternative text, and GitHub gives
    them none, so the sentence also stands below.
    Raises what `picture` raises.

    >>> from qnn_edu.draw import style
    >>> show(style.axes(), "Empty.")
    Traceback (most recent call last):
    ValueError: A picture needs a sentence that says what it shows, got alt='Empty.'. ...
    """
    from IPython.display import display

    display(picture(plot, alt, colors=colors))
    display({"text/markdown": f"*{alt}*", "text/plain": alt}, raw=True)


def has_colours_of_its_own(plot: Axes | Figure) -> bool:
    """Whether the figure of `plot` holds a colour photograph, which a dark theme must not darken.

    >>> from qnn_edu.draw import plots
    >>> has_colours_of_its_own(plots.images([np.zeros((8, 8, 3))], ["a photograph"]))
    True
    >>> has_colours_of_its_own(plots.images([np.zeros((8, 8))], ["a digit"]))
    False
    """
    images = [image for ax in _figure(plot).axes for image in ax.images]
    return any(image.get_array().ndim == 3 for image in images)


def pixels(plot: Axes | Figure) -> np.ndarray:
    """The figure of `plot` drawn anew: uint8 (height, width, 4).

    >>> from qnn_edu.draw import style
    >>> pixels(style.figure(4, 2)).shape
    (200, 400, 4)
    """
    figure = _figure(plot)
    figure.canvas.draw()
    return np.array(figure.canvas.buffer_rgba())


def _figure(plot: Axes | Figure) -> Figure:
    return plot.figure if isinstance(plot, Axes) else plot
