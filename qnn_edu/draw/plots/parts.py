"""One value of a layer's output, computed three times: whose error is which."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from qnn_edu.draw import style

CAME = "what really came in"
INHERITED, MADE = style.GREY, style.VERMILION


class _Row(NamedTuple):
    """One way to compute the value: what goes in, through which layer, and what comes out."""

    place: float
    comes: str
    layer: str
    fill: str
    name: str
    value: float


def error_parts(
    y_float: float, y_came: float, y_int8: float, *, layer: str = "layer", ax: Axes | None = None
) -> Axes:
    """Three boxes, one below the other, and the two differences between their results.

    The float layer on the float network's input, the float layer on what really came in, the int8
    layer on the same: from the first to the second lies what was inherited, from the second to the
    third what was made here.

    `y_float`, `y_came`, `y_int8`: the one value, real units, as each of the three gives it.

    >>> ax = error_parts(1.0, 0.25, 0.5)
    >>> words = [text.get_text() for text in ax.texts if "\\n" in text.get_text()]
    >>> words
    ['inherited\\n-0.75', 'made here\\n+0.25']
    """
    if ax is None:
        ax = style.figure(8, 2.7).add_subplot()
    rows = [
        _Row(2, "the float network's input", f"float {layer}", "white", "y_float", y_float),
        _Row(1, CAME, f"float {layer}", "white", "y_came", y_came),
        _Row(0, CAME, f"int8 {layer}", "#DCEBF5", "y_int8", y_int8),
    ]
    for row in rows:
        _draw(ax, row)
    _step(ax, 1, f"inherited\n{y_came - y_float:+.2f}", INHERITED, "-")
    _step(ax, 0, f"made here\n{y_int8 - y_came:+.2f}", MADE, "--")
    ax.set(xlim=(0, 10), ylim=(-0.5, 2.5))
    ax.axis("off")
    return ax


def _draw(ax: Axes, row: _Row) -> None:
    arrow = {"arrowstyle": "-|>", "color": style.BLACK}
    ax.annotate("", (3.3, row.place), (2.5, row.place), arrowprops=arrow)
    ax.annotate("", (7.0, row.place), (6.2, row.place), arrowprops=arrow)
    box = FancyBboxPatch(
        (3.4, row.place - 0.26), 2.8, 0.52, boxstyle="round,pad=0.06", fc=row.fill, ec=style.GREY
    )
    ax.add_patch(box)
    middle = {"va": "center", "fontsize": style.TEXT}
    ax.text(2.4, row.place, row.comes, ha="right", **middle)
    ax.text(4.8, row.place, row.layer, ha="center", **middle)
    ax.text(7.1, row.place, f"{row.name} = {row.value:.2f}", **middle)


def _step(ax: Axes, below: float, words: str, color: str, linestyle: str) -> None:
    """An arrow from the result of the row above to that of the row `below`."""
    look = {
        "arrowstyle": "-|>",
        "color": color,
        "linestyle": linestyle,
        "linewidth": 1.6,
        "connectionstyle": "arc3,rad=-0.35",
    }
    ax.annotate("", (8.7, below + 0.08), (8.7, below + 0.92), arrowprops=look)
    at = {"va": "center", "fontsize": style.TEXT, "color": style.ink(color), "weight": "bold"}
    ax.text(9.05, below + 0.5, words, **at)
