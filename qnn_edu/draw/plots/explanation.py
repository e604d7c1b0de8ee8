"""One output value of a layer, explained."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from qnn_edu.draw import style
from qnn_edu.draw.panels.explained import CHAIN, HEIGHT, MOST, WIDTH, Explained, rounded


def explanation(explained: Any, *, ax: Axes | None = None) -> Axes:
    """What `engine.explain` found: the numbers in the window, and the way from sum to output.

    Windows of a convolution stand row by row, those that see one place or one list as near to a
    square as they go.

    Raises:
        ValueError: more than 64 products; they could not be read.

    >>> import numpy as np
    >>> from types import SimpleNamespace as Some
    >>> one = np.ones((3, 3), int)
    >>> found = Some(inputs=one, weights=one, products=one, input_zero_point=0, total=9, bias=1,
    ...              weight_zero_point=0, accumulator=10, multiplier=2**30, shift=0, scale=0.5,
    ...              high=5, rounded=5, zero_point=-3, clamp=(-128, 127), value=2,
    ...              rules={"double": 2}, operator="CONV_2D", layer="conv", index=(0, 0, 0, 0))
    >>> [text.get_text() for text in explanation(found).texts if "output" in text.get_text()]
    ['= output']
    """
    if explained.products.size > MOST:
        raise ValueError(
            f"explanation can show up to {MOST} products, got {explained.products.size}. "
            f"print(explained) has their sum and all steps after it."
        )
    if ax is None:
        ax = style.figure(WIDTH / 10, HEIGHT / 10).add_subplot()
    Explained(ax).update(explained)
    index = "(" + ", ".join(map(str, explained.index)) + ")"
    for y, words in ((12.0, explained.operator), (9.6, explained.layer), (7.2, f"at {index}")):
        ax.text(2.0, y, words, fontsize=style.TEXT, va="center")
    ax.text(CHAIN[0], 2.0, rounded(explained), fontsize=style.TEXT - 1)
    return ax
