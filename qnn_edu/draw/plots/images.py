"""Images side by side, each with a few words above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style

GAP = 0.25  # of an image's width


def images(pictures: Sequence[Any], titles: Sequence[str], *, ax: Axes | None = None) -> Axes:
    """`pictures` in a row, all equally large, each under its title (which may have several lines).

    A picture has shape (h, w), (h, w, 1) or (h, w, 3): grey (dark is high) or colours, either uint8
    or real numbers from 0 to 1.

    Raises:
        ValueError: not one title for each picture, or none at all.

    >>> ax = images([np.eye(8)], ["a diagonal"])
    >>> [text.get_text() for text in ax.texts], len(ax.images)
    (['a diagonal'], 1)
    """
    if len(pictures) != len(titles) or not len(titles):
        raise ValueError(f"Each picture needs a title: got {len(pictures)} and {len(titles)}.")
    ax = style.axes(ax)
    for k, (picture, title) in enumerate(zip(pictures, titles, strict=True)):
        left = k * (1 + GAP)
        array = np.asarray(picture)
        grey = array.ndim == 2 or array.shape[2] == 1
        array = array.reshape(array.shape[:2]) if grey else array
        height = array.shape[0] / array.shape[1]
        most = 255 if array.dtype == np.uint8 else 1
        ax.imshow(array, cmap="Greys", vmin=0, vmax=most, extent=(left, left + 1, height, 0))
        ax.text(left, -0.04, title, ha="left", va="bottom", fontsize=style.TEXT - 1)
    ax.set(xlim=(0, len(titles) * (1 + GAP) - GAP), ylim=(1, 0))
    ax.set_axis_off()
    ax.set_anchor("S")  # what room is left stands above, for the titles
    return ax
