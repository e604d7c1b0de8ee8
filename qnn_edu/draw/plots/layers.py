"""What each layer of a quantized network lost: how much signal is left, and who made the noise.

Two plots for the two halves of one question, side by side: where does the network break, and which
layer before that made the error itself?
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from qnn_edu.draw import style

BROKEN = 10.0  # dB: below, a layer's output is more of a guess
MOST = 0.5  # of the error: above, a layer made most of it itself
HEIGHT = 0.7  # of a bar, in rows
WORDS = {"va": "center", "size": style.TEXT - 1}
FINE = {"facecolor": "#BFD9EA", "edgecolor": style.BLUE}
NOISY = {"facecolor": style.BAND, "edgecolor": style.VERMILION}
INHERITED = {"facecolor": style.SHADE, "edgecolor": style.GREY}
MADE = {**NOISY, "hatch": "////"}
MARK = "#FBF6BF"  # a pale yellow, behind a whole row


def layer_sqnr(report: Sequence[Any], *, mark: str | None = None, ax: Axes | None = None) -> Axes:
    """A bar for each layer, as long as its SQNR: the longer, the more signal over noise.

    Bars begin at 0 dB, where noise is as loud as the signal. A dashed line stands at 10 dB; what is
    below has another colour and bold words. A layer without noise has a bar to the edge.

    `report`: rows with `name` and `sqnr_db` (dB), as `nets.layer_report` gives them. `mark`: the
    name of a layer whose row is to be seen.

    Raises:
        ValueError: no rows, or no row of the name to mark.

    >>> from types import SimpleNamespace as Row
    >>> ax = layer_sqnr([Row(name="conv", sqnr_db=42.0)])
    >>> [text.get_text() for text in ax.texts]
    ['42.0 dB', 'broken']
    """
    ax = _rows(report, mark, ax)
    levels = np.array([row.sqnr_db for row in report], float)
    lowest, highest = _span(levels)
    ends = np.clip(levels, lowest, highest)
    for place, (level, end) in enumerate(zip(levels, ends, strict=True)):
        broken = level < BROKEN
        ax.barh(place, end, height=HEIGHT, **(NOISY if broken else FINE))
        words = "no noise" if level == np.inf else f"{level:.1f} dB"
        style.note(
            ax, words, (max(end, 0), place), (4, 0), weight="bold" if broken else None, **WORDS
        )
    ax.axvline(0, color=style.BLACK, linewidth=1)
    ax.axvline(BROKEN, color=style.VERMILION, linestyle="--", linewidth=1)
    style.note(ax, "broken", (BROKEN, -0.6), (-2, 2), ha="right", color=style.ink(style.VERMILION))
    ax.set_xlim(lowest - 1 if lowest else 0, 1.25 * highest)
    style.label(ax, x="SQNR (dB): signal over noise")
    ax.set_title("How much signal is left", loc="left", fontsize=style.TEXT + 1, pad=24)
    return ax


def layer_shares(report: Sequence[Any], *, mark: str | None = None, ax: Axes | None = None) -> Axes:
    """A bar for each layer, as long as the share of its error's energy that it made itself.

    What it made is hatched, the rest, inherited from the layers before, is plain. A dashed line
    stands at one half; above it the words are bold. A layer without noise has no bar.

    `report`: rows with `name`, `sqnr_db` and `share_made` (0 to 1), as `nets.layer_report` gives
    them. `mark` and errors as in `layer_sqnr`.

    >>> from types import SimpleNamespace as Row
    >>> ax = layer_shares([Row(name="conv", sqnr_db=42.0, share_made=0.98)])
    >>> [text.get_text() for text in ax.texts]
    ['98 %']
    """
    ax = _rows(report, mark, ax)
    noisy = np.array([row.sqnr_db < np.inf for row in report], float)
    made = noisy * [row.share_made for row in report]
    _bars(ax, made, 0, MADE)
    _bars(ax, noisy - made, made, INHERITED)
    for place, (share, is_noisy) in enumerate(zip(made, noisy, strict=True)):
        words = f"{100 * share:.0f} %" if is_noisy else "no noise"
        weight = "bold" if share > MOST else None
        style.note(ax, words, (is_noisy, place), (4, 0), weight=weight, **WORDS)
    ax.axvline(MOST, color=style.BLACK, linestyle="--", linewidth=1)
    ax.set(xlim=(0, 1.2), xticks=[0, 0.5, 1], xticklabels=["0", "50 %", "100 %"])
    parts = [Patch(label="made here", **MADE), Patch(label="inherited", **INHERITED)]
    place = {"loc": "lower left", "bbox_to_anchor": (-0.02, 1), "borderaxespad": 0.1}
    ax.legend(handles=parts, ncols=2, frameon=False, fontsize=style.TEXT - 1, **place)
    style.label(ax, x="share of the layer's error")
    ax.set_title("Who made the noise", loc="left", fontsize=style.TEXT + 1, pad=24)
    return ax


def _rows(report: Sequence[Any], mark: str | None, ax: Axes | None) -> Axes:
    """Axes with a named row for each layer, the first at the top, and one of them marked."""
    names = [row.name for row in report]
    if not names:
        raise ValueError("The report has no rows; nothing to draw.")
    if mark is not None and mark not in names:
        raise ValueError(f"There is no layer {mark!r} to mark; there are {', '.join(names)}.")
    if ax is None:
        ax = style.figure(6, 1.4 + 0.3 * len(names)).add_subplot()
    ax.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.4, -0.6))
    for place in (k for k, name in enumerate(names) if name == mark):
        ax.axhspan(place - 0.5, place + 0.5, color=MARK, zorder=0)
    for label in ax.get_yticklabels():
        label.set_weight("bold" if label.get_text() == mark else "normal")
    return ax


def _span(levels: np.ndarray) -> tuple[float, float]:
    """The ends of the bars: from the lowest level, 0 at most, to the highest, `BROKEN` at least."""
    finite = levels[np.isfinite(levels)]
    return min(0.0, *finite, 0.0), max(BROKEN, *finite, BROKEN)


def _bars(ax: Axes, length: np.ndarray, start: Any, look: dict[str, str]) -> None:
    edges = (length > 0).astype(float)  # points; a part that is not there has no line either
    places = np.arange(len(length))
    ax.barh(places, length, left=start, height=HEIGHT, linewidth=edges, **look)
