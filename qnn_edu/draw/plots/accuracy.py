"""Accuracy against bits: what is left of a float network's accuracy, method by method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from qnn_edu.draw import style


def accuracy_against_bits(
    curves: Mapping[str, Mapping[int, Sequence[float]]],
    *,
    float_accuracy: Sequence[float],
    chance: float = 10.0,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Accuracy in percent over bits, most bits first: a line through means, a dot for each seed.

    `curves`: name -> bits -> the accuracy of each seed. `float_accuracy`: of each seed; a line at
    their mean. `chance`: what guessing gives, another line.

    Raises:
        ValueError: no curve, or no float accuracy.

    >>> curves = {"trained": {8: [90.0, 90.4], 2: [81.0, 80.0]}}
    >>> ax = accuracy_against_bits(curves, float_accuracy=[90.1, 90.5])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['8', '2']
    """
    if not curves or not len(float_accuracy):
        raise ValueError("accuracy_against_bits needs a curve and a float accuracy at least.")
    ax = style.axes(ax)
    order = sorted({bits for curve in curves.values() for bits in curve}, reverse=True)
    _level(ax, float(np.mean(float_accuracy)), "float", len(order) - 0.7, "right")
    _level(ax, chance, "guessing", -0.3, "left")
    for line, (name, curve) in zip(style.series(len(curves)), curves.items(), strict=True):
        places = [place for place, bits in enumerate(order) if bits in curve]
        seeds = [curve[order[place]] for place in places]
        means = [np.mean(each) for each in seeds]
        ax.plot(places, means, **line._asdict(), markerfacecolor="white", markersize=7, label=name)
        for place, each in zip(places, seeds, strict=True):
            ax.plot([place] * len(each), each, ".", color=line.color, markersize=4)
    ax.set_xticks(range(len(order)), map(str, order))
    ax.set_xlim(-0.3, len(order) - 0.7)
    ax.set_ylim(0, 100)
    ax.legend(loc="center left", bbox_to_anchor=(0, 0.2), frameon=False, fontsize=style.TEXT - 1)
    return style.label(ax, title=title, x="bits of weights and activations", y="right answers, %")


def _level(ax: Axes, height: float, name: str, at: float, side: str) -> None:
    """A thin line across, its name over one end."""
    ax.axhline(height, color=style.GREY, linewidth=1)
    style.note(ax, name, (at, height), (0, 2), color=style.GREY, ha=side)
