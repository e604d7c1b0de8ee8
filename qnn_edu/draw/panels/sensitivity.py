"""Layers left in float: what each layer of the file keeps, and what all files tried so far cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from qnn_edu.draw import style
from qnn_edu.draw.panels.panel import Panel, Panels

LIMITS = (-14.0, 62.0)  # dB; what lies beyond is drawn at the nearer end
NAMED = 16  # of more layers only those that may be chosen are named, as far as there is room
TICKS = (50, 90, 99, 99.9, 0, 80, 95, 98, 99.5, 70, 97, 99.8, 60, 20, 40, 30, 10, 5)  # percent
MEAN, WORST = style.SERIES[:2]
BELOW = """size (kB)

grey band: as good as float, within chance
green ring: the smallest file within chance"""
# Where its name stands beside a mark, so that names of marks close together do not meet.
SIDES = {"float32": ("right", "top"), "int8 per channel": ("left", "bottom")}


class Sensitivity(Panels):
    """Left the SQNR of every layer, right accuracy against size.

    `layers`: their names, and `free`, those that may be left in float. `marks`: name -> (size in
    bytes, accuracy in percent) of the files to compare with. `chance`: accuracies as good as the
    float file's. `count`: how many answers the accuracy is a share of.
    """

    def __init__(
        self,
        layers: Sequence[str],
        free: Sequence[str],
        *,
        marks: Mapping[str, tuple[int, float]],
        chance: tuple[float, float],
        count: int,
    ) -> None:
        super().__init__(8.8, 4.6)
        left, right = self.figure.subplots(1, 2, width_ratios=(1.25, 1))
        self.layers = self._add(LayerSqnr(left, layers, free))
        self.tried = self._add(Tried(right, marks, chance, count))

    def update(self, found: Mapping[str, Any]) -> None:
        """Show `sqnr`, `worst` and `floats` of each layer, and `size` and `accuracy` of the file.

        The file stays as a small dot when others follow.
        """
        self.layers.update(found["sqnr"], found["worst"], found["floats"])
        self.tried.update(found["size"], found["accuracy"], sure=found["sure"])


class LayerSqnr(Panel):
    """The SQNR of every layer's output, over all channels and of the worst; float ones shaded."""

    def __init__(self, ax: Axes, layers: Sequence[str], free: Sequence[str]) -> None:
        super().__init__(ax)
        style.label(ax, title="What each layer keeps", y="SQNR (dB)")
        ax.set(xlim=(-0.6, len(layers) - 0.4), ylim=LIMITS)
        named = _named(layers, free)
        ax.set_xticks(named, [layers[k] for k in named], rotation=50, ha="right", size=8)
        ax.axhline(0, color=style.REAL, linewidth=0.8)
        self.floats = [self._band(ax, k) for k in range(len(layers))]
        self.gaps = self._keep(LineCollection([], colors=style.REAL, linewidths=1))
        ax.add_collection(self.gaps)
        self.mean, self.worst = (
            self.line(color=line.color, marker=line.marker, linestyle="none", markersize=6)
            for line in (MEAN, WORST)
        )
        for words, line, x in (
            ("\u25cf all channels", MEAN, -98),
            ("\u25a0 worst channel", WORST, 0),
        ):
            above = {"xycoords": "axes fraction", "annotation_clip": False, "ha": "right"}
            style.note(ax, words, (1, 1), (x, 6), color=style.ink(line.color), **above)
        words = {"color": style.REAL, "fontsize": 8.5, "ha": "right", "va": "top"}
        ax.text(0.99, 0.985, "shaded: left in float", transform=ax.transAxes, **words)

    def update(self, sqnr: Any, worst: Any, floats: Any) -> None:
        """Show two SQNR in dB per layer, and which layers are float."""
        inside = LIMITS[0] + 2, LIMITS[1] - 6
        x, tops, ends = np.arange(len(sqnr)), np.clip(sqnr, *inside), np.clip(worst, *inside)
        self.mean.set_data(x, tops)
        self.worst.set_data(x, ends)
        self.gaps.set_segments([[(k, a), (k, b)] for k, a, b in zip(x, ends, tops, strict=True)])
        for band, shown in zip(self.floats, floats, strict=True):
            band.set_visible(bool(shown))

    def _band(self, ax: Axes, k: int) -> Rectangle:
        look = {"facecolor": style.BAND, "edgecolor": style.ORANGE, "hatch": "///", "linewidth": 0}
        return self._keep(ax.axvspan(k - 0.45, k + 0.45, zorder=0.5, **look))


class Tried(Panel):
    """Accuracy against size of the file shown, and of all that were shown before it.

    Heights are `height`, so that 99 and 99.5 % stand apart as 50 and 75 % do.
    """

    def __init__(
        self,
        ax: Axes,
        marks: Mapping[str, tuple[int, float]],
        chance: tuple[float, float],
        count: int,
    ) -> None:
        super().__init__(ax)
        self.count = count
        self.shown: dict[tuple[int, float], bool] = {}
        style.label(ax, title="All files tried so far", x=BELOW, y="accuracy (%)")
        sizes, accuracies = zip(*marks.values(), strict=True)
        margin = 0.15 * (max(sizes) - min(sizes)) / 1000
        ax.set_xlim(min(sizes) / 1000 - margin, max(sizes) / 1000 + margin)
        heights = [self.height(accuracy) for accuracy in (*accuracies, *chance)]
        low, high = min(heights), max(heights)
        self.ends = low - 0.1 * (high - low), high + 0.1 * (high - low)
        ax.set_ylim(*self.ends)
        ticks = self._ticks(low, high)
        ax.set_yticks([self.height(tick) for tick in ticks], [f"{tick:g}" for tick in ticks])
        ax.axhspan(*map(self.height, chance), facecolor=style.SHADE, edgecolor="none", zorder=0.4)
        for name, (size, accuracy) in marks.items():
            self._mark(name, size / 1000, self.height(accuracy))
        self.before = self.line(color=style.REAL, marker="o", markersize=4, linestyle="none")
        self.best = self.line(
            color=style.GREEN, marker="o", markersize=15, linestyle="none", markerfacecolor="none"
        )
        self.now = self.line(color=style.VERMILION, marker="P", markersize=9, linestyle="none")

    def height(self, accuracy: float) -> float:
        """Decades between the wrong answers of all and those left; none left counts as a half.

        >>> from qnn_edu.draw.style import axes
        >>> marks = {"float32": (4000, 99.0), "int8": (1000, 90.0)}
        >>> tried = Tried(axes(), marks, chance=(98, 100), count=100)
        >>> [round(tried.height(accuracy), 6) for accuracy in (0, 90, 99)]
        [0.0, 1.0, 2.0]
        """
        wrong = max(1 - accuracy / 100, 0.5 / self.count)
        return float(np.log10(1 / wrong))

    def _ticks(self, low: float, high: float) -> list[float]:
        """Those of `TICKS` between two heights, the first before others too near to them."""
        ticks: list[float] = []
        for tick in TICKS:
            height, apart = self.height(tick), 0.06 * (high - low)
            near = any(abs(height - self.height(each)) < apart for each in ticks)
            if low <= height <= high and not near:
                ticks.append(tick)
        return ticks

    def update(self, size: int, accuracy: float, *, sure: bool) -> None:
        """Show a file of `size` bytes, and whether its accuracy lies within chance of float."""
        self.shown[size, accuracy] = sure
        self.before.set_data(*zip(*map(self._place, sorted(self.shown)), strict=True))
        self.now.set_data(*zip(self._place((size, accuracy)), strict=True))
        good = [file for file, is_sure in self.shown.items() if is_sure]
        best = sorted(good, key=lambda file: (file[0], -file[1]))[:1]
        places = np.reshape([self._place(file) for file in best], (-1, 2))
        self.best.set_data(*places.T)

    def _place(self, file: tuple[int, float]) -> tuple[float, float]:
        """Where a dot of this size and accuracy is seen, at the nearer end if outside."""
        return file[0] / 1000, float(np.clip(self.height(file[1]), *self.ends))

    def _mark(self, name: str, x: float, y: float) -> None:
        self.ax.plot([x], [y], "s", color=style.BLACK, markersize=5, zorder=2)
        ha, va = SIDES.get(name, ("left", "top"))
        off = {"left": 4, "right": 2}[ha], {"top": -6, "bottom": 6}[va]
        style.note(self.ax, name, (x, y), off, size=8.5, ha=ha, va=va)


def _named(layers: Sequence[str], free: Sequence[str]) -> list[int]:
    """The layers whose names are written: of many some, so far apart that none covers another."""
    if len(layers) <= NAMED:
        return list(range(len(layers)))
    named = [k for k, layer in enumerate(layers) if layer in free][:1]
    for k in range(len(layers)):
        if layers[k] in free and k - named[-1] > len(layers) / 30:
            named.append(k)
    return named
