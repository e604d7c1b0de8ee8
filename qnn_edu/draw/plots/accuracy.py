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

    Every bit has its place on the axis, also where nothing was measured. `curves`: name -> bits ->
    the accuracy of each seed. `float_accuracy`: of each seed; a line at their mean. `chance`: what
    guessing gives, another line.

    Raises:
        ValueError: no curve, or no float accuracy.

    >>> curves = {"trained": {8: [90.0, 90.4], 2: [81.0, 80.0]}}
    >>> ax = accuracy_against_bits(curves, float_accuracy=[90.1, 90.5])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['8', '7', '6', '5', '4', '3', '2']
    """
    if not curves or not len(float_accuracy):
        raise ValueError("accuracy_against_bits needs a curve and a float accuracy at least.")
    ax = style.axes(ax)
    measured = {bits for curve in curves.values() for bits in curve}
    most, fewest = max(measured), min(measured)
    _level(ax, float(np.mean(float_accuracy)), "float", fewest - 0.3, "right")
    _level(ax, chance, "guessing", most + 0.3, "left")
    for line, (name, curve) in zip(style.series(len(curves)), curves.items(), strict=True):
        order = sorted(curve, reverse=True)
        means = [np.mean(curve[bits]) for bits in order]
        ax.plot(order, means, **line._asdict(), markerfacecolor="white", markersize=7, label=name)
        for bits in order:
            ax.plot([bits] * len(curve[bits]), curve[bits], ".", color=line.color, markersize=4)
    ax.set_xticks(range(most, fewest - 1, -1))
    ax.set_xlim(most + 0.3, fewest - 0.3)
    ax.set_ylim(0, 100)
    ax.legend(loc="center left", bbox_to_anchor=(0, 0.3), frameon=False, fontsize=style.TEXT - 1)
    return style.label(ax, title=title, x="bits of weights and activations", y="right answers, %")


def _level(ax: Axes, height: float, name: str, at: float, side: str) -> None:
    """A thin line across, its name over one end."""
    ax.axhline(height, color=style.GREY, linewidth=1)
    style.note(ax, name, (at, height), (0, 2), color=style.GREY, ha=side)
